"""What the machine refuses is refused clearly, and recovered: a full disk, a store that may only be
read, a clock that jumps, rows that come twice and in any order."""

from __future__ import annotations

import json
import resource
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takeup.record.clock import at
from tests.server.running import decision, running, select_nothing

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def largest_file(home: Path) -> int:
    return max(p.stat().st_size for p in home.glob("takeup.sqlite3*"))


@pytest.mark.skipif(not Path("/proc").exists(), reason="limits of a running process need Linux")
def test_a_disk_that_takes_no_more_is_said_to_and_nothing_acknowledged_is_lost(tmp_path):
    with running("sqlite", tmp_path) as (server, _):
        sender = server.command("key", "make", "host").stdout.strip()
        sent = 0
        assert server.send("/api/v1/decisions", [decision(i) for i in range(200)], sender)[0] == 200
        sent += 200
        pids = family(server.process.pid)
        for pid in pids:
            # No file of theirs may grow: what a full disk does.
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4_096, resource.RLIM_INFINITY))
        refused = 0
        for batch in range(20):
            rows = [decision(1_000 + batch * 100 + i, note=None) for i in range(100)]
            status, answer = server.send("/api/v1/decisions", rows, sender)
            if status == 200:
                sent += answer["stored"]
            else:
                refused += 1
                assert (status, answer["title"]) == (503, "Not recorded")
        assert refused
        for pid in family(server.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, NO_LIMIT)
        status, answer = server.send("/api/v1/decisions", [decision(50_000)], sender)
        assert (status, answer["stored"]) == (200, 1)
        sent += 1
        server.command("log", "drain")
        verified = json.loads(server.command("log", "verify", "--json").stdout)
        assert (verified["problems"], verified["inbox"], verified["log"]) == ([], sent, sent)


def test_a_store_that_may_only_be_read_is_said_to_and_works_again_after(tmp_path):
    with running("postgres", tmp_path, first_start=True) as (server, postgres):
        import psycopg

        sender = server.command("key", "make", "host").stdout.strip()

        def read_only(state: str) -> None:
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                connection.execute("SET default_transaction_read_only = off")
                connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {state}")
                connection.execute("SELECT pg_reload_conf()")

        assert server.send("/api/v1/decisions", [decision(1)], sender)[0] == 200
        read_only("on")
        while (answer := server.send("/api/v1/decisions", [decision(2)], sender))[0] == 200:
            select_nothing()
        assert (answer[0], answer[1]["title"]) == (503, "Not recorded")
        read_only("off")
        while server.send("/api/v1/decisions", [decision(3)], sender)[0] != 200:
            select_nothing()
        server.command("log", "drain")
        assert server.command("log", "verify").returncode == 0


def test_a_log_that_takes_nothing_leaves_the_rows_in_the_inbox(tmp_path):
    with running("sqlite", tmp_path) as (server, _):
        sender = server.command("key", "make", "host").stdout.strip()
        # A file where the log's folder should be: nobody, root included, can write below it.
        (server.home / "log").write_text("in the way")
        assert server.send("/api/v1/decisions", [decision(1)], sender)[0] == 200
        assert server.command("log", "drain", check=False).returncode != 0
        (server.home / "log").unlink()
        server.command("log", "drain")
        assert server.command("log", "verify").returncode == 0


def kept(log_) -> list[tuple[str, int]]:
    from takeup.server.recording.record_api.reading import recorded

    rows = recorded(log_)["decisions"]
    return sorted(zip(rows["decision_id"].to_pylist(), rows["revision"].to_pylist(), strict=True))


def test_a_clock_that_jumps_loses_and_doubles_nothing(key, log):
    from takeup.server.foundation.audit.services import prove
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.verify import verify

    moment = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
    for n, jump in enumerate((0, -400, 3_000, -1, 0)):
        with at(moment + timedelta(days=jump)):
            receive("decisions", [decision(n), decision(0)], key)
            drain(log)
            receive("decisions", [decision(n)], key)
    assert kept(log) == [(f"d{n}", 1) for n in range(5)]
    assert verify(log).problems == ()
    assert prove().broken is None


def event(name: str, minute: int, of: str, **data):
    return {
        "specversion": "1.0", "id": f"{of}-{name}-{minute}", "source": "host", "subject": of,
        "type": f"takeup.{name}", "time": f"2026-11-24T09:{minute:02d}:00Z",
        "data": {"use_case": "credit", **data},
    }  # fmt: skip


STORY = [
    event("delivered", 0, "e1", recommendation="approve", person_id="p1"),
    event("viewed", 1, "e1"),
    event("viewed", 2, "e1", kind="evidence"),
    event("made", 3, "e1", choice="decline", recommendation="approve", override_reason="other"),
    event("flagged", 4, "e1", kind="wrong"),
]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([*range(len(STORY))]), st.integers(1, 4), st.randoms(use_true_random=False))
def test_events_that_come_twice_and_in_any_order_tell_the_same_story(store, order, size, rng):
    from takeup.server.recording.record_api.keys import key_of, make_key
    from takeup.server.recording.record_api.models import InboxRow, Quarantined
    from takeup.server.recording.record_api.receive_events import receive_events

    InboxRow.objects.all().delete()
    sender = key_of(make_key("host"))
    delivered = [STORY[i] for i in order]
    delivered += rng.sample(STORY, k=rng.randint(0, len(STORY)))
    for start in range(0, len(delivered), size):
        receive_events(delivered[start : start + size], sender)
    last = InboxRow.objects.filter(kind="decisions").order_by("revision").last()
    told = json.loads(last.body)
    told.pop("revision")
    assert told["consulted"] is True
    assert (told["flagged"], told["evidence_opened"]) == ("wrong", True)
    assert told["decided_at"].startswith("2026-11-24T09:03")
    assert (told["recommendation"], told["choice"], told["person_id"]) == (
        "approve",
        "decline",
        "p1",
    )
    assert InboxRow.objects.filter(kind="events").count() == len(STORY)
    assert not Quarantined.objects.exists()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=8),
    st.booleans(),
)
def test_batches_that_come_twice_and_overlap_are_kept_once(store, batches, drained_between):
    import shutil

    from takeup.server.deployment.connect import log_of
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.keys import key_of, make_key
    from takeup.server.recording.record_api.models import Batch, InboxRow, Sender
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.verify import verify

    InboxRow.objects.all().delete()
    Batch.objects.all().delete()
    Sender.objects.all().update(sent=0, stored=0)
    shutil.rmtree(store.log, ignore_errors=True)
    sender, place = key_of(make_key("host")), log_of(store)
    for batch in batches:
        receive("decisions", [decision(i) for i in batch], sender)
        if drained_between:
            drain(place)
    drain(place)
    assert kept(place) == [(f"d{i}", 1) for i in sorted({i for b in batches for i in b})]
    assert verify(place).problems == ()
