"""M08: people read how the model does beside themselves, errors included."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M08",
    _("Performance comparison is reported"),
    "shadow",
    38,
    60,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "reports",
            _("Two weekly reports with errors by kind of case"),
            Reaches("rollout.reports", at_least=2, unit="number", cohorts=True),
        ),
        Check(
            "opened",
            _("Three of five in the cohort opened one"),
            Reaches("rollout.reports_opened", at_least=0.6, cohorts=True),
        ),
    ),
    needs=(Need("M07"),),
)
