"""Eight conditions of adoption, and readiness before go-live."""

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

# Besides those who see every population, everybody sees their own (`conditions.pages`).
_READS = READS_EVERY_COHORT | OWN_COHORT

CAPABILITY = Capability(
    "conditions",
    __name__.removesuffix(".capability"),
    place=75,
    opens={
        "conditions": _READS,
        "conditions_of": _READS,
        "condition": _READS,
        "condition_record": only(
            Role.PROGRAMME_LEAD, Role.ROLE_OWNER, Role.PRODUCT_TEAM, Role.EXECUTIVE
        ),
        "readiness": "public readiness",
        "readiness_open": PROGRAMME,
        "readiness_of": PROGRAMME,
        "readiness_links": PROGRAMME,
        "readiness_answer": "public readiness",
        "readiness_result": "public readiness",
    },
    bar=(InBar("conditions", _("Conditions"), 45, ("conditions_of", "condition")),),
)
