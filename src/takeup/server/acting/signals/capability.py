"""Signals and their responses."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    ADMINISTRATION,
    PROGRAMME,
    READS_EVERY_COHORT,
    Capability,
    InBar,
    only,
)
from takeup.server.deployment.roles import Role

_ANSWERS = only(
    Role.PROGRAMME_LEAD,
    Role.PRODUCT_TEAM,
    Role.EXECUTIVE,
    Role.OVERSIGHT_OFFICER,
    Role.ADMINISTRATOR,
)
"""Whoever may be the owner of a signal: the oversight officer of those about risk, the administrator of silent senders."""

CAPABILITY = Capability(
    "signals",
    __name__.removesuffix(".capability"),
    place=90,
    opens={
        # An administrator sees what is about senders alone: no figure of adoption (`signals.pages`).
        "signals": READS_EVERY_COHORT | ADMINISTRATION,
        "signal_answer": _ANSWERS,
        "signal_ask": _ANSWERS,
        "signal_heard": _ANSWERS,
        "signal_drill": PROGRAMME,
    },
    bar=(InBar("signals", _("Signals"), 80),),
)
