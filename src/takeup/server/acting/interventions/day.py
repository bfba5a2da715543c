"""Verdicts of actions whose day has come, and the model issues that come before anything about people."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.interventions.services import (
    close_what_never_began,
    forget_use_case,
    take_model_issues,
    take_results,
    tell_of_late_steps,
)
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """What was measured of actions, as it may be shown, and of the model."""
    for one in day.shared:
        take_model_issues(day.use_case, one.measures.model_issue, day.today)
        take_results(day.use_case, one.measures.intervention_effect)


def each_day(use_case: str, today: date) -> None:
    """What is past its day."""
    close_what_never_began(use_case, today)
    tell_of_late_steps(use_case, today)


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
