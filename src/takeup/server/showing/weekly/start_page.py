"""On the start page: the week for those who lead and manage, and decisions for whoever answers for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.showing.overview.queries import views_of
from takeup.server.showing.overview.services import Snapshot, newest_by_use_case
from takeup.server.showing.weekly import queries
from takeup.server.showing.weekly.pages import linked
from takeup.server.showing.weekly.queries import DECISION
from takeup.server.showing.weekly.team import due_of

_LEADS = (Role.PROGRAMME_LEAD, Role.EXECUTIVE)
_GRAVEST = 3


def _decisions(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    found = queries.decisions_of(person.handle)
    return {"decisions": found} if found else None


def _week(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    """Of each use case what is due and the gravest populations."""
    if not set(_LEADS) & set(held):
        return None
    weeks = [_one(name, snapshot, person, held) for name, snapshot in newest_by_use_case().items()]
    return {"weeks": weeks} if weeks else None


def _one(name: str, snapshot: Snapshot, person: Person, held: Collection[Role]) -> dict[str, Any]:
    open_ = queries.beside(name)
    due = queries.due(name, open_, None)
    keys = [
        one.key for one in queries.places(snapshot, None, "", False, open_) if one.state == "shown"
    ]
    views = views_of(snapshot, keys[:_GRAVEST])
    return {
        "use_case": name, "due": linked(due[:_GRAVEST], person, held), "n": len(due), "late": sum(one.late for one in due),
        "gravest": [views[key] for key in keys[:_GRAVEST]], "review": queries.this_week(name),
    }  # fmt: skip


def _team(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    """To a manager: what is theirs to do, and where their populations stand."""
    if Role.MANAGER not in held:
        return None
    today = now().date()
    due = due_of(person.handle, today)
    mine = organization.own_populations(person, today)
    rows = [
        view for snapshot in newest_by_use_case().values() for view in views_of(snapshot, mine).values()
        if view["state"] == "shown"
    ]  # fmt: skip
    # Decisions stand above, with their button.
    others = [one for one in due if one.kind != DECISION]
    return {
        "due": linked(others[:_GRAVEST], person, held), "n": len(due), "late": sum(one.late for one in due), "rows": rows,
        "first": rows[0] if rows else None,
    }  # fmt: skip


ON_START_PAGE = (
    OnStartPage(3, _decisions, "weekly/_start_decisions.html"),
    OnStartPage(4, _team, "weekly/_start_team.html", "weekly/_start_team_heading.html"),
    OnStartPage(8, _week, "weekly/_start_week.html"),
)
