"""On the start page: people for who administers, and use cases for everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, active_people
from takeup.server.foundation.pages.on_start_page import OnStartPage, for_all


def _people(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    return {"people": active_people()} if Role.ADMINISTRATOR in held else None


ON_START_PAGE = (
    OnStartPage(20, _people, "organization/_start_people.html"),
    OnStartPage(60, for_all, "organization/_start_use_cases.html"),
)
