"""M09: champions solve problems with colleagues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M09",
    _("Champions’ sessions with colleagues"),
    "shadow",
    31,
    45,
    Role.PROGRAMME_LEAD,
    items=(
        Check(
            "sessions",
            _("Problem sessions: one for ten practitioners in four weeks, most of all sessions"),
            Reaches("condition.C7.3", at_least=2, unit="number"),
        ),
        Attest("each", _("Each champion held a problem session"), (Role.PROGRAMME_LEAD,)),
    ),
    needs=(Need("M02"),),
)
