"""M15: management decides from the figures of the week."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone, Need
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M15",
    _("Weekly dashboard reviewed by management"),
    "production",
    61,
    90,
    Role.EXECUTIVE,
    items=(
        Check(
            "opened",
            _("Four of five managers opened it in three of four weeks"),
            Reaches("weekly.managers_looking", at_least=0.8),
        ),
        Attest(
            "read",
            _("Managers have said that they read it, where fewer than five lead teams"),
            (Role.EXECUTIVE, Role.PROGRAMME_LEAD),
            instead_of="opened",
        ),
        Check(
            "decided",
            _("Every weekly review recorded a decision"),
            Reaches("weekly.reviews_with_decision", at_least=1, fewest=1),
        ),
    ),
    needs=(Need("M13"),),
)
