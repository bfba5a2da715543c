"""Works-council mode."""

from takeup.server.deployment.capability import (
    ADMINISTRATION,
    EVERYBODY,
    PROGRAMME,
    Capability,
    only,
)
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "agreement",
    __name__.removesuffix(".capability"),
    place=60,
    opens={
        "agreement": EVERYBODY,
        "agreement_record": only(Role.WORKER_REPRESENTATIVE),
        "change_announce": PROGRAMME | ADMINISTRATION,
        "change_answer": only(Role.WORKER_REPRESENTATIVE),
    },
)
