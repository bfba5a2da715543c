"""On the start page: a review that is due, or waits for its signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, use_case_names
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may
from takeup.server.showing.review.services import due_on, reviews


def _due(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if not may("review", person, held):
        return None
    found = []
    for name in use_case_names():
        made = next(iter(reviews(name)), None)
        due = due_on(name)
        if made is not None and made.signed_at is None:
            found.append({"use_case": name, "review": made, "signs": Role.EXECUTIVE in held})
        elif made is None and due is not None and (due - now().date()).days <= 14:
            found.append({"use_case": name, "due": due, "late": due < now().date()})
    return {"reviews": found} if found else None


ON_START_PAGE = (OnStartPage(7, _due, "review/_start_cards.html"),)
