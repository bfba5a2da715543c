"""M18: what champions did, as far as it can be told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Milestone, Need
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M18",
    _("Champions’ effect known"),
    "production",
    75,
    90,
    Role.PROGRAMME_LEAD,
    items=(
        Attest(
            "effect",
            _("The estimate with its interval and design, or why there can be none"),
            (Role.PROGRAMME_LEAD,),
        ),
    ),
    needs=(
        Need("M09"),
        Need("M13"),
    ),
)
