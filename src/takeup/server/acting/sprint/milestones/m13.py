"""M13: advice is shown, and what people do with it is recorded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M13",
    _("Live, with adoption recorded"),
    "production",
    61,
    61,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "live",
            _("Cases with advice are recorded in every population"),
            Reaches("use.live", at_least=1, unit="yes"),
        ),
        Check(
            "clean",
            _("Less than 2 in 100 rows are held back as wrong"),
            Reaches("recording.quarantined", at_most=0.02),
        ),
        Check(
            "drill",
            _("The stop drill passed"),
            Reaches("rollout.stop_drill", at_least=1, unit="yes"),
        ),
    ),
    needs=(
        Need("G60"),
        Need("T3"),
    ),
)
