"""Actions on populations: the library, what is planned and running, whether it worked."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    EVERYBODY,
    OWN_COHORT,
    PROGRAMME,
    READS_EVERY_COHORT,
    Capability,
    InBar,
)

_READS = READS_EVERY_COHORT | OWN_COHORT
"""Besides those who read every population's, everybody reads their own (`interventions.pages`)."""

CAPABILITY = Capability(
    "interventions",
    __name__.removesuffix(".capability"),
    place=95,
    opens={
        "interventions": _READS,
        "intervention": _READS,
        "intervention_declare": PROGRAMME,
        "intervention_act": PROGRAMME,
        # Whoever answers for it says that a step is done; a programme lead too.
        "intervention_step": EVERYBODY,
        "action_library": READS_EVERY_COHORT,
        "action_revise": PROGRAMME,
    },
    bar=(InBar("interventions", _("Actions"), 85, ("intervention", "intervention_declare", "action_library")),),
)  # fmt: skip
