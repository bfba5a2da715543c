"""M08: people read how the model does beside themselves, errors included."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Known, Milestone, Need, Seen
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

_REPORTS = Reaches("rollout.reports", at_least=2, unit="number", cohorts=True)
_PUBLISHED = Reaches("condition.C2.5", at_most=31, unit="days")
_OPENED = Reaches("rollout.reports_opened", at_least=0.6, cohorts=True)


def _reported(known: Known) -> Seen:
    """What is live without a shadow is compared in the published report of the month."""
    return _PUBLISHED(known) if _live_alone(known) else _REPORTS(known)


def _opened(known: Known) -> Seen:
    """The published report has no cohort."""
    if _live_alone(known):
        return Seen(True, "not asked: the published report is everybody’s, no cohort’s")
    return _OPENED(known)


def _live_alone(known: Known) -> bool:
    return known.remediation and not known.of("rollout.reports")


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
            _reported,
            about="rollout.reports",
        ),
        Check(
            "opened",
            _("Three of five in the cohort opened one"),
            _opened,
            about="rollout.reports_opened",
        ),
    ),
    needs=(Need("M07"),),
)
