"""The weekly dashboard, its reviews, and the manager's page of the team."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    EVERYBODY,
    PROGRAMME,
    READS_EVERY_POPULATION,
    Capability,
    InBar,
    only,
)
from takeup.server.deployment.roles import Role

# Managers see their own populations (`weekly.pages`).
_READS = READS_EVERY_POPULATION | only(Role.MANAGER)
_DECIDES = only(Role.PROGRAMME_LEAD, Role.EXECUTIVE)

CAPABILITY = Capability(
    "weekly",
    __name__.removesuffix(".capability"),
    place=105,
    opens={
        "weekly": _READS,
        "weekly_of": _READS,
        "weekly_reviews": _READS,
        "weekly_review": _READS,
        "weekly_open": _DECIDES,
        "weekly_decide": _DECIDES,
        # Whoever answers for it says that it is done; so may those who decide.
        "weekly_done": EVERYBODY,
        "weekly_hand_over": _DECIDES,
        "weekly_day": PROGRAMME,
        "my_team": only(Role.MANAGER),
    },
    bar=(
        InBar("weekly", _("The week"), 35, ("weekly_of", "weekly_reviews", "weekly_review")),
        InBar("my_team", _("My team"), 36),
    ),
)
