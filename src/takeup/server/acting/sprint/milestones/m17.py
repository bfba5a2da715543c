"""M17: thirty days after going live, all that is known is read and decided on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M17",
    _("First 30-day review"),
    "production",
    61,
    91,
    Role.EXECUTIVE,
    items=(
        Check(
            "report",
            _("The review was made from what is recorded"),
            Reaches("review.made", at_least=1, unit="yes"),
        ),
        Check(
            "signed",
            _("Its decisions have owners and are signed"),
            Reaches("review.signed", at_least=1, unit="yes"),
        ),
    ),
    needs=(Need("M13"),),
)
