"""On the start page of who administers: who sends, and what waits for a correction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.recording.record_api.services import in_quarantine, sender_count


def _recorded(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if Role.ADMINISTRATOR not in held:
        return None
    return {"senders": sender_count(), "in_quarantine": in_quarantine()}


ON_START_PAGE = (
    OnStartPage(30, _recorded, "record_api/_start_cards.html", "record_api/_start_heading.html"),
)
