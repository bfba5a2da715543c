"""From inbox to log exactly once, whatever dies in between; one table at every moment."""

from __future__ import annotations

import shutil

import pytest

from takeup.log.delta import DecisionLog
from tests.server.at_once import two_at_once
from tests.server.running import decision


class DiesError(Exception):
    """The process ends here."""


def send(key, *numbers: int, **changes):
    from takeup.server.recording.record_api.receive import receive

    return receive("decisions", [decision(i, **changes) for i in numbers], key)


def ids(log) -> list[str]:
    from takeup.server.recording.record_api.reading import recorded

    return sorted(recorded(log)["decisions"]["decision_id"].to_pylist())


def drain(log):
    from takeup.server.recording.record_api.drain import drain

    return drain(log)


def verify(log):
    from takeup.server.recording.record_api.verify import verify

    return verify(log)


def test_what_waits_and_what_is_drained_are_one_table(key, log):
    send(key, 1, 2)
    assert ids(log) == ["d1", "d2"]
    assert drain(log).rows == 2
    send(key, 3)
    assert ids(log) == ["d1", "d2", "d3"]
    drain(log)
    assert ids(log) == ["d1", "d2", "d3"]
    found = verify(log)
    assert (found.inbox, found.log, found.waiting, found.problems) == (3, 3, 0, ())


@pytest.mark.parametrize("written", [False, True], ids=["before the commit", "after the commit"])
def test_a_drain_that_dies_around_its_commit_is_finished_by_the_next(
    key, log, monkeypatch, written
):
    send(key, 1, 2)
    append = DecisionLog.append

    def dies(self, kind, rows, batch):
        if written:
            append(self, kind, rows, batch)
        raise DiesError

    monkeypatch.setattr(DecisionLog, "append", dies)
    with pytest.raises(DiesError):
        drain(log)
    monkeypatch.undo()
    assert ids(log) == ["d1", "d2"]
    send(key, 3)
    drain(log)
    assert ids(log) == ["d1", "d2", "d3"]
    assert verify(log).problems == ()


def test_two_who_drain_at_once_seal_and_write_each_batch_once(key, log):
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key
    from takeup.server.recording.record_api.services import drain_now

    make_oversight_key()
    send(key, *range(40))
    assert two_at_once(lambda: drain_now(log)) == ["done", "done"]
    assert [one.rows for one in SealedBatch.objects.all()] == [40]
    assert len(ids(log)) == 40
    assert verify(log).problems == ()


def test_columns_that_come_later_widen_the_log(key, log):
    send(key, 1)
    drain(log)
    send(key, 2, x_region="north", x_amount=3)
    drain(log)
    rows = log.read("decisions").rows
    assert sorted(zip(rows["decision_id"].to_pylist(), rows["x_region"].to_pylist(), strict=True)) == [
        ("d1", None), ("d2", "north"),
    ]  # fmt: skip


def test_compaction_keeps_every_row_and_the_batch_that_guards_against_writing_twice(key, log):
    for i in range(5):
        send(key, i)
        drain(log)
    assert log.state("decisions").files == 5
    log.compact("decisions")
    state = log.state("decisions")
    assert (state.files, state.rows, state.batch) == (1, 5, 5)
    assert verify(log).problems == ()


def test_verify_names_rows_that_are_gone_and_batches_that_were_changed(key, log):
    from takeup.server.recording.record_api.models import InboxRow

    send(key, 1, 2)
    drain(log)
    InboxRow.objects.filter(key="d2").update(hash="0" * 32)
    assert any("not those it was made of" in p for p in verify(log).problems)
    send(key, 3)
    InboxRow.objects.filter(key="d3").delete()
    assert any("were told 3 rows are kept" in p for p in verify(log).problems)
    shutil.rmtree(f"{log.url}/decisions")
    assert verify(log).waiting == 2


def emptied(log) -> None:
    shutil.rmtree(log.url)


@pytest.mark.parametrize("more", [0, 1], ids=["nothing came since", "more came since"])
def test_what_a_log_has_lost_is_named_and_written_again_while_it_is_kept(key, log, more):
    send(key, 1, 2)
    drain(log)
    send(key, 3)
    drain(log)
    emptied(log)
    from takeup.server.recording.record_api.drain import find_lost

    (lost,) = verify(log).problems
    assert "2 batches of 3 rows were written to the log, which ends with batch 0" in lost
    send(key, *range(4, 4 + more))
    assert ids(log) == [f"d{i}" for i in range(1, 4 + more)]
    if not more:
        find_lost(log)
    assert drain(log).rows == 3 + more
    found = verify(log)
    assert (found.log, found.waiting, found.problems) == (3 + more, 0, ())


def test_nothing_is_written_past_a_hole_that_cannot_be_filled(key, log):
    from takeup.record.errors import InputError
    from takeup.server.recording.record_api.drain import find_lost
    from takeup.server.recording.record_api.models import InboxRow

    send(key, 1, 2)
    drain(log)
    InboxRow.objects.update(body="")
    emptied(log)
    send(key, 3)
    for uses in (drain, ids, find_lost):
        with pytest.raises(InputError, match="ends with batch 0 of decisions"):
            uses(log)
    assert log.last_batch("decisions") is None
    (lost,) = verify(log).problems
    assert "put the log back as it was" in lost


def test_a_log_of_a_later_moment_than_the_database_takes_nothing_for_written(key, log):
    from takeup.record.errors import InputError
    from takeup.server.recording.record_api.models import Batch, InboxRow

    send(key, 1)
    drain(log)
    send(key, 2)
    drain(log)
    # As a database restored from a copy of before the second drain.
    InboxRow.objects.filter(key="d2").delete()
    Batch.objects.filter(number=2).delete()
    send(key, 3)
    with pytest.raises(InputError, match="not of one moment"):
        drain(log)
    assert Batch.objects.get(number=2).written_at is None


def test_the_last_revision_is_what_measures_read(key, log):
    import takeup
    from takeup.server.recording.record_api.reading import recorded

    send(key, *range(40))
    drain(log)
    send(key, *range(36), choice="refer", revision=2)
    result = takeup.diagnose(recorded(log)["decisions"], only=["adoption"])
    assert result.measures().adoption.overall.counts["overridden"] == 37


def test_people_stand_in_the_log_under_a_keyed_pseudonym_the_same_before_and_after_the_drain(
    key, log
):
    from takeup.server.recording.record_api.pseudonyms import pseudonym_of
    from takeup.server.recording.record_api.reading import recorded

    send(key, 1, person_id="officer-7")
    waiting = recorded(log)["decisions"]["person_id"].to_pylist()
    drain(log)
    send(key, 2, person_id="officer-7")
    assert waiting == [pseudonym_of("officer-7")]
    assert set(recorded(log)["decisions"]["person_id"].to_pylist()) == set(waiting)
    assert "officer" not in waiting[0]


def test_a_covariate_of_a_batch_that_was_rolled_back_is_new_again(key, log):
    from django.db import transaction

    with transaction.atomic():
        send(key, 1, x_region="north")
        send(key, 2, x_region="south")
        transaction.set_rollback(True)
    assert send(key, 3, x_region=7)[0].status == "stored"
    drain(log)
    assert log.read("decisions").rows["x_region"].to_pylist() == [7.0]
