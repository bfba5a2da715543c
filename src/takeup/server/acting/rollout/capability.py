"""Modes, stops, gates, shadow reports."""

from takeup.server.deployment.capability import (
    EVERYBODY,
    OWN_COHORT,
    PROGRAMME,
    READS_EVERY_COHORT,
    Capability,
    only,
)
from takeup.server.deployment.roles import Role

_STOPS = only(Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.PRODUCT_TEAM, Role.OVERSIGHT_OFFICER)
"""Whoever answers for harm can stop it."""

CAPABILITY = Capability(
    "rollout",
    __name__.removesuffix(".capability"),
    place=50,
    opens={
        "rollout": EVERYBODY,
        "rollout_step": PROGRAMME,
        "rollout_withdraw": PROGRAMME,
        "rollout_draw": PROGRAMME,
        # Whoever answers for harm can stop it (EU AI Act, Art. 14(4)(e)); starting again is planned.
        "rollout_stop": _STOPS,
        # A minute without advice is asked for by whoever could stop it for good.
        "rollout_drill": _STOPS,
        "rollout_drills": EVERYBODY,
        "rollout_lift": PROGRAMME,
        # Besides those who see every cohort, everybody sees their own (`rollout.pages.reads_cohort`).
        "shadow_report": READS_EVERY_COHORT | OWN_COHORT,
        "shadow_report_of": READS_EVERY_COHORT | OWN_COHORT,
        "shadow_gate": PROGRAMME,
        "shadow_attest": _STOPS,
        "shadow_decide": only(Role.PROGRAMME_LEAD, Role.EXECUTIVE),
    },
)
