"""M12: overrides are recorded with their reason and read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M12",
    _("Override tracking starts"),
    "shadow",
    45,
    60,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "reasons",
            _("95 of 100 overrides have a reason"),
            Reaches("condition.C3.2", at_least=0.95, unshown_from=0.9),
        ),
        Attest("roster", _("Who reads overrides is settled for eight weeks"), (Role.PRODUCT_TEAM,)),
        Check(
            "effort",
            _("An override takes two more steps at most"),
            Reaches("condition.C3.1", at_most=2, unit="number"),
        ),
    ),
    needs=(Need("M05"),),
)
