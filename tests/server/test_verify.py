"""`takeup log verify` alarms nobody where nothing was lost."""

from __future__ import annotations

from datetime import timedelta

from tests.server.running import decision
from tests.server.test_organization import MONDAY, imported

FILE = "person_id,population,team,cohort\np1,north,n1,first\np2,south,s1,second\n"


def problems(log):
    from takeup.server.recording.record_api.verify import verify

    return verify(log).problems


def drained(key, log, *rows):
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    receive("decisions", [*rows], key)
    drain(log)


def row(number: int, person: str, **changes):
    day = MONDAY + timedelta(days=1)
    changes = {"population": None, **changes}
    return decision(number, person_id=person, decided_at=f"{day}T09:00:00Z", **changes)


def test_a_cohort_corrected_on_the_same_day_is_no_alarm(key, log):
    imported(FILE, MONDAY)
    drained(key, log, row(1, "p1"), row(2, "p2"))
    assert problems(log) == ()
    imported(FILE.replace("first", "second"), MONDAY)
    assert problems(log) == ()
    imported(FILE.replace("north,n1,first", "south,s1,"), MONDAY)
    assert problems(log) == ()


def test_an_erasure_is_no_alarm(key, log):
    from takeup.server.recording.record_api.erasure import erase

    imported(FILE, MONDAY)
    drained(
        key, log, row(1, "p1", override_comment="as p1 said", x_amount=3.5), row(2, "p2"),
        row(3, "p1", population="elsewhere", flagged="other"),
    )  # fmt: skip
    assert problems(log) == ()
    assert erase(log, "p1", "test").rewritten
    assert problems(log) == ()


def test_a_batch_found_in_the_log_after_a_cohort_was_corrected_is_the_same(key, log, monkeypatch):
    from takeup.server.recording.record_api import drain as module
    from takeup.server.showing.practitioner import vault

    imported(FILE, MONDAY)
    keep_own = vault.keep_own
    monkeypatch.setattr(vault, "keep_own", lambda *_: 1 / 0)
    try:
        drained(key, log, row(1, "p1"))
    except ZeroDivisionError:
        monkeypatch.setattr(vault, "keep_own", keep_own)
    imported(FILE.replace("first", "second"), MONDAY)
    module.drain(log)
    assert problems(log) == ()
