"""M16: signals are answered in time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Check, Known, Milestone, Need, Seen
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

_IN_TIME = Reaches("responses.in_time", at_least=0.9)
_DRILL = Reaches(
    "responses.drill", at_least=1, unit="yes", unknown="no signal came, and no drill was run"
)


def _answered(known: Known) -> Seen:
    """Signals where some came, else the drill."""
    came = any(one.n for one in known.of("responses.in_time").values())
    return _IN_TIME(known) if came else _DRILL(known)


MILESTONE = Milestone(
    "M16",
    _("Rapid response runs"),
    "production",
    61,
    90,
    Role.PROGRAMME_LEAD,
    items=(
        Check(
            "in_time",
            _("Nine of ten signals answered in time; a drill where none came"),
            _answered,
            about="responses.in_time",
        ),
    ),
    needs=(Need("M13"),),
)
