"""On the start page of who is asked: a survey that waits for their answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.server.acting.survey.services import open_for
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.on_start_page import OnStartPage


def _waiting(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    found = open_for(person.handle)
    return {"surveys": found} if found else None


ON_START_PAGE = (OnStartPage(5, _waiting, "survey/_start_cards.html"),)
