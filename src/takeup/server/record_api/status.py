"""What senders sent and what is kept: silent loss is visible here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from takeup.log.delta import DecisionLog
from takeup.record.incoming import RECORD_KINDS
from takeup.server.record_api.models import InboxRow, Quarantined, Sender


def log_status(log: DecisionLog) -> dict[str, Any]:
    """Senders with their counters, tables with what is queryable (log and inbox together), and
    rows in quarantine that wait for a correction."""
    senders = [
        {
            "name": s.name, "sent": s.sent, "stored": s.stored, "unchanged": s.unchanged,
            "conflict": s.conflict, "quarantined": s.quarantined,
            "last_seen_at": s.last_seen_at.isoformat(timespec="seconds") if s.last_seen_at else None,
        }
        for s in Sender.objects.order_by("name")
    ]  # fmt: skip
    tables = []
    for kind in RECORD_KINDS:
        state = log.state(kind)
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
    return {"senders": senders, "tables": tables, "in_quarantine": open_}
