"""Who is to be invited is drawn with the night's figures."""

from __future__ import annotations

from takeup.server.acting.conversations.drawing_names import draw_waiting
from takeup.server.acting.conversations.services import forget_use_case
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """What was asked for is drawn."""
    for decisions in day.decisions:
        draw_waiting(day.use_case, decisions)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
