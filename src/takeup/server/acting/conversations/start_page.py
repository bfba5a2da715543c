"""On the start page of the two neutral people: rounds of conversations that wait for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.server.acting.conversations.services import waiting_for
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, population_titles
from takeup.server.foundation.pages.on_start_page import OnStartPage


def _waiting(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    titles = population_titles()
    found = [(one, titles.get(one.population) or one.population) for one in waiting_for(person.handle)]  # fmt: skip
    return {"rounds": found} if found else None


ON_START_PAGE = (OnStartPage(6, _waiting, "conversations/_start_cards.html"),)
