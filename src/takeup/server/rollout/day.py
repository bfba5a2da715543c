"""Shadow reports of the day."""

from __future__ import annotations

from takeup.server.day import Day
from takeup.server.rollout.services import take_looks


def take(day: Day) -> None:
    """Shadow reports of the day."""
    for decisions in day.decisions:
        take_looks(day.use_case, decisions, day.declared, day.today, day.step)
