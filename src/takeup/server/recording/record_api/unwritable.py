"""A row that the log cannot hold does not keep the others from it: it goes to quarantine with the
reason, from where its sender or an administrator sends it again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import F

from takeup.log.delta import DecisionLog
from takeup.record.events import hash_of_body
from takeup.record.incoming import RecordKind
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.oversight.services import discard
from takeup.server.recording.record_api.models import Batch, InboxRow, Quarantined, Sender
from takeup.server.recording.record_api.receive import put_aside

_TIME = "2026-01-01T00:00:00Z"
_SOUND: dict[RecordKind, dict[str, str]] = {
    "decisions": {"decision_id": "1", "use_case": "a", "decided_at": _TIME},
    "outcomes": {"decision_id": "1", "use_case": "a", "observed_at": _TIME},
    "eligible": {"case_id": "1", "use_case": "a", "eligible_at": _TIME},
}
Write = Callable[[DecisionLog, RecordKind, Sequence[str]], None]
"""Writes rows as received into a log."""


def at_fault(kind: RecordKind, bodies: Sequence[str], write: Write) -> dict[int, str]:
    """The rows that cannot be written into an empty log, by their place, and why; none where it
    is not the rows: where a sound row cannot be written either."""
    if _fails(kind, [json.dumps(_SOUND[kind])], write):
        return {}
    found: dict[int, str] = {}
    left = [list(range(len(bodies)))]
    while left:
        places = left.pop()
        reason = _fails(kind, [bodies[i] for i in places], write)
        if reason and len(places) == 1:
            found[places[0]] = reason
        elif reason:
            half = len(places) // 2
            left += [places[half:], places[:half]]
    return found


def set_aside(batch: Batch, write: Write) -> int:
    """Take the rows of an unwritten batch that no log can hold into quarantine; how many there were.
    The sender's counters say so."""
    rows = list(InboxRow.objects.filter(batch=batch).order_by("id"))
    kind: RecordKind = batch.kind  # type: ignore[assignment]
    found = at_fault(kind, [row.body for row in rows], write)
    with transaction.atomic():
        for place, reason in found.items():
            row = rows[place]
            waits = Quarantined(
                kind=kind, body=row.body, content=hash_of_body(row.body), sender_id=row.sender_id,
                received_at=row.received_at, reasons=[f"the log cannot hold this row: {reason}"],
            )  # fmt: skip
            put_aside([waits])
            # What events were folded into was not sent, and so is in no counter.
            told = 0 if row.folded else 1
            Sender.objects.filter(pk=row.sender_id).update(
                stored=F("stored") - told, quarantined=F("quarantined") + 1
            )
            row.delete()
        if found and kind == "decisions":
            # What is sealed is numbered by batches of decisions.
            discard(batch.number)
        if found:
            audit.record("log.set_aside", actor="drain", kind=kind, rows=len(found))
    return len(found)


def _fails(kind: RecordKind, bodies: Sequence[str], write: Write) -> str | None:
    """Why rows cannot be written into an empty log; None where they can."""
    folder = Path(tempfile.mkdtemp(prefix="takeup-"))
    try:
        write(DecisionLog(folder), kind, bodies)
    except Exception as error:
        return str(error) or type(error).__name__
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None
