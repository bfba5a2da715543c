"""M11: what people said came back to them as a change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M11",
    _("First feedback cycle completed and told"),
    "shadow",
    40,
    60,
    Role.PROGRAMME_LEAD,
    items=(
        Check(
            "changed",
            _("A change shipped or has a date, and people were told"),
            Reaches("condition.C8.4", at_least=0.5, unit="number"),
        ),
        Check(
            "acknowledged",
            _("Reports are acknowledged in time, at least partly"),
            Reaches("condition.C8.1", at_least=0.7),
        ),
        Check(
            "answered",
            _("Reports are answered in time, at least partly"),
            Reaches("condition.C8.2", at_least=0.5),
        ),
    ),
    needs=(Need("M06"),),
)
