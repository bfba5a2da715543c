"""One week of an event study."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventWeek:
    """The difference `week` weeks after the start (negative: before it, where none should be), with
    a band that holds for all weeks together."""

    week: int
    value: float
    low: float
    high: float
