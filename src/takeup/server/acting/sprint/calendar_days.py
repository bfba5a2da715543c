"""Milestones and gates in the calendars of those who may read them."""

from __future__ import annotations

from collections.abc import Iterable

from takeup.server.acting.sprint.plan import GATES
from takeup.server.acting.sprint.services import path_of, read_whole, running
from takeup.server.acting.sprint.standing import stands
from takeup.server.foundation.calendar.feed import CalendarDay
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.permissions import may


def days(person: Person) -> Iterable[CalendarDay]:
    """Due days of what is not done, and the days of gates."""
    if not may("sprint", person):
        return
    for sprint in read_whole(running()):
        found = stands(sprint)
        for row in found.rows:
            if row.planned.done is None:
                words = f"{sprint.title}: {row.milestone.id} {row.milestone.name} is due"
                key = f"sprint-{sprint.pk}-{row.milestone.id}"
                yield CalendarDay(key, row.planned.due, words, f"{path_of(sprint)}/{row.milestone.id}", sprint.made_at)  # fmt: skip
        # Who may not open a gate’s page is not sent there.
        for gate in GATES if may("sprint_gate", person) else ():
            if (planned := found.planned[gate.id]).done is None:
                key, words = f"sprint-{sprint.pk}-{gate.id}", f"{sprint.title}: {gate.name}"
                yield CalendarDay(
                    key, planned.due, words, f"{path_of(sprint)}/{gate.id}", sprint.made_at
                )
