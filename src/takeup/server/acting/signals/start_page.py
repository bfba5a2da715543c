"""On the start page: signals that are somebody's to answer, by name or by the role they hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.acting.signals.rules import HOLDERS
from takeup.server.acting.signals.services import awaited, open_responses
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, population_titles
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may


def _mine(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if not may("signal_answer", person, held):
        return None
    titles, today = population_titles(), now().date()
    found = []
    for one in open_responses()[0]:
        theirs = one.owner == person.handle if one.owner else set(HOLDERS.get(one.owner_role, ())) & set(held)  # fmt: skip
        if theirs:
            day, what = awaited(one)
            found.append({"it": one, "where": titles.get(one.population, one.population), "day": day, "what": what, "late": day < today})  # fmt: skip
    return {"responses": found} if found else None


ON_START_PAGE = (OnStartPage(5, _mine, "signals/_start_cards.html"),)
