"""What the dashboard takes of a day, what is past its day, and whether managers look."""

from __future__ import annotations

from datetime import date

from takeup.server.deployment.day import Day
from takeup.server.showing.weekly.looking import take_unopened
from takeup.server.showing.weekly.models import WeekOpened
from takeup.server.showing.weekly.services import forget_use_case, tell_of_late_decisions
from takeup.server.showing.weekly.taking import forget_rows, take_rows


def take(day: Day) -> None:
    """J of each population, and teams."""
    take_rows(day)


def each_day(use_case: str, today: date) -> None:
    """Decisions past their day, and managers who do not look."""
    tell_of_late_decisions(use_case, today)
    take_unopened(use_case, today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
    forget_rows(use_case)
    WeekOpened.objects.filter(use_case=use_case).delete()
