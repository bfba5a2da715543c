"""What the record API accepts, the log holds: any text, drained, verified, read, erased."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.log.delta import DecisionLog, folder_of
from tests.server.running import STORES, decision, running
from tests.server.store import empty
from tests.server.test_drain import drain, send, verify

LONG = ("Кредитование малого бизнеса и предпринимателей!!", "融" * 200, "a/b", "..", "a" * 200, "x y", "?*<>|:%")  # fmt: skip
texts = st.text(min_size=1, max_size=200).filter(str.strip)
# A name that holds a control character is quarantined: some do, most do not.
names = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200).filter(
        str.strip
    )
    | texts
    | st.sampled_from([*LONG, '"' * 200, "\\" * 200, "c-1", "month=2026-01"])
)


def receive(kind, rows, key):
    from takeup.server.recording.record_api.receive import receive

    return receive(kind, rows, key)


def recorded(log):
    from takeup.server.recording.record_api.reading import recorded

    return recorded(log)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_is_accepted_is_drained_verified_read_and_erased(django_ready, data):
    from takeup.server.deployment.connect import log_of
    from takeup.server.recording.record_api.keys import key_of, make_key

    empty(django_ready)
    key, log = key_of(make_key("host")), log_of(django_ready)
    person = data.draw(names)
    sent = [
        {
            "decision_id": data.draw(names), "use_case": data.draw(names), "case_id": data.draw(texts),
            "person_id": person, "population": data.draw(texts), "team": data.draw(names),
            "cohort": data.draw(texts), "decided_at": "2026-11-03T09:12:04Z", "mode": "assist",
            "recommendation": data.draw(texts), "choice": data.draw(texts),
            "override_comment": data.draw(texts),
            "x_region": data.draw(st.text(max_size=2_000)),
        }
        for _ in range(4)
    ]  # fmt: skip
    results = receive("decisions", sent, key)
    about = [row for row, one in zip(sent, results, strict=True) if one.status == "stored"]
    late = [
        {
            "decision_id": row["decision_id"], "use_case": row["use_case"],
            "outcome_name": data.draw(names), "observed_at": "2026-11-20T00:00:00Z", "outcome": 1,
        }
        for row in about
    ]  # fmt: skip
    told = receive("outcomes", late, key)
    drain(log)
    found = verify(log)
    assert (found.problems, found.waiting) == ((), 0)
    kept = recorded(log)["decisions"] if about else pa.table({"use_case": [], "decision_id": []})
    held = set(zip(kept["use_case"].to_pylist(), kept["decision_id"].to_pylist(), strict=True))
    assert {(row["use_case"].strip(), row["decision_id"].strip()) for row in about} <= held
    again = [*receive("decisions", about, key), *receive("outcomes", late, key)]
    assert {one.status for one in again} <= {"unchanged", "quarantined"}
    assert [one.status for one in again[len(about) :] if one.status == "unchanged"] == [
        "unchanged" for one in told if one.status == "stored"
    ]
    if about:
        from takeup.server.recording.record_api.erasure import erase
        from takeup.server.recording.record_api.pseudonyms import pseudonyms_of

        erase(log, person.strip())
        assert verify(log).problems == ()
        people = set(recorded(log)["decisions"]["person_id"].to_pylist())
        assert not people & pseudonyms_of(person.strip())


@pytest.mark.parametrize("use_case", LONG)
def test_a_use_case_of_any_name_has_a_short_folder_of_its_own(use_case):
    folder = folder_of(use_case)
    assert len(folder) <= 60
    assert folder.isascii()
    assert folder.replace("-", "").replace("_", "").isalnum()
    assert folder != folder_of(use_case + "!")


def test_a_plain_name_is_its_own_folder():
    assert folder_of("loan_origination") == "loan_origination"


def test_a_log_of_before_short_folders_is_moved_to_them_and_keeps_what_it_has(key, log):
    """Tables of before were partitioned by the use case itself."""
    send(key, 1, 2)
    drain(log)
    address = f"{log.url}/decisions"
    held = log.read("decisions")
    old = held.rows.drop_columns(["use_case_folder"])
    write_deltalake(
        address, old, mode="overwrite", schema_mode="overwrite", partition_by=["use_case", "month"]
    )
    assert verify(log).problems == ()
    send(key, 3, use_case=LONG[0])
    drain(log)
    assert verify(log).problems == ()
    assert len(log.read("decisions").rows) == 3
    assert sorted(recorded(log)["decisions"]["decision_id"].to_pylist()) == ["d1", "d2", "d3"]


def spoil(number: str) -> None:
    """A row as an earlier version took it: of a type that the log's column does not have."""
    from takeup.server.recording.record_api.models import InboxRow

    row = InboxRow.objects.get(key=number)
    InboxRow.objects.filter(pk=row.pk).update(
        body=json.dumps(json.loads(row.body) | {"x_amount": "much"})
    )


def test_a_row_that_the_log_cannot_hold_is_set_aside_and_the_rest_goes_on(key, log):
    from takeup.server.recording.record_api.models import Quarantined
    from takeup.server.recording.record_api.quarantine import replay

    send(key, 1, 2, 3, x_amount=5)
    spoil("d2")
    assert sorted(recorded(log)["decisions"]["decision_id"].to_pylist()) == ["d1", "d3"]
    assert drain(log).rows == 2
    found = verify(log)
    assert (found.problems, found.inbox, found.log) == ((), 2, 2)
    waiting = Quarantined.objects.get()
    assert waiting.reasons[0].startswith("the log cannot hold this row")
    assert json.loads(waiting.body)["decision_id"] == "d2"
    assert replay(waiting.pk, decision(2, x_amount=5), key).status == "stored"
    drain(log)
    assert verify(log).problems == ()
    assert sorted(recorded(log)["decisions"]["decision_id"].to_pylist()) == ["d1", "d2", "d3"]


def test_a_batch_of_such_rows_alone_leaves_no_hole(key, log):
    send(key, 1, x_amount=5)
    drain(log)
    send(key, 2, x_amount=5)
    spoil("d2")
    drain(log)
    send(key, 3, x_amount=5)
    drain(log)
    assert verify(log).problems == ()
    assert sorted(recorded(log)["decisions"]["decision_id"].to_pylist()) == ["d1", "d3"]


def test_the_sealed_decisions_stay_whichever_outcome_is_set_aside(key, log):
    """Batches of outcomes and of decisions have the same numbers."""
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key
    from takeup.server.recording.record_api.models import InboxRow, Quarantined

    make_oversight_key()
    send(key, 1)
    drain(log)
    assert SealedBatch.objects.get().batch == 1
    late = {"decision_id": "d1", "use_case": "credit", "observed_at": "2026-11-20T00:00:00Z"}
    receive("outcomes", [{**late, "outcome": 1}], key)
    row = InboxRow.objects.get(kind="outcomes")
    InboxRow.objects.filter(pk=row.pk).update(
        body=json.dumps(json.loads(row.body) | {"outcome": "good"})
    )
    drain(log)
    assert Quarantined.objects.count() == 1
    assert SealedBatch.objects.get().batch == 1


def test_a_log_that_takes_nothing_sets_no_row_aside(key, log, monkeypatch):
    from takeup.server.recording.record_api.models import Quarantined

    send(key, 1)

    def full(self, kind, rows, batch):
        raise OSError("no space left on device")

    monkeypatch.setattr(DecisionLog, "append", full)
    with pytest.raises(OSError, match="no space"):
        drain(log)
    monkeypatch.undo()
    assert not Quarantined.objects.exists()
    assert drain(log).rows == 1


def test_a_covariate_has_its_type_within_its_use_case(key, log):
    """One sender cannot claim a type for the others."""
    rows = [decision(1, x_score=5), decision(2, use_case="triage", x_score="high")]
    assert [one.status for one in receive("decisions", rows, key)] == ["stored", "stored"]
    assert receive("decisions", [decision(3, x_score="low")], key)[0].reasons == (
        "x_score: number in this use case, text here",
    )
    drain(log)
    kept = recorded(log)["decisions"].sort_by("decision_id")
    assert kept["x_score"].to_pylist() == [5.0, None]
    assert kept["x_score__text"].to_pylist() == [None, "high"]
    assert verify(log).problems == ()


def test_a_use_case_has_so_many_covariates_and_no_more(key, log, monkeypatch):
    from takeup.server.recording.record_api import covariates

    monkeypatch.setattr(covariates, "MOST", 2)
    rows = [decision(1, x_a=1, x_b=1), decision(2, x_c=1), decision(3, use_case="triage", x_c=1)]
    assert [one.status for one in receive("decisions", rows, key)] == [
        "stored", "quarantined", "stored",
    ]  # fmt: skip
    many = decision(4) | {f"x_{i}": 1 for i in range(300)}
    assert receive("decisions", [many], key)[0].reasons == (
        "300 covariates: a row holds at most 200",
    )


def test_names_of_covariates_end_where_they_end(key):
    (result,) = receive("decisions", [decision(1, **{"x_region\n": "north"})], key)
    assert result.status == "quarantined"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'[{"decision_id": "a", "decision_id": "b"}, {"fine": {"x": 1}}]', "application/json"),
        (b'{"rows": [{"x": {"y": 1, "y": 2}}, {"fine": 1}]}', "application/json"),
        (b'{"a": 1, "a": 2}\n{"fine": 1}\n', "application/x-ndjson"),
    ],
)
def test_a_row_that_names_a_key_twice_is_refused_and_its_neighbours_are_not(
    django_ready, body, kind
):
    from takeup.server.recording.record_api.batches import rows_of
    from takeup.server.recording.record_api.receive import Unreadable

    first, second = rows_of(body, kind)
    assert isinstance(first, Unreadable)
    assert "stands twice" in first.reason
    assert "fine" in second


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (rb'[{"a": "cut \ud83d"}, {"fine": "\ud83d\ude00"}]', "application/json"),
        (rb'[{"in": [{"\udc00": 1}]}, {"fine": 1}]', "application/json"),
        (b'{"a": "\\ud83d"}\n{"fine": 1}\n', "application/x-ndjson"),
    ],
)
def test_a_row_with_half_a_character_is_refused_and_its_neighbours_are_not(
    django_ready, body, kind
):
    """Hosts that cut texts at a length leave it; a sender whose batch is refused sends it for ever."""
    from takeup.server.recording.record_api.batches import rows_of
    from takeup.server.recording.record_api.receive import Unreadable

    first, second = rows_of(body, kind)
    assert isinstance(first, Unreadable)
    assert "half a character" in first.reason
    assert first.text.encode()
    assert second["fine"] in ("\U0001f600", 1)


@pytest.mark.parametrize("bad", [rb'{"a": 1, "a": 2}', rb'{"a": "\ud83d"}'])
def test_an_event_that_cannot_be_read_is_refused_and_its_neighbours_are_not(django_ready, bad):
    from takeup.server.deployment.problems import Problem
    from takeup.server.recording.record_api.batches import events_of
    from takeup.server.recording.record_api.receive import Unreadable

    first, second = events_of(b"[" + bad + b', {"id": "1"}]', "application/json")
    assert isinstance(first, Unreadable)
    assert second == {"id": "1"}
    with pytest.raises(Problem, match="the body is not used"):
        events_of(bad, "application/cloudevents+json")


@pytest.mark.parametrize("store", STORES)
def test_a_recommendation_with_a_null_character_takes_no_other_with_it(store, tmp_path):
    sound = {"decision_id": "r1", "use_case": "credit", "recommendation": "approve"}
    with running(store, tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        for field in ("use_case", "person_id", "cohort"):
            batch = [{**sound, "decision_id": "bad", field: "a\0b"}, sound]
            code, answer = server.send("/api/v1/recommendations", batch, key)
            assert code == 200, answer
            assert answer["quarantined"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        1700000000,
        20261120,
        "20261120",
        "1700000000",
        17.5,
        True,
        [],
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
@pytest.mark.parametrize("kind", ["decisions", "outcomes", "eligible", "events", "recommendations"])
def test_a_time_that_would_have_to_be_guessed_is_refused_beside_a_sound_row(key, kind, wrong):
    """Digits alone were seconds or milliseconds of 1970 by their size; a time beyond the calendar failed the batch."""
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.receive_events import receive_events
    from takeup.server.recording.record_api.receive_recommendations import receive_recommendations

    moment, base = "2026-11-20T09:00:00Z", {"use_case": "credit"}
    rows = {
        "decisions": lambda n, at: decision(n, decided_at=at),
        "outcomes": lambda n, at: {**base, "decision_id": str(n), "observed_at": at, "outcome": 1.0},
        "eligible": lambda n, at: {**base, "case_id": str(n), "eligible_at": at},
        "events": lambda n, at: {"specversion": "1.0", "id": str(n), "source": "s", "type": "viewed",
                                 "subject": "d1", "time": at, "data": base},
        "recommendations": lambda n, at: {**base, "decision_id": str(n), "recommendation": "approve",
                                          "delivered_at": at},
    }  # fmt: skip
    batch = [rows[kind](1, wrong), rows[kind](2, moment)]
    if kind == "events":
        told = receive_events(batch, key)
    elif kind == "recommendations":
        told = receive_recommendations(batch, key)
    else:
        told = receive(kind, batch, key)
    assert [one.status for one in told] == ["quarantined", "stored"]


@pytest.mark.parametrize(
    "field", ["cohort", "team", "person_id", "case_id", "use_case", "x_segment"]
)
@pytest.mark.parametrize("wrong", [{"a": 1}, ["a"], 5])
def test_a_recommendation_of_which_a_field_is_no_text_is_refused_beside_a_sound_one(
    key, field, wrong
):
    from takeup.server.recording.record_api.receive_recommendations import receive_recommendations

    if (field, wrong) == ("x_segment", 5):
        pytest.skip("a number is a covariate")
    sound = {"decision_id": "r1", "use_case": "credit", "recommendation": "approve"}
    told = receive_recommendations([{**sound, field: wrong}, {**sound, "decision_id": "r2"}], key)
    assert [one.status for one in told] == ["quarantined", "stored"]


def test_who_sees_advice_follows_from_the_texts_that_are_kept(key):
    """The blanks around a cohort's name are not kept, so they are no other cohort."""
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.services import import_people, read_people_csv
    from takeup.server.recording.record_api.receive_recommendations import receive_recommendations

    import_people(
        read_people_csv("person_id,cohort,population\np1,north,officers\n", "f"), actor="ann"
    )
    take_step("credit", "assist", by="ann")
    take_step("credit", "off", by="ann", cohort="north")
    row = {"use_case": "credit", "recommendation": "approve"}
    told = receive_recommendations(
        [{**row, "decision_id": "r1", "cohort": " north "}, {**row, "decision_id": "r2"},
         {**row, "decision_id": "r3", "use_case": " credit ", "cohort": "north"}], key
    )  # fmt: skip
    assert [one.show for one in told] == [False, True, False]
