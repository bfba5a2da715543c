"""ISO weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple


class Week(NamedTuple):
    """A week by year and number (ISO 8601)."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"


def week_of(day: date) -> Week:
    """The week that a day is in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def weeks_before(day: date, count: int) -> list[Week]:
    """The last whole weeks before that of `day`, the oldest first."""
    monday = week_of(day).monday
    return [week_of(monday - timedelta(weeks=back)) for back in range(count, 0, -1)]
