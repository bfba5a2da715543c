"""Decisions count where their person was that day, whoever knows it."""

from __future__ import annotations

from datetime import timedelta

from tests.server.running import decision
from tests.server.test_organization import MONDAY, imported

FILE = "person_id,population,team\np1,north,n1\np2,south,\n"
MOVED = "person_id,population,team\np1,south,s1\np2,south,\n"


def sent(key, *rows):
    from takeup.server.recording.record_api.receive import receive

    receive("decisions", [*rows], key)


def row(number: int, person: str, days: int, **changes):
    at = MONDAY + timedelta(days=days)
    return decision(number, person_id=person, decided_at=f"{at}T09:00:00Z", **changes)


def places(log) -> dict[str, tuple[str | None, str | None]]:
    from takeup.server.recording.record_api.reading import recorded

    rows = recorded(log)["decisions"].to_pylist()
    return {r["decision_id"]: (r.get("population"), r.get("team")) for r in rows}


def test_a_blank_place_is_the_organizations_as_of_the_day_before_and_after_the_drain(key, log):
    from takeup.server.recording.record_api.drain import drain

    imported(FILE, MONDAY)
    imported(MOVED, MONDAY + timedelta(days=10))
    sent(
        key,
        row(1, "p1", 0, population=None), row(2, "p1", 9, population=None),
        row(3, "p1", 10, population=None), row(4, "p1", -1, population=None),
        row(5, "p2", 3, population=None), row(6, "unknown", 3, population=None),
        row(7, "p1", 3, population="elsewhere"),
    )  # fmt: skip
    expected = {
        "d1": ("north", "n1"), "d2": ("north", "n1"), "d3": ("south", "s1"), "d4": (None, None),
        "d5": ("south", None), "d6": (None, None), "d7": ("elsewhere", None),
    }  # fmt: skip
    assert places(log) == expected
    drain(log)
    assert places(log) == expected


def test_the_log_is_proved_though_the_organizations_history_was_corrected_later(key, log):
    from takeup.server.foundation.organization.models import Placement
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.verify import verify

    imported(FILE, MONDAY)
    sent(key, row(1, "p1", 0, population=None))
    drain(log)
    assert verify(log).problems == ()
    Placement.objects.filter(person__person_id="p1").update(from_day=MONDAY + timedelta(days=3))
    assert verify(log).problems == ()
    from deltalake import DeltaTable

    DeltaTable(f"{log.url}/decisions").update(updates={"choice": "'refer'"})
    assert any("changed ones" in problem for problem in verify(log).problems)
