"""What nobody declared is told as unknown and can be refused; strict use cases take declared words alone."""

from __future__ import annotations

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision
from tests.server.store import audited
from tests.server.test_drain import drain

STRICT = 'choices = ["approve", "decline"]\nvocabulary = "strict"\n'


def receive(rows, key):
    from takeup.server.recording.record_api.receive import receive

    return receive("decisions", rows, key)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"choice": "aproved"}, "choice: 'aproved' is not declared by this use case"),
        ({"recommendation": "yes"}, "recommendation: 'yes' is not declared"),
        ({"override_reason": "because"}, "override_reason: 'because' is not declared"),
    ],
)
def test_a_strict_use_case_keeps_no_word_it_does_not_declare(key, changes, words):
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.admission import admission

    assert receive([decision(1, **changes)], key)[0].status == "stored"
    declare_use_case("credit", STRICT, "ann")
    admission.forget()
    (refused,) = receive([decision(2, **changes)], key)
    assert refused.status == "quarantined"
    assert refused.reasons[0].startswith(words)
    right = decision(3, override_reason="not_convinced")
    assert receive([right], key)[0].status == "stored"


def test_events_of_a_strict_use_case_are_held_to_it_too(key):
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.models import InboxRow, Quarantined
    from takeup.server.recording.record_api.receive_events import receive_events

    declare_use_case("credit", STRICT, "ann")
    made = {
        "specversion": "1.0", "id": "m", "source": "t", "type": "takeup.made", "subject": "d1",
        "time": "2026-11-20T09:00:00Z",
        "data": {"use_case": "credit", "choice": "aproved", "recommendation": "approve"},
    }  # fmt: skip
    receive_events([made], key)
    assert not InboxRow.objects.filter(kind="decisions").exists()
    assert "'aproved' is not declared" in Quarantined.objects.get().reasons[0]


def test_a_use_case_that_nobody_declared_is_unknown_and_can_be_refused(key, log):
    from takeup.server.recording.record_api.admission import admission

    receive([decision(1, use_case="credti")], key)
    drain(log)
    lead = client_of(with_role("programme_lead"))
    assert "unknown, from sender host" in lead.get("/use-cases").content.decode()
    assert "Unknown, from sender host" in lead.get("/use-cases/credti").content.decode()
    lead.post("/use-cases/credti/refused")
    admission.forget()
    (result,) = receive([decision(2, use_case="credti")], key)
    assert (result.status, "was refused here" in result.reasons[0]) == ("quarantined", True)
    assert receive([decision(3)], key)[0].status == "stored"
    assert ">refused<" in lead.get("/use-cases").content.decode()
    lead.post("/use-cases/credti/refused", {"admit": "yes"})
    admission.forget()
    assert receive([decision(2, use_case="credti")], key)[0].status == "stored"


def test_a_declared_use_case_is_no_stranger(key, log):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", STRICT, "ann")
    receive([decision(1)], key)
    drain(log)
    lead = client_of(with_role("programme_lead"))
    assert "unknown, from" not in lead.get("/use-cases").content.decode()


def outcome(n: int, **changes):
    return {
        "decision_id": f"d{n}", "use_case": "credti", "observed_at": "2026-11-24T09:00:00Z",
        "outcome": 1.0, **changes,
    }  # fmt: skip


@pytest.fixture
def mistyped(key, log):
    """Three decisions of the declared use case, two and an outcome under a name that nobody declared, one
    of each drained; and an event."""
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.receive import receive as receive_kind

    declare_use_case("credit", STRICT, "ann")
    receive([decision(1), decision(2, use_case="credti", x_region="north")], key)
    receive_kind("outcomes", [outcome(2)], key)
    drain(log)
    receive([decision(3, use_case="credti"), decision(4), decision(5)], key)
    return log


def take_out(log, into="", name="credti"):
    from takeup.server.recording.record_api.beside_no_drain import take_out_now

    return take_out_now(log, name, "ann", into)


def held(log) -> dict[str, set[str]]:
    from takeup.server.recording.record_api.reading import recorded

    rows = recorded(log)
    found: dict[str, set[str]] = {}
    for kind in ("decisions", "outcomes"):
        if kind in rows:
            for name, one in zip(
                rows[kind]["use_case"].to_pylist(),
                rows[kind]["decision_id"].to_pylist(),
                strict=True,
            ):
                found.setdefault(name, set()).add(f"{kind[0]}:{one}")
    return found


def proved(log) -> None:
    from takeup.server.recording.record_api.verify import verify

    assert verify(log).problems == ()


ALL = {"d:d1", "d:d2", "d:d3", "d:d4", "d:d5", "o:d2"}


def test_what_came_under_an_unknown_name_becomes_the_declared_use_cases(mistyped, key):
    from takeup.server.foundation.organization.services import use_case_names

    assert take_out(mistyped, "credit") == 3
    assert held(mistyped) == {"credit": ALL}
    proved(mistyped)
    assert use_case_names() == ["credit"]
    # As if it had been sent so: the right row sent now is the one that is there.
    assert receive([decision(2, x_region="north")], key)[0].status == "unchanged"


def test_what_came_under_an_unknown_name_is_removed_from_every_file(mistyped, key):
    from pathlib import Path

    import pyarrow.parquet as pq

    assert take_out(mistyped) == 3
    assert held(mistyped) == {"credit": {"d:d1", "d:d4", "d:d5"}}
    proved(mistyped)
    kept = [pq.ParquetFile(f).read() for f in Path(mistyped.url).rglob("part-*.parquet")]
    assert not [one for one in kept if "credti" in one["use_case"].to_pylist()]
    assert receive([decision(2, use_case="credti")], key)[0].status == "stored"


def test_a_log_that_was_lost_is_written_again_past_batches_of_which_nothing_is_left(mistyped):
    import shutil

    from takeup.server.recording.record_api.beside_no_drain import drain_now

    take_out(mistyped)
    shutil.rmtree(mistyped.url)
    drain_now(mistyped)
    assert held(mistyped) == {"credit": {"d:d1", "d:d4", "d:d5"}}
    proved(mistyped)


@pytest.mark.parametrize("into", ["", "credit"])
@pytest.mark.parametrize(
    "cut", ["remove", "vacuum", "keep_digests", "forget_days", "forget_use_case"]
)
def test_taking_out_that_was_cut_off_is_finished_by_the_next(mistyped, monkeypatch, cut, into):
    from takeup.log.delta import DecisionLog
    from takeup.server.recording.record_api import beside_no_drain, unknown_use_case
    from tests.server.test_drain import DiesError

    def dies(*_, **__):
        raise DiesError

    places = {"remove": DecisionLog, "vacuum": DecisionLog, "keep_digests": unknown_use_case}
    monkeypatch.setattr(places.get(cut, beside_no_drain), cut, dies)
    with pytest.raises(DiesError):
        take_out(mistyped, into)
    monkeypatch.undo()
    take_out(mistyped, into)
    assert held(mistyped) == {"credit": ALL if into else {"d:d1", "d:d4", "d:d5"}}
    proved(mistyped)


def test_taking_out_that_was_cut_off_is_told_with_what_finishes_it(mistyped, monkeypatch):
    from takeup.log.delta import DecisionLog
    from takeup.server.recording.record_api.verify import verify
    from tests.server.test_drain import DiesError

    def dies(*_, **__):
        raise DiesError

    monkeypatch.setattr(DecisionLog, "remove", dies)
    with pytest.raises(DiesError):
        take_out(mistyped)
    (*_, told) = [one for one in verify(mistyped).problems if "credti" in one]
    assert "rows of credti are in the log, and none in the inbox" in told
    assert told.endswith("`takeup use-case remove credti` finishes it")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"choice": "aproved"}, "'aproved' is not declared"),
        ({"x_amount": "much"}, "x_amount: number in this use case, text here"),
        ({"decision_id": "d1", "choice": "decline"}, "d1: credit has another of this id"),
    ],
)
def test_a_row_that_cannot_be_the_others_leaves_all_as_it_was(mistyped, key, sent, told):
    from takeup.record.errors import InputError
    from takeup.server.recording.record_api.models import Sender

    receive([decision(6, x_amount=1.0)], key)
    receive([decision(7, use_case="credti", **sent)], key)
    before = held(mistyped), Sender.objects.values().get()
    with pytest.raises(InputError, match=told):
        take_out(mistyped, "credit")
    assert (held(mistyped), Sender.objects.values().get()) == before
    proved(mistyped)


def test_what_was_sent_again_under_the_right_name_is_kept_once(mistyped, key):
    receive([decision(2, x_region="north"), decision(3)], key)
    assert take_out(mistyped, "credit") == 3
    assert held(mistyped) == {"credit": ALL}
    proved(mistyped)


def test_events_and_corrections_become_the_others_too(mistyped, key):
    from takeup.server.recording.record_api.models import InboxRow
    from takeup.server.recording.record_api.receive_events import receive_events

    receive([decision(3, use_case="credti", choice="decline", revision=2)], key)
    made = {
        "specversion": "1.0", "id": "m", "source": "t", "type": "takeup.made", "subject": "d9",
        "time": "2026-11-20T09:00:00Z",
        "data": {"use_case": "credti", "choice": "approve", "recommendation": "approve"},
    }  # fmt: skip
    viewed = made | {"id": "v", "type": "takeup.viewed", "time": "2026-11-20T08:59:00Z",
                     "data": {"use_case": "credit"}}  # fmt: skip
    receive_events([made], key)
    take_out(mistyped, "credit")
    proved(mistyped)
    held_ = InboxRow.objects.filter(use_case="credit", key="d3").order_by("revision")
    assert [row.revision for row in held_] == [1, 2]
    receive_events([viewed], key)
    last = InboxRow.objects.filter(kind="decisions", key="d9").order_by("revision").last()
    assert '"consulted":true' in last.body


def test_neither_a_declared_use_case_nor_one_people_work_with_is_taken_out(mistyped):
    from takeup.record.errors import InputError
    from takeup.server.acting.rollout.services import take_step

    with pytest.raises(InputError, match="credit is declared"):
        take_out(mistyped, name="credit")
    with pytest.raises(InputError, match="'credti' is not declared, so nothing becomes its"):
        take_out(mistyped, into="credti", name="credti")
    with pytest.raises(InputError, match="there is no use case 'nothing'"):
        take_out(mistyped, name="nothing")
    take_step("credti", "shadow", by="ann")
    with pytest.raises(InputError, match="people here work with credti"):
        take_out(mistyped)


def test_a_lead_puts_an_unknown_name_right_on_its_page(mistyped):

    lead = client_of(with_role("programme_lead"))
    page = lead.get("/use-cases/credti").content.decode()
    assert "Put them under it" in page
    assert '<option value="credit">' in page
    answer = lead.post("/use-cases/credti/taken-out", {"merge": "yes", "into": ""}, follow=True)
    assert "Choose the use case" in answer.content.decode()
    answer = lead.post(
        "/use-cases/credti/taken-out", {"merge": "yes", "into": "credit"}, follow=True
    )
    assert "3 rows are now under credit" in answer.content.decode()
    assert "credti" not in lead.get("/use-cases").content.decode()
    assert "What came of it" not in lead.get("/use-cases/credit").content.decode()
    assert [e.detail["into"] for e in audited("use_case.merged")] == ["credit"]


def test_what_is_refused_stays_refused_when_its_records_are_removed(mistyped, key):
    from takeup.server.foundation.organization.services import refuse_use_case
    from takeup.server.recording.record_api.admission import admission

    refuse_use_case("credti", "ann")
    admission.forget()
    take_out(mistyped)
    admission.forget()
    assert receive([decision(8, use_case="credti")], key)[0].status == "quarantined"


def test_a_use_case_of_which_only_outcomes_came_is_told_as_unknown(key, log):
    from takeup.server.recording.record_api.receive import receive as receive_kind

    receive_kind("outcomes", [outcome(1, use_case="credut")], key)
    drain(log)
    lead = client_of(with_role("programme_lead"))
    assert "unknown, from sender host" in lead.get("/use-cases").content.decode()
