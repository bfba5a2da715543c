"""The log as measures read it: what is drained and what is not yet, as one table."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from django.db.models import Q

from takeup.log.delta import DecisionLog, canonical
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.recording.record_api.drain import as_logged, hole, into_log
from takeup.server.recording.record_api.models import InboxRow
from takeup.server.recording.record_api.unwritable import at_fault

NOT_DRAINED = -1
"""The batch of rows that are in none yet."""


def recorded(log: DecisionLog) -> dict[RecordKind, pa.Table]:
    """Every table of the log that holds anything, with what still waits in the inbox."""
    return {kind: canonical(rows) for kind, rows in recorded_by_batch(log).items()}


def recorded_by_batch(log: DecisionLog) -> dict[RecordKind, pa.Table]:
    """The same with the log's own columns: `batch` says which rows came when.

    The log is read first, at one moment; of the inbox all that is in no batch or in a later one
    is added. A row drained while we look is therefore taken once. Raises InputError where the log
    lost rows that the inbox no longer keeps.
    """
    found: dict[RecordKind, pa.Table] = {}
    for kind in RECORD_KINDS:
        drained = log.read(kind)
        waiting = InboxRow.objects.filter(kind=kind).filter(
            Q(batch=None) | Q(batch__number__gt=drained.batch if drained else 0)
        )
        left = list(waiting.order_by("id").values_list("body", flat=True))
        # Of a table of which everything was taken out there is nothing to read.
        parts = [drained.rows] if drained and drained.rows.num_rows else []
        if "" in left:
            raise InputError(hole(log, kind, drained.batch if drained else 0))
        if left:
            parts.append(_waiting(kind, left))
        if parts:
            found[kind] = pa.concat_tables(parts, promote_options="default")
    return found


def decisions_of(log: DecisionLog, use_case: str, since: datetime | None = None) -> pa.Table | None:
    """The decisions of one use case (since a moment; what waits in any case), drained or not; None where
    there is none."""
    drained = log.read("decisions", use_case, since)
    waiting = InboxRow.objects.filter(kind="decisions", use_case=use_case).filter(
        Q(batch=None) | Q(batch__number__gt=drained.batch if drained else 0)
    )
    left = [body for body in waiting.order_by("id").values_list("body", flat=True) if body]
    parts = [drained.rows] if drained else []
    if left:
        parts.append(_waiting("decisions", left))
    rows = pa.concat_tables(parts, promote_options="default") if parts else None
    return canonical(rows) if rows is not None and rows.num_rows else None


def _waiting(kind: RecordKind, bodies: list[str]) -> pa.Table:
    """What waits in the inbox, but for rows that no log can hold: the next drain sets them aside."""
    try:
        return as_logged(kind, bodies, NOT_DRAINED)
    except pa.ArrowException:
        gone = at_fault(kind, bodies, into_log)
        if not gone:
            raise
        return as_logged(
            kind, [body for i, body in enumerate(bodies) if i not in gone], NOT_DRAINED
        )
