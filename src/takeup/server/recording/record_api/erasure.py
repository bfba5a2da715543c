"""A person leaves for good: every way to them goes, and the whole home is searched for what is left."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from takeup.disclosure.names import Called, Names
from takeup.log.delta import FREE_TEXT, DecisionLog, Snapshot
from takeup.record.columns import COLUMNS, COVARIATE_PREFIX
from takeup.record.events import hash_of_body
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import forget_notices
from takeup.server.foundation.organization.services import called, forget_person, known_as
from takeup.server.recording.record_api.manifests import keep_digests
from takeup.server.recording.record_api.models import Batch, Erasure, InboxRow, Quarantined
from takeup.server.recording.record_api.pseudonyms import pseudonym_of, pseudonyms_of
from takeup.server.recording.record_api.remains import Searched, search
from takeup.server.recording.record_api.retention import CLUSTER, blanked

_HAS_TEXT = reduce(or_, (Q(body__contains=f'"{name}"') for name in FREE_TEXT))
_TELLING = 5
"""Characters from which a person's id is taken for them wherever a covariate is it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: rows of the log in partitions `rewritten`, and what the search of the home
    looked at and still found. Whether anybody was `met` under the id: a slip of the pen erases nobody."""

    rewritten: int
    searched: Searched
    met: bool


def erase(log: DecisionLog, person_id: str, actor: str = audit.SYSTEM) -> Erased:
    """A person leaves for good: name, address and sign-in go, what they wrote and were told goes, rows of
    the log and the inbox keep no way to them, nor does what others wrote; then the home is searched for them. The sealed oversight
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
    theirs_called = [p for p in called() if p.person_id == person_id]
    names = Names([Called("", person_id), *theirs_called])
    _set_digests_aside(held, person_id)
    # A long log is not kept in memory while it is rewritten.
    del held
    rewritten = 0
    for kind in RECORD_KINDS:
        rewritten += log.rewrite(
            kind, lambda rows: _without_them(rows, person_id, marks, number, names)
        )
        log.vacuum(kind)
    as_written = json.dumps(person_id, ensure_ascii=False)
    waiting = [
        rows.filter(body__contains=as_written) for rows in (InboxRow.objects, Quarantined.objects)
    ]
    met = bool(rewritten or theirs_called or known) or any(rows.exists() for rows in waiting)
    with transaction.atomic():
        for row in InboxRow.objects.filter(body__contains=as_written).iterator():
            InboxRow.objects.filter(pk=row.pk).update(body=_without(row.body, person_id, number))
        Quarantined.objects.filter(body__contains=as_written).delete()
        _unname(InboxRow.objects.filter(_HAS_TEXT), names, _is_free_text)
        # A row may wait in quarantine because its text stands where no column is.
        _unname(Quarantined.objects.all(), names, _may_be_free_text)
        handle = forget_person(person_id, actor)
        theirs = [key for erased in of_every("rows", "erased") for key in erased(handle)]
        forget_notices(handle, theirs, known)
        _unname_pages(names)
        keep_digests(log)
        audit.record("person.erased", actor=actor, subject=handle, rewritten=rewritten)
        begun.delete()
    _overwrite_what_was_deleted()
    return Erased(rewritten, search(log, person_id, [*marks, *known]), met)


def _without_them(
    rows: pa.Table, person_id: str, marks: list[str], number: str, names: Names
) -> pa.Table | None:
    """Rows without the person, under their pseudonyms, their id itself as a covariate, or named in what
    somebody wrote; None where they are in none."""
    if "person_id" not in rows.column_names:
        return None
    theirs = pc.fill_null(pc.is_in(rows["person_id"], pa.array(marks)), False)
    changed = bool(pc.any(theirs).as_py())
    for name in FREE_TEXT:
        written = rows[name].to_pylist() if name in rows.column_names else []
        unnamed = [text and names.people_taken_out(text) for text in written]
        if unnamed != written:
            changed = True
            at = rows.column_names.index(name)
            rows = rows.set_column(at, rows.schema.field(name), pa.array(unnamed, rows[name].type))
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

    def change(name: str, value: object) -> object:
        if name in FREE_TEXT:
            return None
        theirs = name == "person_id" or _names_people(name, person_id)
        return number if theirs and value == person_id else value

    return json.dumps(_changed(json.loads(body), change), ensure_ascii=False)


def _is_free_text(name: str) -> bool:
    return name in FREE_TEXT


def _may_be_free_text(name: str) -> bool:
    return _is_free_text(name) or not (name in COLUMNS or name.startswith(COVARIATE_PREFIX))


def written_on_pages() -> Iterator[tuple[type[Model], Sequence[str]]]:
    """What people write on pages, by model: texts that may name others."""
    for declared in of_every("models", "WRITTEN_ON_PAGES"):
        yield from declared.items()


def _unname_pages(names: Names) -> None:
    """What others wrote on pages, without the person."""
    for model, fields in written_on_pages():
        written = model._default_manager
        for held in written.values("pk", *fields).iterator():
            unnamed = {name: names.people_taken_out(held[name]) for name in fields}
            if changed := {name: text for name, text in unnamed.items() if text != held[name]}:
                written.filter(pk=held["pk"]).update(**changed)


def _unname(rows: QuerySet[Any], names: Names, is_text: Callable[[str], bool]) -> None:
    """What others wrote in these rows as received, without the person."""

    def change(name: str, value: object) -> object:
        if is_text(name) and isinstance(value, str):
            return names.people_taken_out(value)
        return value

    for row in rows.iterator():
        try:
            body = json.loads(row.body)
        except ValueError:  # in quarantine for it
            unnamed = names.people_taken_out(row.body)
        else:
            changed = _changed(body, change)
            unnamed = row.body if changed == body else json.dumps(changed, ensure_ascii=False)
        if unnamed != row.body:
            # By its hash a row is known again: one that names somebody must not outlive the name.
            known_by = {"content": hash_of_body(unnamed)} if rows.model is Quarantined else {}
            rows.filter(pk=row.pk).update(body=unnamed, **known_by)


def _changed(value: object, change: Callable[[str, object], object], name: str = "") -> object:
    if isinstance(value, dict):
        return {k: _changed(v, change, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_changed(v, change, name) for v in value]
    return change(name, value)


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
