"""M03: the new role as a draft, with the managers it concerns."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "M03",
    _("Role redesign drafted with managers"),
    "foundation",
    7,
    28,
    Role.ROLE_OWNER,
    items=(
        Check(
            "inventory",
            _("The inventory of tasks covers nine tenths of the time"),
            Reaches("condition.C5.4", at_least=0.9),
        ),
        Attest(
            "commented",
            _("Each manager concerned asked for a change or signed"),
            (
                Role.ROLE_OWNER,
                Role.EXECUTIVE,
            ),
        ),
        Attest(
            "practitioners",
            _("At least two practitioners of each role took part"),
            (
                Role.ROLE_OWNER,
                Role.PROGRAMME_LEAD,
            ),
        ),
    ),
)
