"""What senders sent and what is kept: silent loss is visible here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from takeup.log.damage import DamagedLogError
from takeup.log.delta import DecisionLog, TableState
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.recording.record_api.models import InboxRow, Quarantined, Sender


def log_status(log: DecisionLog, deep: bool = False) -> dict[str, Any]:
    """Senders with their counters, tables with what is queryable (log and inbox together), rows in
    quarantine that wait for a correction, and files of the log that are damaged (with `deep` every byte
    is looked at): a table that has such is counted as its record says, and nothing of it is measured."""
    senders = [
        {
            "name": s.name, "sent": s.sent, "stored": s.stored, "unchanged": s.unchanged,
            "conflict": s.conflict, "quarantined": s.quarantined,
            "last_seen_at": s.last_seen_at.isoformat(timespec="seconds") if s.last_seen_at else None,
        }
        for s in Sender.objects.order_by("name")
    ]  # fmt: skip
    tables = []
    damaged = []
    for kind in RECORD_KINDS:
        damaged += [
            {"path": one.path, "rows": one.rows, "words": one.sentence()}
            for one in log.damages(kind, deep)
        ]
        state = _state(log, kind)
        waiting = InboxRow.objects.filter(
            Q(batch=None) | Q(batch__number__gt=state.batch or 0), kind=kind
        ).count()
        tables.append(
            {
                "kind": kind, "queryable": state.rows + waiting, "logged": state.rows,
                "waiting": waiting, "files": state.files, "bytes": state.bytes,
            }
        )  # fmt: skip
    open_ = Quarantined.objects.filter(resolved_at=None).count()
    return {"senders": senders, "tables": tables, "in_quarantine": open_, "damaged": damaged}


def _state(log: DecisionLog, kind: RecordKind) -> TableState:
    try:
        return log.state(kind)
    except DamagedLogError:
        return TableState(kind, 0, 0, 0, None)
