"""On the start page: what the newest snapshots say, and which use cases have none yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, use_case_names
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may
from takeup.server.showing.overview.services import newest_by_use_case


def _snapshots(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if not may("diagnosis", person, held):
        return None
    newest = newest_by_use_case()
    return {
        "diagnoses": list(newest.values()),
        "waiting_use_cases": [name for name in use_case_names() if name not in newest],
    }


ON_START_PAGE = (
    OnStartPage(10, _snapshots, "overview/_start_cards.html", "overview/_start_heading.html"),
)
