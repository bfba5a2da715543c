"""Working days of the deployment's country: every deadline that is counted in them is counted here.

The settings name the country, and its region where holidays differ within it (`DE`, `DE-BY`). Without one, Monday to
Friday are worked and no holiday is known. Weekends and holidays are those of the library `holidays`. Working hours are
nine to five of a working day, in the settings' time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from takeup.server.deployment.country_days import days_worked

OPENS, CLOSES = time(9), time(17)
"""When a working day begins and ends, where a deadline is counted in hours."""


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


def due_after_hours(moment: datetime, working_hours: int) -> datetime:
    """The moment (UTC) that many working hours after `moment`, which may lie in none itself."""
    left = timedelta(hours=working_hours)
    at = local(moment)
    while left:
        begins, ends = (at.replace(hour=one.hour, minute=0, second=0, microsecond=0) for one in (OPENS, CLOSES))  # fmt: skip
        begins = max(at, begins)
        if is_working_day(at.date()) and begins < ends:
            if left <= ends - begins:
                at = begins + left
                break
            left -= ends - begins
        at = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return at.astimezone(UTC)


def closes_after(moment: datetime, working_days: int) -> datetime:
    """The moment (UTC) at which the day closes that many working days after that of `moment`."""
    day = due_after(local(moment).date(), working_days)
    return datetime.combine(day, CLOSES, local(moment).tzinfo).astimezone(UTC)


def local(moment: datetime) -> datetime:
    """A moment as the clocks of this deployment have it."""
    return moment.astimezone(ZoneInfo(settings.TAKEUP.time_zone))


def clock_words(moment: datetime) -> str:
    """A moment in words, as the clocks of this deployment have it: Monday 30 November, 13:00."""
    return f"{local(moment):%A %-d %B, %H:%M}"


def hours_words() -> str:
    """Which hours are worked, in words."""
    return f"{OPENS:%-H} to {CLOSES:%-H} o’clock, {settings.TAKEUP.time_zone}"


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
