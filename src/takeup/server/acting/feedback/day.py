"""Topics, what people wrote, and whether fixes worked."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.feedback.services import (
    check_fixes,
    forget_use_case,
    forget_words,
    take_topics,
    take_words,
    tell_of_late,
)
from takeup.server.deployment.day import Day
from takeup.server.deployment.recorder import recorder
from takeup.server.foundation.agreement.services import mode_on


def take(day: Day) -> None:
    """Topics, what people wrote, and whether fixes worked."""
    for decisions in day.decisions:
        take_topics(day.use_case, decisions, recorder().handles_behind, day.today)
        if mode_on():
            forget_words()
        else:
            take_words(day.use_case, day.recorded)
        check_fixes(day.use_case, decisions)


def each_day(use_case: str, today: date) -> None:
    """What is past its day is told."""
    tell_of_late(use_case, today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
