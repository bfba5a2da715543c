"""A person leaves for good: every way to them goes, and the whole home is searched for what is left."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from takeup.log.delta import FREE_TEXT, DecisionLog, Snapshot
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.audit import services as audit
from takeup.server.feedback.services import forget_words
from takeup.server.notices.services import forget_notices
from takeup.server.organization.services import forget_person, known_as
from takeup.server.practitioner.services import forget
from takeup.server.record_api.manifests import keep_digests
from takeup.server.record_api.models import Batch, Erasure, InboxRow, Quarantined
from takeup.server.record_api.pseudonyms import pseudonym_of, pseudonyms_of
from takeup.server.record_api.remains import Searched, search
from takeup.server.record_api.retention import CLUSTER, blanked

_TELLING = 5
"""Characters from which a person's id is taken for them wherever a covariate is it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: rows of the log in partitions `rewritten`, and what the search of the home
    looked at and still found."""

    rewritten: int
    searched: Searched


def erase(log: DecisionLog, person_id: str, actor: str = audit.SYSTEM) -> Erased:
    """A person leaves for good: name, address and sign-in go, what they wrote and were told goes, rows of
    the log and the inbox keep no way to them; then the home is searched for them. The sealed oversight
    store stays: the law asks for it. No drain may run beside it. Raises DamagedLogError, before anything is
    changed, where a file of the log is not as it was written."""
    # Read first: where a file of it is damaged, nothing has begun.
    held = {kind: log.read(kind) for kind in RECORD_KINDS}
    marks = sorted(pseudonyms_of(person_id))
    known = known_as(person_id)
    begun, _ = Erasure.objects.get_or_create(
        mark=pseudonym_of(person_id), defaults={"number": f"{CLUSTER}{secrets.token_hex(6)}"}
    )
    number = begun.number
    _set_digests_aside(held, person_id)
    # A long log is not kept in memory while it is rewritten.
    del held
    rewritten = 0
    for kind in RECORD_KINDS:
        rewritten += log.rewrite(kind, lambda rows: _without_them(rows, person_id, marks, number))
        log.vacuum(kind)
    as_written = json.dumps(person_id, ensure_ascii=False)
    with transaction.atomic():
        for row in InboxRow.objects.filter(body__contains=as_written).iterator():
            InboxRow.objects.filter(pk=row.pk).update(body=_without(row.body, person_id, number))
        Quarantined.objects.filter(body__contains=as_written).delete()
        handle = forget_person(person_id, actor)
        forget_notices(handle, forget(handle), known)
        forget_words()
        keep_digests(log)
        audit.record("person.erased", actor=actor, subject=handle, rewritten=rewritten)
        begun.delete()
    _overwrite_what_was_deleted()
    return Erased(rewritten, search(log, person_id, [*marks, *known]))


def _without_them(rows: pa.Table, person_id: str, marks: list[str], number: str) -> pa.Table | None:
    """Rows without the person, under their pseudonyms or their id itself as a covariate; None where
    they are in none."""
    if "person_id" not in rows.column_names:
        return None
    theirs = pc.fill_null(pc.is_in(rows["person_id"], pa.array(marks)), False)
    changed = bool(pc.any(theirs).as_py())
    for name in rows.column_names:
        if not _names_people(name, person_id) or not pa.types.is_string(rows[name].type):
            continue
        named = pc.fill_null(pc.equal(rows[name], person_id), False)
        if pc.any(named).as_py():
            changed = True
            at = rows.column_names.index(name)
            rows = rows.set_column(at, name, pc.if_else(named, number, rows[name]))
    return blanked(rows, theirs, theirs, number) if changed else None


def _names_people(name: str, person_id: str) -> bool:
    """Whether a covariate that reads as the id is them: of a short id nobody knows."""
    return name.startswith(COVARIATE_PREFIX) and len(person_id) >= _TELLING


def _without(body: str, person_id: str, number: str) -> str:
    """A row as received that has a cluster number where it named the person, and no free text."""

    def walk(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {k: walk(v, k) for k, v in value.items() if k not in FREE_TEXT}
        if isinstance(value, list):
            return [walk(v, name) for v in value]
        theirs = name == "person_id" or _names_people(name, person_id)
        return number if theirs and value == person_id else value

    return json.dumps(walk(json.loads(body)), ensure_ascii=False)


def _set_digests_aside(held: Mapping[RecordKind, Snapshot | None], person_id: str) -> None:
    """The manifests of batches in which a covariate is the person say nothing until it is done: what the
    log holds of them changes."""
    for kind, snapshot in held.items():
        rows = snapshot.rows if snapshot is not None else pa.table({})
        for name in rows.column_names:
            if not _names_people(name, person_id) or not pa.types.is_string(rows[name].type):
                continue
            theirs = rows.filter(pc.fill_null(pc.equal(rows[name], person_id), False))
            numbers = theirs["batch"].unique().to_pylist()
            Batch.objects.filter(kind=kind, number__in=numbers).update(digest="")


def _overwrite_what_was_deleted() -> None:
    """A store keeps what was deleted until its place is used again: it is packed anew."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
