"""Cases to practise on."""

from __future__ import annotations

from takeup.server.deployment.day import Day
from takeup.server.showing.practitioner.compared import forget_use_case
from takeup.server.showing.practitioner.practice import forget_practice, take_practice


def take(day: Day) -> None:
    """Cases to practise on."""
    for decisions in day.decisions:
        take_practice(day.use_case, decisions)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_practice(use_case)
    forget_use_case(use_case)
