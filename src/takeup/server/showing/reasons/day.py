"""The reasons of the day's populations."""

from __future__ import annotations

from takeup.server.deployment.day import Day
from takeup.server.showing.reasons.services import forget_reasons, take_reasons


def take(day: Day) -> None:
    """What the snapshot says of them."""
    take_reasons(day)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_reasons(use_case)
