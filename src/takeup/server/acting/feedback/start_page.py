"""On the start page of the model's makers: what waits in the queue, what is due first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.record.clock import now
from takeup.server.acting.feedback.naming import name_of
from takeup.server.acting.feedback.services import topics_of
from takeup.server.acting.feedback.taking import due_of
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, use_case_names
from takeup.server.foundation.pages.on_start_page import OnStartPage

_FIRST = 5


def _queue(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    if Role.PRODUCT_TEAM not in held:
        return None
    today = now().date()
    found = sorted(
        ((due, topic, name) for name in use_case_names() for topic in topics_of(name) if (due := due_of(topic))),
        key=lambda one: (one[0], one[1].pk),
    )  # fmt: skip
    first = [
        {"use_case": name, "it": topic, "called": name_of(topic), "due": due, "late": due < today}
        for due, topic, name in found[:_FIRST]
    ]
    return {
        "topics": first, "n": len(found), "late": sum(due < today for due, _, _ in found),
        "unread": sum(not topic.label for _, topic, _ in found),
    }  # fmt: skip


ON_START_PAGE = (
    OnStartPage(6, _queue, "feedback/_start_cards.html", "feedback/_start_heading.html"),
)
