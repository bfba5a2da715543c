"""The ninety days of a programme: milestones, gates, what is due."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    OWN_COHORT,
    PROGRAMME,
    READS_EVERY_COHORT,
    Capability,
    InBar,
    only,
)
from takeup.server.deployment.roles import Role

_READS = READS_EVERY_COHORT | OWN_COHORT
"""When what happens concerns everybody whose work it is; documents are for those who read every population."""

CAPABILITY = Capability(
    "sprint",
    __name__.removesuffix(".capability"),
    # After every capability whose day it reads.
    place=200,
    opens={
        "sprints": _READS,
        "sprint": _READS,
        "sprint_what_if": READS_EVERY_COHORT,
        "milestone": _READS,
        "sprint_gate": _READS,
        "sprint_begin": PROGRAMME,
        "sprint_act": PROGRAMME,
        "milestone_act": PROGRAMME,
        # Each statement names the roles that sign it.
        "milestone_sign": READS_EVERY_COHORT,
        "sprint_technical": PROGRAMME | only(Role.PRODUCT_TEAM),
        "sprint_gate_decide": only(Role.PROGRAMME_LEAD, Role.EXECUTIVE),
        "sprint_document": READS_EVERY_COHORT,
    },
    bar=(InBar("sprints", _("Sprint"), 35, ("sprint", "sprint_what_if", "milestone", "sprint_gate")),),
)  # fmt: skip
