"""On the start page: what is yours to do in a sprint, by when, in one click."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.acting.sprint.services import holding_on, path_of, read_whole, running
from takeup.server.acting.sprint.standing import SprintStands, stands
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may


def _sprints(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if not may("sprint", person, held):
        return None
    held_by = holding_on(now().date())
    found = [stands(sprint, holding=held_by) for sprint in read_whole(running())]
    if not found:
        return None
    return {"sprints": [{"it": one, "mine": _mine(one, person), "gates": _gates(one, person)} for one in found]}  # fmt: skip


def _mine(found: SprintStands, person: Person) -> list[Any]:
    """Milestones that this person answers for, open or late, the earliest first."""
    mine = [r for r in found.rows if person.handle in r.owners and r.standing in ("open", "late")]
    return sorted(mine, key=lambda r: r.planned.due)


def _gates(found: SprintStands, person: Person) -> list[Any]:
    """Gates that this person decides within two weeks."""
    today = now().date()
    return [
        {"planned": found.planned[gate], "name": found.windows[gate].name, "path": f"{path_of(found.sprint)}/{gate}"}
        for gate, handle in found.sprint.deciders.items()
        if handle == person.handle and found.planned[gate].done is None
        and (found.planned[gate].due - today).days <= 14
    ]  # fmt: skip


ON_START_PAGE = (OnStartPage(5, _sprints, "sprint/_start_cards.html"),)
