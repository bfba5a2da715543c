"""The ninety days of a programme: milestones, gates, what is due."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    PROGRAMME,
    READS_EVERY_COHORT,
    READS_EVERY_POPULATION,
    Capability,
    InBar,
    only,
)
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "sprint",
    __name__.removesuffix(".capability"),
    # After every capability whose day it reads.
    place=200,
    opens={
        "sprints": READS_EVERY_COHORT,
        "sprint": READS_EVERY_COHORT,
        "sprint_what_if": READS_EVERY_COHORT,
        "milestone": READS_EVERY_COHORT,
        # Its clauses tell of reasons, population by population.
        "sprint_gate": READS_EVERY_POPULATION,
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
