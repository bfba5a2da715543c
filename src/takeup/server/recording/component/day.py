"""How often advice was right, as the recommendation tells it."""

from __future__ import annotations

from takeup.server.deployment.day import Day
from takeup.server.recording.component.services import forget_use_case, take_track_record


def take(day: Day) -> None:
    """How often advice was right, as the recommendation tells it."""
    for decisions in day.decisions:
        take_track_record(day.use_case, decisions, day.declared, day.today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
