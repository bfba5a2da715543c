"""M10: managers have worked with the advice themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M10",
    _("Managers hands-on"),
    "shadow",
    31,
    50,
    Role.EXECUTIVE,
    items=(
        Check(
            "practised",
            _("Nine of ten managers worked ten practice cases"),
            Reaches("condition.C6.2", at_least=0.9),
        ),
        Attest(
            "scorecard",
            _("The day from which the managers’ scorecard changes is set"),
            (
                Role.EXECUTIVE,
                Role.ROLE_OWNER,
            ),
        ),
    ),
    needs=(Need("M04"),),
)
