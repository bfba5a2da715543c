"""The log as measures read it: what is drained and what is not yet, as one table."""

from __future__ import annotations

from collections.abc import Collection

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q

from takeup.log import Engine, fetch
from takeup.log.delta import DecisionLog, folder_of
from takeup.log.view import View, filled, together
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.recording.record_api.drain import as_logged, hole, into_log
from takeup.server.recording.record_api.models import InboxRow
from takeup.server.recording.record_api.unwritable import at_fault

NOT_DRAINED = -1
"""The batch of rows that are in none yet."""


class Recorded:
    """All that is recorded, drained or not, as of the moment it is made: the log where it lies, and what waits
    in the inbox. Without `deep` not every byte of the log is looked at first. Raises InputError where the log
    lost rows that the inbox no longer keeps."""

    def __init__(
        self, log: DecisionLog, kinds: Collection[RecordKind] = RECORD_KINDS, deep: bool = True
    ) -> None:
        self._views: dict[RecordKind, View] = {}
        self._waiting: dict[RecordKind, pa.Table] = {}
        for kind in kinds:
            # The log first: of the inbox all that is in no batch or in a later one is added, so that a row
            # drained while we look is taken once.
            view = log.view(kind, deep)
            batch = log.last_batch(kind) or 0 if view is None else view.batch
            waiting = InboxRow.objects.filter(kind=kind).filter(
                Q(batch=None) | Q(batch__number__gt=batch)
            )
            left = list(waiting.order_by("id").values_list("body", flat=True))
            if "" in left:
                raise InputError(hole(log, kind, batch))
            if view is not None:
                self._views[kind] = view
            if left:
                self._waiting[kind] = _waiting(kind, left)

    def tables(self, engine: Engine, use_case: str | None = None) -> dict[RecordKind, ir.Table]:
        """Every table that holds anything (of one use case) in `engine`, with the log's own columns: `batch`
        says which rows came when."""
        found: dict[RecordKind, ir.Table] = {}
        for kind in RECORD_KINDS:
            parts = []
            if (view := self._views.get(kind)) is not None:
                under = None if use_case is None else folder_of(use_case)
                if (drained := view.rows(engine, use_case, under)) is not None:
                    parts.append(drained)
            if kind in self._waiting:
                rows = self._waiting[kind]
                if use_case is not None:
                    rows = rows.filter(pc.equal(rows["use_case"], use_case))
                if rows.num_rows:
                    parts.append(engine.load(rows, "waiting"))
            if parts:
                found[kind] = together(engine, parts)
        return found

    def size(self, use_case: str) -> int:
        """About how many rows the tables of a use case have."""
        drained = sum(view.size(folder_of(use_case)) for view in self._views.values())
        return drained + sum(int(rows.num_rows) for rows in self._waiting.values())

    def mark(self, use_case: str) -> str:
        """The same as long as nothing of a use case came, went or was corrected."""
        told = [view.mark(folder_of(use_case)) for view in self._views.values()]
        for rows in self._waiting.values():
            told.append(str(rows.filter(pc.equal(rows["use_case"], use_case)).to_pylist()))
        return "\x1f".join(told)

    def use_cases(self, engine: Engine) -> list[str]:
        """The use cases that decisions are of."""
        decisions = self.tables(engine).get("decisions")
        if decisions is None:
            return []
        return sorted(fetch(decisions.select("use_case").distinct())["use_case"].to_pylist())


def recorded(log: DecisionLog) -> dict[RecordKind, pa.Table]:
    """Every table of the log that holds anything, with what still waits in the inbox, in memory."""
    engine = Engine()
    try:
        tables = {kind: filled(rows) for kind, rows in Recorded(log).tables(engine).items()}
        return {kind: fetch(rows) for kind, rows in tables.items() if rows is not None}
    finally:
        engine.close()


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
