"""M04: what people are measured by fits work with the advice."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M04",
    _("Performance metrics revised"),
    "foundation",
    10,
    30,
    Role.ROLE_OWNER,
    items=(
        Attest(
            "metric",
            _("Each role has a new metric that telemetry counts, and an old one less"),
            (Role.ROLE_OWNER,),
        ),
        Check(
            "no_penalty",
            _("No metric rewards few overrides"),
            Reaches("condition.C3.5", at_least=1, unit="yes"),
        ),
        Attest(
            "scorecard",
            _("The change of the managers’ scorecard is drafted"),
            (
                Role.ROLE_OWNER,
                Role.EXECUTIVE,
            ),
        ),
    ),
    needs=(Need("M03"),),
)
