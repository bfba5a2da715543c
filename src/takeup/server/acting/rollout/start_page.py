"""On the start page: gates of cohorts that are somebody's to decide, by when, in one click."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from takeup.record.clock import now
from takeup.server.acting.rollout.gates import gates_due
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person, cohort_title, use_case_names
from takeup.server.foundation.pages.on_start_page import OnStartPage
from takeup.server.foundation.permissions import may

_AHEAD = timedelta(days=14)


def _gates(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
    """What this person decides within two weeks, or should have, the earliest first."""
    if not may("shadow_decide", person, held):
        return None
    today = now().date()
    found = [
        {"use_case": name, "cohort": cohort_title(due.cohort) if due.cohort else "", "day": due.decide_by,
         "path": due.path, "late": due.decide_by < today}
        for name in use_case_names() for due in gates_due(name)
        if due.decider == person.handle and due.decide_by - today <= _AHEAD
    ]  # fmt: skip
    return {"cohort_gates": sorted(found, key=lambda one: one["day"])} if found else None


ON_START_PAGE = (OnStartPage(4, _gates, "rollout/_start_gates.html"),)
