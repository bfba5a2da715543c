"""Starts, steps and checks of actions, in the calendars of those who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from takeup.server.acting.interventions.models import OPEN, ActionRun
from takeup.server.acting.interventions.reading import read_by
from takeup.server.acting.interventions.services import path_of, runs
from takeup.server.foundation.calendar.feed import CalendarDay
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.permissions import may


def days(person: Person) -> Iterable[CalendarDay]:
    """What is open of what a person reads."""
    if not may("interventions", person):
        return
    titles = organization.population_titles()
    for run in runs(populations=read_by(person)):
        if run.state in OPEN:
            where = titles.get(run.population) or run.population
            for key, day, what in _days(run):
                yield CalendarDay(
                    f"action-{run.pk}-{key}", day, f"{where}: {what}", path_of(run), run.declared_at
                )


def _days(run: ActionRun) -> Iterable[tuple[str, date, str]]:
    """What happens on which day: a key that stays, the day, words."""
    if run.state == "planned":
        yield "start", run.starts_on, f"starts: {run.library['do']}"
    for step in run.steps.all():
        if step.done_on is None:
            yield f"step-{step.place}", step.due, step.text
    yield "check", run.check_on, f"did it work? {run.library['do']}"
