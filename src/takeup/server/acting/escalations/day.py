"""What is past its time is a signal."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.escalations.breaches import take_breaches
from takeup.server.acting.escalations.services import forget_use_case


def each_day(use_case: str, today: date) -> None:
    """What is past its time is a signal, and one that was answered is none any more."""
    take_breaches(use_case)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
