"""M05: the way with advice has no more steps than the way without."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M05",
    _("Workflow analysed, integration designed"),
    "foundation",
    3,
    25,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "steps",
            _(
                "The way with advice has no more steps, counted or walked through with five cases each"
            ),
            Reaches("condition.C1.2", at_most=0, fewest=5, unit="number"),
        ),
        Attest(
            "exception",
            _("More steps for now, and the day on which they go"),
            (Role.PRODUCT_TEAM,),
            instead_of="steps",
        ),
        Attest(
            "signed",
            _("Practitioners signed the design"),
            (
                Role.PRODUCT_TEAM,
                Role.PROGRAMME_LEAD,
            ),
        ),
    ),
)
