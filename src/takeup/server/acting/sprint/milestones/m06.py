"""M06: what is reported reaches somebody, and an answer comes back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M06",
    _("Feedback channel designed and tested"),
    "foundation",
    8,
    30,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "closed",
            _("Five reports went all the way to an answer in time"),
            Reaches("feedback.answered_in_time", at_least=5, unit="number"),
        ),
        Attest(
            "flag",
            _("Marking as wrong takes two interactions at most"),
            (Role.PRODUCT_TEAM,),
        ),
        Check(
            "routed",
            _("A report reached the model team by itself"),
            Reaches("feedback.routed", at_least=1, unit="number"),
        ),
    ),
)
