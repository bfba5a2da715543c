"""The audit chain, and the sealed record of those who oversee."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.running import decision
from tests.server.store import audited


def test_the_chain_holds_entry_after_entry(store):
    from takeup.server.foundation.audit.services import prove, record

    before = prove()
    record("tried", actor="x", what="é", count=3)
    after = prove()
    assert (after.entries, after.broken) == (before.entries + 1, None)
    assert after.head != before.head


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'y'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove_an_entry(store, statement):
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.foundation.audit.services import record

    record("tried")
    sql = statement.format(AuditEntry._meta.db_table)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_an_entry_changed_behind_the_databases_back_breaks_the_chain_there(store):
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.foundation.audit.services import prove, record

    entry = record("tried", actor="honest")
    record("tried again")
    table = AuditEntry._meta.db_table
    trigger = "DROP TRIGGER audit_no_update"
    if connection.vendor == "postgresql":
        trigger = f"ALTER TABLE {table} DISABLE TRIGGER ALL"
    with transaction.atomic():
        cursor = connection.cursor()
        cursor.execute(trigger)
        cursor.execute(f"UPDATE {table} SET actor = 'forged' WHERE number = {entry.number}")
        assert prove().broken == entry.number
        transaction.set_rollback(True)
    assert prove().broken is None


def test_what_is_audited_is_kept_or_lost_with_what_it_tells_of(store):
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.audit.services import prove

    before = prove().entries
    with transaction.atomic():
        take_step("credit", "assist", by="test")
        assert prove().entries == before + 1
        transaction.set_rollback(True)
    assert prove().entries == before


def _recorded(key, log, *numbers):
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    receive("decisions", [decision(i) for i in numbers], key)
    drain(log)


def test_decisions_are_sealed_with_the_real_person_and_open_with_the_officers_key_alone(key, log):
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key, opened

    private = make_oversight_key()
    _recorded(key, log, 1, 2)
    (batch,) = SealedBatch.objects.all()
    assert b"person_id" not in bytes(batch.sealed)
    rows = list(opened(private, "legal duty", "officer"))
    assert [row["person_id"] for row in rows] == ["p1", "p2"]
    with pytest.raises(InputError, match="sealed to another key"):
        list(opened(make_oversight_key(), "curious", "officer"))
    with pytest.raises(InputError, match="name the reason"):
        list(opened(private, " ", "officer"))


def test_that_sealed_records_were_opened_is_in_the_audit_log(key, log):
    from takeup.server.foundation.oversight.services import make_oversight_key, opened

    private = make_oversight_key()
    _recorded(key, log, 1)
    list(opened(private, "request of the person", "officer"))
    [entry] = audited("oversight.opened")
    assert (entry.actor, entry.detail["reason"]) == ("officer", "request of the person")


def test_a_batch_is_sealed_once_however_often_it_is_drained(key, log, monkeypatch):
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key
    from takeup.server.recording.record_api import drain as module

    make_oversight_key()
    monkeypatch.setattr(module, "to_arrow", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _recorded(key, log, 1)
    monkeypatch.undo()
    _recorded(key, log)
    assert SealedBatch.objects.get().rows == 1


def test_sealed_batches_go_when_their_time_is_over(key, log):
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key, remove_expired

    make_oversight_key()
    _recorded(key, log, 1)
    assert remove_expired(24) == 0
    with at(now() + timedelta(days=760)):
        assert remove_expired(24) == 1
    assert not SealedBatch.objects.exists()


def test_no_measure_reads_the_sealed_store():
    import takeup.server

    folder = Path(takeup.server.__file__).parent
    readers = [
        path.name
        for path in folder.rglob("*.py")
        if "oversight.services import" in path.read_text() and "opened" in path.read_text()
    ]
    assert readers == ["trust.py"]


def test_every_action_that_is_audited_has_its_words(django_ready):
    import re

    import takeup.server
    from takeup.server.deployment.capability import of_every

    folder = Path(takeup.server.__file__).parent
    written = set()
    for path in folder.rglob("*.py"):
        written |= set(re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text()))
    assert sorted(written) == sorted(
        action for words in of_every("audited", "WORDS") for action in words
    )
