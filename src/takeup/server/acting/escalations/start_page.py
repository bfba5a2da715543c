"""On the start page: what waits for the product team and by when; what became of what a champion raised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.acting.escalations.services import every, is_promised, own
from takeup.server.acting.escalations.telling import told
from takeup.server.deployment.roles import Role
from takeup.server.deployment.working_days import local
from takeup.server.foundation.organization.services import Person, population_titles
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may

_FIRST = 5


def _due(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    """What the product team is to acknowledge, decide or ship; nothing for others."""
    if not may("escalation_act", person, held):
        return None
    titles = population_titles()
    open_ = [one for one in every() if one.decided_at is None or is_promised(one)]
    if not open_:
        return None
    rows = sorted((told(one, titles) for one in open_), key=lambda row: (row["day"], row["it"].pk))
    return {"rows": rows[:_FIRST], "n": len(rows), "late": sum(row["late"] for row in rows)}


def _mine(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    """Where a champion raises one, and what is open of theirs."""
    if not may("escalation_open", person, held):
        return None
    titles, today = population_titles(), local(now()).date()
    rows = [told(one, titles) for one in own(person.handle)]
    fresh = [row for row in rows if not row["over"] or (today - row["day"]).days < 14]
    return {"rows": fresh[:_FIRST], "n": sum(not row["over"] for row in rows)}


ON_START_PAGE = (
    OnStartPage(4, _due, "escalations/_start_due.html"),
    OnStartPage(30, _mine, "escalations/_start_own.html"),
)
