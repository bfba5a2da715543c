"""M14: the new role holds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M14",
    _("Role redesign active"),
    "production",
    61,
    85,
    Role.ROLE_OWNER,
    items=(
        Check(
            "roles",
            _("Every role concerned has its new version"),
            Reaches("condition.C5.1", at_least=1),
        ),
        Check(
            "goals",
            _("Nine of ten have goals with a new metric and without a retired one"),
            Reaches("condition.C5.2", at_least=0.9),
        ),
        Check(
            "talks",
            _("Four of five talked about it with their manager in five weeks"),
            Reaches("condition.C5.3", at_least=0.8),
        ),
    ),
    needs=(
        Need("M03"),
        Need("M04"),
    ),
)
