"""What is known of people goes with time; what is measured stays."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from deltalake import DeltaTable

from takeup.record.clock import at
from takeup.record.use_case import UseCase
from tests.server.running import decision

DECIDED = datetime.fromisoformat("2026-05-04T09:00:00+00:00")


def recorded(key, log, count: int = 40, days_apart: int = 3):
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    with at(DECIDED + timedelta(days=count * days_apart + 1)):
        rows = [
            decision(
                i, decided_at=(DECIDED + timedelta(days=i * days_apart)).isoformat(),
                person_id=f"p{i % 4}", override_comment="he said so" if i % 4 else None,
            )
            for i in range(count)
        ]  # fmt: skip
        receive("decisions", rows, key)
        drain(log)


def table(log):
    return DeltaTable(f"{log.url}/decisions").to_pyarrow_table().to_pylist()


def retained(log, day: int):
    from takeup.server.recording.record_api.retention import retain

    with at(DECIDED + timedelta(days=day)):
        return retain(log, inbox_days=35, oversight_months=24)


def verified(log):
    from takeup.server.recording.record_api.verify import verify

    return verify(log).problems


@pytest.mark.parametrize(
    ("declared", "days"),
    [
        (UseCase(), 91),
        (UseCase.model_validate({"outcome": {"maturation_days": 90}}), 118),
        (UseCase.model_validate({"outcomes": {"late": {"maturation_days": 400}}}), 428),
        (UseCase.model_validate({"outcome": {"maturation_days": 2000}}), 730),
        (UseCase(keep_person_days=30), 30),
        (UseCase(keep_person_days=9000), 730),
    ],
)
def test_people_are_told_apart_for_91_days_or_the_outcomes_lag_and_28(store, declared, days):
    from takeup.server.foundation.agreement.services import keep_days

    assert keep_days(declared) == days


def test_old_rows_lose_their_person_and_young_rows_keep_it(key, log):
    recorded(key, log)
    before = {row["decision_id"]: row for row in table(log)}
    day = 130
    assert retained(log, day).rewritten
    for row in table(log):
        was = before[row["decision_id"]]
        old = row["decided_at"] < DECIDED + timedelta(days=day - 91)
        assert row["person_id"].startswith("c-") == old
        if not old:
            assert row["person_id"] == was["person_id"]
        unchanged = {k: v for k, v in row.items() if k not in ("person_id", "override_comment")}
        assert unchanged == {k: was[k] for k in unchanged}


def test_a_cluster_number_is_one_persons_within_a_quarter_and_fresh_in_the_next(key, log):
    recorded(key, log)
    people = {row["decision_id"]: row["person_id"] for row in table(log)}
    retained(log, 300)
    clusters = defaultdict(set)
    for row in table(log):
        quarter = (row["decided_at"].month - 1) // 3
        clusters[people[row["decision_id"]], quarter].add(row["person_id"])
    assert all(len(numbers) == 1 for numbers in clusters.values())
    every = [next(iter(numbers)) for numbers in clusters.values()]
    assert len(set(every)) == len(every)


def test_the_secret_of_a_quarter_is_destroyed_when_its_last_row_has_changed(key, log):
    from takeup.server.recording.record_api.models import ClusterKey

    recorded(key, log)
    retained(log, 110)
    assert ClusterKey.objects.count() == 1
    retained(log, 400)
    assert not ClusterKey.objects.exists()


def test_free_text_goes_after_180_days(key, log):
    recorded(key, log)
    retained(log, 185)
    for row in table(log):
        if row["decided_at"] < DECIDED + timedelta(days=5):
            assert row["override_comment"] is None
    assert any(row["override_comment"] for row in table(log))


def test_old_files_are_gone_so_nobody_reads_yesterdays_people(key, log):
    from pathlib import Path

    recorded(key, log)
    pseudonyms = {row["person_id"].encode() for row in table(log)}
    retained(log, 400)
    for file in Path(log.url).rglob("*.parquet"):
        if "_delta_log" in str(file):
            continue
        held = file.read_bytes()
        assert not [name for name in pseudonyms if name in held]


def test_running_it_again_changes_nothing(key, log):
    recorded(key, log)
    retained(log, 400)
    before = table(log)
    assert retained(log, 400).rewritten == 0
    assert table(log) == before


def test_the_log_is_still_proved_after_retention_and_beyond_the_inbox(key, log):
    recorded(key, log)
    assert verified(log) == ()
    assert retained(log, 400).inbox == 40
    assert verified(log) == ()


def test_a_row_lost_or_changed_beyond_the_inbox_is_found(key, log):
    recorded(key, log)
    retained(log, 400)
    DeltaTable(f"{log.url}/decisions").update(
        updates={"choice": "'refer'"}, predicate="decision_id = 'd7'"
    )
    assert any("changed" in problem for problem in verified(log))


def test_sending_an_old_row_again_still_changes_nothing(key, log):
    from takeup.server.recording.record_api.receive import receive

    recorded(key, log, count=4)
    retained(log, 400)
    row = decision(
        1, decided_at=(DECIDED + timedelta(days=3)).isoformat(), person_id="p1",
        override_comment="he said so",
    )  # fmt: skip
    (same,) = receive("decisions", [row], key)
    (other,) = receive("decisions", [row | {"choice": "refer"}], key)
    assert (same.status, other.status) == ("unchanged", "conflict")


def test_an_event_that_comes_after_the_inbox_forgot_waits_for_the_whole_decision(key, log):
    from takeup.server.recording.record_api.models import Quarantined
    from takeup.server.recording.record_api.receive_events import receive_events

    recorded(key, log, count=4)
    retained(log, 400)
    event = {
        "specversion": "1.0", "id": "e1", "source": "host", "type": "takeup.flagged",
        "subject": "d1", "time": "2027-06-01T08:00:00Z",
        "data": {"use_case": "credit", "kind": "wrong"},
    }  # fmt: skip
    (result,) = receive_events([event], key)
    assert result.status == "stored"
    assert "no longer kept as received" in Quarantined.objects.get().reasons[0]


def test_an_erased_person_is_nowhere_and_everybody_elses_rows_are_as_they_were(key, log):
    from pathlib import Path

    from takeup.server.foundation.organization.models import Person
    from takeup.server.recording.record_api.erasure import erase
    from takeup.server.recording.record_api.models import InboxRow
    from takeup.server.recording.record_api.pseudonyms import pseudonym_of
    from tests.server.people import person

    recorded(key, log)
    person("p2", name="Pia")
    pseudonym, before = pseudonym_of("p2"), {r["decision_id"]: r for r in table(log)}
    assert erase(log, "p2", "test").rewritten
    rows = {r["decision_id"]: r for r in table(log)}
    assert rows.keys() == before.keys()
    theirs = {r["person_id"] for i, r in rows.items() if before[i]["person_id"] == pseudonym}
    assert len(theirs) == 1
    assert next(iter(theirs)).startswith("c-")
    for name, row in rows.items():
        if before[name]["person_id"] != pseudonym:
            assert row == before[name]
    assert not InboxRow.objects.filter(body__contains='"p2"').exists()
    assert not Person.objects.filter(name="Pia").exists()
    for file in Path(log.url).rglob("*.parquet"):
        assert pseudonym.encode() not in file.read_bytes()
    assert verified(log) == ()
