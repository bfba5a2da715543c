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
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import F

from takeup.record.clock import now
from takeup.record.incoming import CovariateType, RecordKind, Refusal, Row, read_row
from takeup.server.record_api.models import ApiKey, Covariate, InboxRow, Quarantined

Status = Literal["stored", "revised", "unchanged", "conflict", "quarantined"]
MOST_ROWS = 1_000


class Unreadable:
    """A line that is no JSON: kept in quarantine as it came."""

    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text, reason


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of row `index` of the batch."""

    index: int
    status: Status
    key: str | None = None
    revision: int | None = None
    reasons: tuple[str, ...] = ()
    quarantine_id: int | None = None


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
    read = with_known_types(read)
    kept = _latest(kind, [row for row in read if isinstance(row, Row)])
    results: list[RowResult] = []
    fresh: list[InboxRow] = []
    bad: list[tuple[int, Quarantined]] = []
    for index, row in enumerate(read):
        if isinstance(row, Refusal):
            bad.append((index, quarantined_row(kind, given[index], row, key, moment)))
            continue
        mine = kept.setdefault((row.use_case, row.key), {})
        result, revision = _fate(index, row, mine)
        results.append(result)
        if revision is not None:
            mine[revision] = (row.hash, str(row.values.get("updated_at", "")))
            fresh.append(
                InboxRow(
                    kind=kind, use_case=row.use_case, key=row.key, revision=revision,
                    hash=row.hash, body=row.body(revision), sender_id=key.sender_id, received_at=moment,
                )
            )  # fmt: skip
    InboxRow.objects.bulk_create(fresh)
    for index, quarantined in bad:
        quarantined.save()
        results.append(
            RowResult(
                index, "quarantined", reasons=tuple(quarantined.reasons),
                quarantine_id=quarantined.pk,
            )
        )  # fmt: skip
    count_results(key, results, moment)
    return sorted(results, key=lambda r: r.index)


def _latest(
    kind: RecordKind, rows: Sequence[Row]
) -> dict[tuple[str, str], dict[int, tuple[str, str]]]:
    """Of each key that is there already: revision → (hash, time of correction)."""
    found: dict[tuple[str, str], dict[int, tuple[str, str]]] = {}
    by_case: dict[str, set[str]] = {}
    for row in rows:
        by_case.setdefault(row.use_case, set()).add(row.key)
    for use_case, keys in by_case.items():
        held = InboxRow.objects.filter(kind=kind, use_case=use_case, key__in=keys)
        for name, revision, content, body in held.values_list("key", "revision", "hash", "body"):
            updated = json.loads(body).get("updated_at", "") if '"updated_at"' in body else ""
            found.setdefault((use_case, name), {})[revision] = (content, updated)
    return found


def _fate(index: int, row: Row, held: dict[int, tuple[str, str]]) -> tuple[RowResult, int | None]:
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
    if not row.named_revision and updated is not None and updated.isoformat() > held[newest][1]:  # type: ignore[union-attr]
        return RowResult(index, "revised", row.key, newest + 1), newest + 1
    reason = (
        f"{row.key!r} is kept as revision {same} with other content (hash {held[same][0][:8]}, "
        f"this row {row.hash[:8]}); send revision {newest + 1}, or updated_at, to correct it"
    )
    return RowResult(index, "conflict", row.key, same, (reason,)), None


def with_known_types(read: Sequence[Row | Refusal]) -> list[Row | Refusal]:
    """Refuses covariates of another type than the one they were first seen with."""
    seen: dict[str, CovariateType] = {}
    for row in read:
        if isinstance(row, Row):
            for name, type_ in row.covariates.items():
                seen.setdefault(name, type_)
    if not seen:
        return list(read)
    known = dict(Covariate.objects.filter(name__in=seen).values_list("name", "type"))
    new = {name: type_ for name, type_ in seen.items() if name not in known}
    if new:
        Covariate.objects.bulk_create([Covariate(name=n, type=t) for n, t in new.items()])
        known |= new
    return [_typed(row, known) if isinstance(row, Row) else row for row in read]


def _typed(row: Row, known: dict[str, str]) -> Row | Refusal:
    wrong = tuple(
        f"{name}: {known[name]} in this log, {type_} here"
        for name, type_ in row.covariates.items()
        if known[name] != type_
    )
    return Refusal(wrong) if wrong else row


def quarantined_row(
    kind: str, given: Any, refusal: Refusal, key: ApiKey, moment: Any
) -> Quarantined:
    """What cannot be kept, as it came, with its reasons; not saved yet."""
    text = given.text if isinstance(given, Unreadable) else json.dumps(given, ensure_ascii=False)
    return Quarantined(
        kind=kind, body=_storable(text), reasons=[_storable(r) for r in refusal.reasons],
        sender_id=key.sender_id,
        received_at=moment,
    )  # fmt: skip


def _storable(text: str) -> str:
    """NUL shown, because no store keeps it."""
    return text.replace("\x00", "\u2400")


def count_results(key: ApiKey, results: Sequence[RowResult], moment: Any) -> None:
    """Add a batch to its sender's counters."""
    by = Counter(r.status for r in results)
    type(key.sender).objects.filter(pk=key.sender_id).update(
        sent=F("sent") + len(results),
        stored=F("stored") + by["stored"] + by["revised"],
        unchanged=F("unchanged") + by["unchanged"],
        conflict=F("conflict") + by["conflict"],
        quarantined=F("quarantined") + by["quarantined"],
        last_seen_at=moment,
    )
