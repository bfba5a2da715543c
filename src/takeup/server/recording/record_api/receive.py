"""A batch of rows into the inbox: durable before the answer, one result for each row.

Sending again is safe. The same key with the same content changes nothing; with other content it
is the next revision where the sender names one or a later `updated_at`, else a conflict that
names both. Rows that cannot be kept are quarantined with their reasons; the good rows of the
same batch are kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import IntegrityError, connection, transaction

from takeup.record.clock import now
from takeup.record.events import hash_of_body
from takeup.record.incoming import RecordKind, Refusal, Row, read_row
from takeup.server.recording.record_api.admission import admission
from takeup.server.recording.record_api.covariates import with_known_types
from takeup.server.recording.record_api.models import ApiKey, InboxRow, Quarantined, Sender

Status = Literal["stored", "revised", "unchanged", "conflict", "quarantined"]
MOST_ROWS = 1_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_Held = dict[int, tuple[str, datetime]]
"""Of one key: revision → hash of its content and when it was corrected."""


class Unreadable:
    """A line that is no JSON: kept in quarantine as it came."""

    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text, reason


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of row `index` of the batch; of a recommendation also whether to `show` it."""

    index: int
    status: Status
    key: str | None = None
    revision: int | None = None
    reasons: tuple[str, ...] = ()
    quarantine_id: int | None = None
    show: bool | None = None


def receive(kind: RecordKind, given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep `given` (parsed JSON rows, at most MOST_ROWS) and say what became of each.

    Returns only after the rows are durable.
    """
    read = [
        Refusal((one.reason,)) if isinstance(one, Unreadable) else read_row(kind, one)
        for one in given
    ]
    read = [(in_scope(row.use_case, key) or row) if isinstance(row, Row) else row for row in read]
    for attempt in range(3):
        try:
            with transaction.atomic():
                return _keep(kind, given, read, key)
        except IntegrityError:
            # Another sender stored one of these keys in between: look again.
            if attempt == 2:
                raise
    return []


def in_scope(use_case: str, key: ApiKey) -> Refusal | None:
    """Why this key may not send rows of `use_case`; None where it may."""
    if not key.use_cases or use_case in key.use_cases:
        return None
    allowed = ", ".join(key.use_cases)
    return Refusal((f"use_case: this key may send {allowed}, not {use_case!r}",))


def _keep(
    kind: RecordKind, given: Sequence[Any], read: Sequence[Row | Refusal], key: ApiKey
) -> list[RowResult]:
    moment = now()
    read = with_known_types(admission.of(read))
    kept = _latest(kind, [row for row in read if isinstance(row, Row)])
    results: list[RowResult] = []
    fresh: list[tuple[Row, int]] = []
    bad: list[tuple[int, Quarantined]] = []
    for index, row in enumerate(read):
        if isinstance(row, Refusal):
            bad.append((index, quarantined_row(kind, given[index], row, key, moment)))
            continue
        mine = kept.setdefault((row.use_case, row.key), {})
        result, revision = _fate(index, row, mine)
        results.append(result)
        if revision is not None:
            mine[revision] = (row.hash, _corrected_at(row.values.get("updated_at")))
            fresh.append((row, revision))
    _insert(fresh, key, moment)
    for (index, _), quarantined in zip(bad, put_aside([row for _, row in bad]), strict=True):
        results.append(
            RowResult(
                index, "quarantined", reasons=tuple(quarantined.reasons),
                quarantine_id=quarantined.pk,
            )
        )  # fmt: skip
    count_results(key, results, moment)
    return sorted(results, key=lambda r: r.index)


def _latest(kind: RecordKind, rows: Sequence[Row]) -> dict[tuple[str, str], _Held]:
    """Of each key that is there already: revision → (hash, time of correction)."""
    found: dict[tuple[str, str], _Held] = {}
    by_case: dict[str, set[str]] = {}
    for row in rows:
        by_case.setdefault(row.use_case, set()).add(row.key)
    for use_case, keys in by_case.items():
        for name, revision, content, body in _rows_there(kind, use_case, sorted(keys)):
            updated = json.loads(body).get("updated_at") if '"updated_at"' in body else None
            found.setdefault((use_case, name), {})[revision] = (content, _corrected_at(updated))
    return found


def _rows_there(kind: str, use_case: str, keys: Sequence[str]) -> list[tuple[str, int, str, str]]:
    """Key, revision, hash and body of the rows that are there already."""
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, revision, hash, body FROM {InboxRow._meta.db_table} "
            f"WHERE kind = %s AND use_case = %s AND key IN ({places})",
            [kind, use_case, *keys],
        )
        found: list[tuple[str, int, str, str]] = cursor.fetchall()
    return found


def _corrected_at(given: Any) -> datetime:
    """When a row was corrected; the beginning of time where it does not say."""
    if isinstance(given, datetime):
        return given
    return datetime.fromisoformat(given) if given else _NEVER


def _insert(rows: Sequence[tuple[Row, int]], key: ApiKey, moment: datetime) -> None:
    insert_rows(
        [
            (
                row.kind,
                row.use_case,
                row.key,
                revision,
                row.hash,
                row.body(revision),
                _subject(row),
                False,
            )
            for row, revision in rows
        ],
        key,
        moment,
    )


def _subject(row: Row) -> str | None:
    """Of an outcome, the decision it came of: it may come before it."""
    return str(row.values["decision_id"]) if row.kind == "outcomes" else None


NewRow = tuple[str, str, str, int, str, str, str | None, bool]
"""Kind, use case, key, revision, hash, body, subject, folded."""


def insert_rows(rows: Sequence[NewRow], key: ApiKey, moment: datetime) -> None:
    """Rows into the inbox by one prepared statement: the ORM's objects cost more than all the
    rest of a batch."""
    if not rows:
        return
    received = connection.ops.adapt_datetimefield_value(moment)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {InboxRow._meta.db_table} (kind, use_case, key, revision, hash, body, "
            "subject, folded, sender_id, received_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [(*row, key.sender_id, received) for row in rows],
        )


def _fate(index: int, row: Row, held: _Held) -> tuple[RowResult, int | None]:
    """What becomes of a row, and the revision to store it under (None: nothing to store)."""
    if not held:
        return RowResult(index, "stored", row.key, row.revision), row.revision
    newest = max(held)
    if row.named_revision and row.revision not in held:
        return RowResult(index, "revised", row.key, row.revision), row.revision
    same = row.revision if row.named_revision else newest
    if held[same][0] == row.hash or (
        not row.named_revision and any(content == row.hash for content, _ in held.values())
    ):
        return RowResult(index, "unchanged", row.key, same), None
    updated = row.values.get("updated_at")
    if not row.named_revision and updated and _corrected_at(updated) > held[newest][1]:
        return RowResult(index, "revised", row.key, newest + 1), newest + 1
    reason = (
        f"{row.key!r} is kept as revision {same} with other content (hash {held[same][0][:8]}, "
        f"this row {row.hash[:8]}); send revision {newest + 1}, or updated_at, to correct it"
    )
    return RowResult(index, "conflict", row.key, same, (reason,)), None


def put_aside(rows: Sequence[Quarantined]) -> list[Quarantined]:
    """One sender's rows of one kind, each as it waits in quarantine: one that was sent before and still waits does not
    wait twice, but goes on under its number, with today's reasons."""
    if not rows:
        return []
    held = {row.content: row for row in _waiting_alike(rows)}
    for row in rows:
        waits = held.setdefault(row.content, row)
        if waits.reasons != row.reasons or waits.pk is None:
            waits.reasons = row.reasons
            waits.save()
    return [held[row.content] for row in rows]


def _waiting_alike(rows: Sequence[Quarantined]) -> list[Quarantined]:
    """The newest first, so that of several of before there was this the oldest is taken."""
    return list(
        Quarantined.objects.filter(
            sender_id=rows[0].sender_id, kind=rows[0].kind, resolved_at=None,
            content__in=[row.content for row in rows],
        ).order_by("-id")
    )  # fmt: skip


def quarantined_row(
    kind: str, given: Any, refusal: Refusal, key: ApiKey, moment: Any
) -> Quarantined:
    """What cannot be kept, as it came, with its reasons; not saved yet."""
    text = given.text if isinstance(given, Unreadable) else json.dumps(given, ensure_ascii=False)
    body = _storable(text)
    return Quarantined(
        kind=kind, body=body, content=hash_of_body(body), reasons=[_storable(r) for r in refusal.reasons],
        sender_id=key.sender_id, received_at=moment,
    )  # fmt: skip


def _storable(text: str) -> str:
    """NUL shown, because no store keeps it."""
    return text.replace("\x00", "\u2400")


def count_results(key: ApiKey, results: Sequence[RowResult], moment: Any) -> None:
    """Add a batch to its sender's counters."""
    by = Counter(r.status for r in results)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Sender._meta.db_table} SET sent = sent + %s, stored = stored + %s, "
            "unchanged = unchanged + %s, conflict = conflict + %s, "
            "quarantined = quarantined + %s, last_seen_at = %s WHERE id = %s",
            [
                len(results), by["stored"] + by["revised"], by["unchanged"], by["conflict"],
                by["quarantined"], connection.ops.adapt_datetimefield_value(moment), key.sender_id,
            ],
        )  # fmt: skip
