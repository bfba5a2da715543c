"""Shadow reports of the day."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.rollout.drills import enter_drills
from takeup.server.acting.rollout.services import take_looks
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """Shadow reports of the day."""
    for decisions in day.decisions:
        take_looks(day.use_case, decisions, day.declared, day.today, day.step)


def each_day(use_case: str, today: date) -> None:
    """What drills have shown."""
    enter_drills(use_case)
