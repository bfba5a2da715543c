"""From the inbox into the decision log: every row exactly once, across crashes.

Rows are first given to a batch (in the operational store), then the batch is written (in the
log, which remembers its number), then the batch is marked written. Whoever dies in between
leaves a batch that the next drain finds: the log says whether it has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.db.models import Max, Min, QuerySet

from takeup.log.delta import DecisionLog, LogBehindError, digests, to_arrow
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import use_case
from takeup.server.foundation.oversight.services import seal
from takeup.server.recording.record_api.covariates import column_types, in_their_columns
from takeup.server.recording.record_api.manifests import count
from takeup.server.recording.record_api.models import Batch, InboxRow
from takeup.server.recording.record_api.placing import FILLED, placed
from takeup.server.recording.record_api.pseudonyms import pseudonymised
from takeup.server.recording.record_api.unwritable import set_aside

MOST_ROWS = 50_000
_ASKED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain wrote: `rows` in `batches`."""

    rows: int
    batches: int


def drain(log: DecisionLog) -> Drained:
    """Write everything undrained. Safe to run again after any failure, and beside receiving;
    one drain at a time (`beside_no_drain` holds the lock). Raises InputError where
    the log and the database are not of one moment, and what is missing is kept nowhere."""
    rows = batches = 0
    for kind in RECORD_KINDS:
        # Whoever sends without a pause does not keep the drain from its end: what comes in
        # meanwhile is for the next one.
        more = True
        while more:
            more = _form(kind) == MOST_ROWS
            # One after the other, by the number it has by then.
            while (batch := _next(kind)) is not None:
                try:
                    written = _write(log, batch)
                except LogBehindError as behind:
                    _write_again(log, kind, behind.held)
                    more = True
                    break
                rows += written
                batches += written > 0
    return Drained(rows, batches)


def _next(kind: RecordKind) -> Batch | None:
    return Batch.objects.filter(kind=kind, written_at=None).order_by("number").first()


def find_lost(log: DecisionLog) -> None:
    """Let the next drain write what the log has lost: of a log that was emptied, or is an older
    copy. Raises InputError as `drain` does."""
    for kind in RECORD_KINDS:
        _write_again(log, kind, log.last_batch(kind) or 0)


def _write_again(log: DecisionLog, kind: RecordKind, held: int) -> None:
    """Let the batches after `held`, which the log has lost, be written again. Raises InputError
    where rows of them are no longer kept as received: nothing is written past such a hole."""
    lost = lost_batches(kind, held)
    first, last = lost.aggregate(first=Min("number"), last=Max("number")).values()
    if first is None:
        return
    if InboxRow.objects.filter(batch__in=lost, body="").exists():
        raise InputError(hole(log, kind, held))
    lost.update(written_at=None)
    audit.record("log.written_again", actor="drain", kind=kind, first=first, last=last)


def lost_batches(kind: RecordKind, held: int) -> QuerySet[Batch]:
    """Batches that were written to a log that ends with batch `held`."""
    return Batch.objects.filter(kind=kind, number__gt=held).exclude(written_at=None)


def hole(log: DecisionLog, kind: RecordKind, held: int) -> str:
    """What is wrong, and what to do, where the log lost rows that are kept nowhere else."""
    return (
        f"{log.url} ends with batch {held} of {kind}; later ones were written to it, and their rows "
        "are no longer kept as received. Put the log back as it was, or restore a backup; what "
        "comes in meanwhile waits in the inbox"
    )


def _form(kind: RecordKind) -> int:
    """Give undrained rows to a new batch, in the order they came; how many were found."""
    with transaction.atomic():
        ids = list(
            InboxRow.objects.filter(kind=kind, batch=None)
            .order_by("id")
            .values_list("id", flat=True)[:MOST_ROWS]
        )
        if not ids:
            return 0
        last = Batch.objects.filter(kind=kind).aggregate(n=Max("number"))["n"] or 0
        batch = Batch.objects.create(kind=kind, number=last + 1, rows=0, hash="", made_at=now())
        # By range, which no store limits; rows that came later have larger ids or are not
        # visible yet and stay for the next batch.
        InboxRow.objects.filter(kind=kind, batch=None, id__gte=ids[0], id__lte=ids[-1]).update(
            batch=batch
        )
        count(batch.pk)
        return len(ids)


def _write(log: DecisionLog, batch: Batch) -> int:
    """Write a batch without the rows that no log can hold; how many rows it had then."""
    try:
        return _written(log, batch)
    except (InputError, LogBehindError):
        raise
    except Exception:
        # Where no row is at fault, it is the log: a full disk, a store out of reach.
        if not set_aside(batch, into_log):
            raise
    if not count(batch.pk):
        _give_up(batch)
        return 0
    return _written(log, batch)


def into_log(log: DecisionLog, kind: RecordKind, bodies: Sequence[str]) -> None:
    """Rows as received as the first batch of a log."""
    log.append(kind, as_logged(kind, bodies, 1), 1)


def _give_up(empty: Batch) -> None:
    """The batches after one without rows take the numbers before theirs: none is left out."""
    later = Batch.objects.filter(kind=empty.kind, number__gt=empty.number).order_by("number")
    with transaction.atomic():
        Batch.objects.filter(pk=empty.pk).delete()
        for batch in later:
            Batch.objects.filter(pk=batch.pk).update(number=batch.number - 1)


def _written(log: DecisionLog, batch: Batch) -> int:
    kind: RecordKind = batch.kind  # type: ignore[assignment]
    rows = InboxRow.objects.filter(batch=batch).order_by("id")
    bodies = list(rows.values_list("body", flat=True))
    table = as_logged(kind, bodies, batch.number)
    if kind == "decisions" and bodies:
        decided = pc.min_max(table["decided_at"])
        seal(batch.number, bodies, decided["min"].as_py(), decided["max"].as_py())
    for name in table["use_case"].unique().to_pylist():
        use_case(name, _first_sender(rows, name))
    if not log.append(kind, table, batch.number):
        table = _need_the_same(log, batch, table)
    _tell(kind, bodies)
    if kind == "decisions":
        _tell("outcomes", _came_before(rows.values_list("use_case", "key")))
    # A batch of which everything was taken out is written again for its number alone.
    _, digest = digests(table).get(batch.number, (0, ""))
    Batch.objects.filter(pk=batch.pk).update(written_at=now(), digest=digest)
    return len(bodies)


def _tell(kind: RecordKind, bodies: Sequence[str]) -> None:
    for drained in of_every("rows", "drained"):
        drained(kind, bodies)


def _first_sender(rows: QuerySet[InboxRow], name: str) -> str:
    first = rows.filter(use_case=name).values_list("sender__name", flat=True).first()
    return str(first or "")


def _need_the_same(log: DecisionLog, batch: Batch, table: pa.Table) -> pa.Table:
    """A batch that the log has already is the one a drain wrote before it died, and is returned as the
    log holds it; raises InputError where it is another: the log is of a later moment than the
    database."""
    held = log.batch(batch.kind, batch.number)  # type: ignore[arg-type]
    if digests(held, FILLED) != digests(table, FILLED):
        raise InputError(
            f"{log.url} holds other rows as batch {batch.number} of {batch.kind} than the database: "
            "they are not of one moment. Restore both from one backup; what comes in meanwhile "
            "waits in the inbox"
        )
    return held


def _came_before(decisions: Iterable[tuple[str, str]]) -> list[str]:
    """Outcomes that were drained before the decisions they are of."""
    ids: dict[str, list[str]] = {}
    for name, decision in decisions:
        ids.setdefault(name, []).append(decision)
    drained = InboxRow.objects.filter(kind="outcomes", batch__isnull=False).exclude(body="")
    return [
        body
        for name, mine in ids.items()
        for start in range(0, len(mine), _ASKED_AT_ONCE)
        for body in drained.filter(use_case=name, subject__in=mine[start : start + _ASKED_AT_ONCE])
        # The latest of several holds.
        .order_by("id")
        .values_list("body", flat=True)
    ]


def as_logged(kind: RecordKind, bodies: Sequence[str], batch: int) -> pa.Table:
    """Rows as received as the log holds them: in their place of the organization, and people by
    their pseudonym."""
    held = to_arrow(kind, in_their_columns(bodies), column_types(), batch)
    return pseudonymised(placed(kind, held))
