"""Words of the weekly dashboard."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WEEKDAYS = {
    1: _("Monday"), 2: _("Tuesday"), 3: _("Wednesday"), 4: _("Thursday"), 5: _("Friday"),
    6: _("Saturday"), 7: _("Sunday"),
}  # fmt: skip
_STATES = {
    "shown": _("shown"), "hidden": _("not shown, on purpose"), "early": _("too early to say"),
}  # fmt: skip


def state_words(state: str) -> str:
    """What a row's state is called."""
    return str(_STATES.get(state, state))
