"""The review of the first thirty days."""

from takeup.server.deployment.capability import (
    PROGRAMME,
    READS_EVERY_POPULATION,
    Capability,
    only,
)
from takeup.server.deployment.roles import Role

_DECIDES = only(Role.PROGRAMME_LEAD, Role.EXECUTIVE)

CAPABILITY = Capability(
    "review",
    __name__.removesuffix(".capability"),
    place=87,
    opens={
        "reviews": READS_EVERY_POPULATION,
        "review": READS_EVERY_POPULATION,
        "review_make": PROGRAMME,
        "review_comment": READS_EVERY_POPULATION,
        "review_decide": _DECIDES,
        # The sponsor's (domain 4.2, M17).
        "review_sign": only(Role.EXECUTIVE),
    },
)
