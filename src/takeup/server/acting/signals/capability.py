"""Signals and their responses."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import READS_EVERY_COHORT, Capability, InBar, only
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "signals",
    __name__.removesuffix(".capability"),
    place=90,
    opens={
        "signals": READS_EVERY_COHORT,
        "signal_answer": only(Role.PROGRAMME_LEAD, Role.PRODUCT_TEAM, Role.EXECUTIVE),
    },
    bar=(InBar("signals", _("Signals"), 80),),
)
