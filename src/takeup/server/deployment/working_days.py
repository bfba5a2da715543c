"""Working days of the deployment's country: every deadline that is counted in them is counted here.

The settings name the country, and its region where holidays differ within it (`DE`, `DE-BY`). Without one, Monday to
Friday are worked and no holiday is known. Weekends and holidays are those of the library `holidays`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings

from takeup.server.deployment.country_days import days_worked


def is_working_day(day: date) -> bool:
    """Whether people work on that day where this deployment is."""
    return day in _worked(settings.TAKEUP.country, day.year)


def due_after(day: date, working_days: int) -> date:
    """The day that many working days after `day`, which may be none itself."""
    if working_days < 1:
        return day
    return next(found for n, found in enumerate(_worked_after(day), 1) if n == working_days)


def working_days_late(due: date, today: date) -> int:
    """Working days that have begun since the day something was due; 0 on that day and before."""
    late = 0
    for day in _worked_after(due):
        if day > today:
            break
        late += 1
    return late


def calendar_words() -> str:
    """By which calendar deadlines are counted, in words."""
    country = settings.TAKEUP.country
    if country:
        return f"holidays of {country} are no working days"
    return "Monday to Friday are worked; no holidays are known, as the settings name no country"


def _worked_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day


@lru_cache(maxsize=64)
def _worked(country: str, year: int) -> frozenset[date]:
    return days_worked(country, year)
