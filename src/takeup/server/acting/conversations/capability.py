"""Conversations with non-users."""

from takeup.server.deployment.capability import (
    OWN_COHORT,
    READS_EVERY_POPULATION,
    Capability,
    only,
)
from takeup.server.deployment.roles import Role

NEUTRAL = (Role.ROLE_OWNER, Role.WORKER_REPRESENTATIVE, Role.OVERSIGHT_OFFICER, Role.CHAMPION)
"""People whom nobody who answers depends on."""
_OWN = only(*NEUTRAL)
"""Besides, only the two whom a round of conversations names (`services`)."""

CAPABILITY = Capability(
    "conversations",
    __name__.removesuffix(".capability"),
    place=93,
    opens={
        "conversations": READS_EVERY_POPULATION | _OWN,
        "conversation_draw": only(Role.PROGRAMME_LEAD, Role.ROLE_OWNER),
        "conversation_withdraw": only(Role.PROGRAMME_LEAD, Role.ROLE_OWNER),
        "conversation_names": _OWN,
        "conversation_write": _OWN,
        "conversation_code": _OWN,
        "conversation_agree": _OWN,
        "conversation_publish": _OWN,
        "conversation_told": READS_EVERY_POPULATION | OWN_COHORT,
        "conversation_comment": OWN_COHORT,
    },
)
