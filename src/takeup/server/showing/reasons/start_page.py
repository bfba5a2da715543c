"""On the start page of who decides: what was found about the reasons of their own population."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, own_populations
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.showing.reasons.services import said_of


def _own(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if Role.PRACTITIONER not in held:
        return None
    found = said_of(own_populations(person, now().date()))
    return {"reasons": found} if found else None


ON_START_PAGE = (OnStartPage(45, _own, "reasons/_start_cards.html"),)
