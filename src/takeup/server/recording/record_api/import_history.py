"""An old table into the inbox, as if its application had sent it: same checks, same safety."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from takeup.record.clock import now
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.foundation.audit import services as audit
from takeup.server.recording.record_api.models import ApiKey, Sender
from takeup.server.recording.record_api.receive import MOST_ROWS, receive


def import_history(
    tables: dict[RecordKind, pa.Table], sender: str, step: Callable[[int], None] = lambda _: None
) -> dict[RecordKind, Counter[str]]:
    """Keep every row under the name of `sender`; by kind, how many rows became what. The same
    table again changes nothing. `step` is told the rows of each batch done."""
    name, _ = Sender.objects.get_or_create(name=sender[:100], defaults={"created_at": now()})
    key = ApiKey(sender=name)
    found: dict[RecordKind, Counter[str]] = {}
    for kind in RECORD_KINDS:
        if kind not in tables:
            continue
        found[kind] = Counter()
        for rows in _batches(tables[kind]):
            found[kind].update(result.status for result in receive(kind, rows, key))
            step(len(rows))
    audit.record(
        "history.imported", sender=sender,
        rows={kind: dict(counted) for kind, counted in found.items()},
    )  # fmt: skip
    return found


def _batches(table: pa.Table) -> Iterator[list[dict[str, Any]]]:
    for batch in table.to_batches(MOST_ROWS):
        yield [
            {name: _plain(value) for name, value in row.items() if value is not None}
            for row in batch.to_pylist()
        ]


def _plain(value: Any) -> Any:
    """Times with their zone: the log is in UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value
    return value
