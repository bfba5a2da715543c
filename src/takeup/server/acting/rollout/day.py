"""Shadow reports of the day."""

from __future__ import annotations

from takeup.server.acting.rollout.services import take_looks
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """Shadow reports of the day."""
    for decisions in day.decisions:
        take_looks(day.use_case, decisions, day.declared, day.today, day.step)
