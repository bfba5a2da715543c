"""What changed, and the responses it asks for; whether what was answered moved back."""

from __future__ import annotations

from takeup.server.acting.signals.services import forget_use_case, take_signals
from takeup.server.acting.signals.verdicts import judge
from takeup.server.deployment.day import Day
from takeup.stats.answer import CannotSay


def take(day: Day) -> None:
    """What changed, and the responses it asks for; whether what was answered moved back."""
    for one in day.shared:
        found = one.measures.signals
        take_signals(day.use_case, found, day.titles)
        if not isinstance(found, CannotSay):
            judge(day.use_case, found.figures, day.today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
