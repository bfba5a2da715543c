"""What the day tells milestones, and the look at them."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.sprint.day_facts import facts_of
from takeup.server.acting.sprint.evaluating import evaluate_use_case
from takeup.server.acting.sprint.facts import keep_facts
from takeup.server.acting.sprint.services import forget_use_case
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """Keep what the day's diagnosis tells."""
    for one in day.shared:
        keep_facts(day.use_case, day.today, list(facts_of(day.use_case, one)))


def each_day(use_case: str, today: date) -> None:
    """Look at every milestone."""
    evaluate_use_case(use_case, today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
