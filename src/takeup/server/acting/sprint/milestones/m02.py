"""M02: colleagues whom others trust are chosen and ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M02",
    _("Champions chosen and ready"),
    "foundation",
    5,
    28,
    Role.PROGRAMME_LEAD,
    items=(
        Attest(
            "nominated",
            _(
                "Three of five practitioners named colleagues, and nobody is champion by own wish alone"
            ),
            (Role.PROGRAMME_LEAD,),
        ),
        Check(
            "coverage",
            _("Four of five practitioners have a champion, one to fifteen at most"),
            Reaches("condition.C7.1", at_least=0.8),
        ),
        Check(
            "credible",
            _("Champions were chosen for credibility"),
            Reaches("condition.C7.2", at_least=0.5),
        ),
        Check(
            "time",
            _("Consent, agreed role and protected time are recorded for each"),
            Reaches("condition.C7.4", at_least=0.9),
        ),
    ),
    needs=(Need("M01", from_start=True),),
)
