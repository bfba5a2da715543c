"""How conditions stood that night."""

from __future__ import annotations

from takeup.questions.conditions import QUESTION, Conditions
from takeup.server.acting.conditions.services import forget_use_case, keep_day
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """Keep the night's result, as it may be shown."""
    for one in day.shared:
        found = one.measures[QUESTION]
        if isinstance(found, Conditions):
            keep_day(day.use_case, day.today, found.populations, day.titles)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
