"""The pulse survey of reasons."""

from takeup.server.deployment.capability import READS_EVERY_POPULATION, Capability, only
from takeup.server.deployment.roles import Role

SENDERS = (Role.PROGRAMME_LEAD, Role.ROLE_OWNER)
_SENDERS = only(*SENDERS)

CAPABILITY = Capability(
    "survey",
    __name__.removesuffix(".capability"),
    place=92,
    opens={
        "surveys": READS_EVERY_POPULATION,
        "survey_open": _SENDERS,
        "survey_remind": _SENDERS,
        "survey_withdraw": _SENDERS,
        "survey_take_over": _SENDERS,
        "survey_text": "signed in",
        "survey_agree": only(Role.WORKER_REPRESENTATIVE),
        # Whoever holds the link of an invitation answers it, once.
        "survey_answer": "anybody",
    },
)
