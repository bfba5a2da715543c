"""Is everything that was acknowledged in the log, exactly once and unchanged?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pyarrow.compute as pc
from django.db.models import Count, Sum

from takeup.log.damage import MEND, DamagedLogError
from takeup.log.delta import DecisionLog, Snapshot, digests
from takeup.record.clock import now
from takeup.record.incoming import RECORD_KINDS, RecordKind, outcome_key
from takeup.server.recording.record_api.drain import as_logged, lost_batches
from takeup.server.recording.record_api.manifests import hash_of
from takeup.server.recording.record_api.models import Batch, Erasure, InboxRow, Sender
from takeup.server.recording.record_api.placing import FILLED

_NOTHING = (0, "")
"""Rows and digest of a batch of which the log holds no row."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Rows in the inbox, in the log and waiting; `problems` in words, none where all is well."""

    inbox: int
    log: int
    waiting: int
    problems: tuple[str, ...]


def verify(log: DecisionLog) -> Verified:
    """Compares inbox and log row by row (what they hold too, as long as the inbox keeps rows as
    received), batches by their manifest, and the senders' counters with what is kept. Of a table of
    which files are damaged, these are named; it is compared when they are put back."""
    problems: list[str] = []
    in_log = waiting = 0
    for kind in RECORD_KINDS:
        try:
            begun = now()
            snapshot = log.read(kind)
        except DamagedLogError as damaged:
            problems += [f"{one.sentence()}; {MEND}" for one in damaged.damages]
            continue
        found = _keys(kind, snapshot)
        in_log += sum(found.values())
        twice = [key for key, n in found.items() if n > 1]
        problems += [f"{kind} {key}: {found[key]} times in the log" for key in twice[:10]]
        written = snapshot.batch if snapshot else 0
        rows = InboxRow.objects.filter(kind=kind).select_related("batch")
        for row in rows.iterator(chunk_size=10_000):
            if row.batch is None or row.batch.number > written:
                waiting += 1
            elif not found.pop((row.use_case, row.key, row.revision), 0):
                problems.append(f"{kind} {row.key} revision {row.revision}: not in the log")
        problems += _beyond_the_inbox(kind, found)
        problems += _manifests(kind, snapshot) + _lost(kind, written, begun)
    if Erasure.objects.exists():
        problems.append(
            "an erasure was cut off: erase that person again (`takeup person erase`), and it is finished"
        )
    # What events were folded into was not sent, and so is in no counter.
    inbox = InboxRow.objects.filter(folded=False).count()
    counted = sum(Sender.objects.values_list("stored", flat=True))
    if counted != inbox:
        problems.append(f"senders were told {counted} rows are kept, the inbox has {inbox}")
    return Verified(inbox, in_log, waiting, tuple(problems))


def _beyond_the_inbox(kind: RecordKind, found: Counter[tuple[str, str, int]]) -> list[str]:
    """Rows of the log that the inbox does not know."""
    by_case = Counter(use_case for use_case, _, _ in found)
    cut_off = {name for name in by_case if not InboxRow.objects.filter(use_case=name).exists()}
    return [
        f"{kind}: {by_case[name]:,} rows of {name} are in the log, and none in the inbox: taking them out was "
        f"cut off; `takeup use-case remove {name}` finishes it"
        for name in sorted(cut_off)
    ] + [
        f"{kind} {key}: in the log, not in the inbox"
        for key in [key for key in found if key[0] not in cut_off][:10]
    ]


def _keys(kind: RecordKind, snapshot: Snapshot | None) -> Counter[tuple[str, str, int]]:
    if snapshot is None:
        return Counter()
    rows = snapshot.rows
    case = rows["use_case"].to_pylist()
    if kind == "decisions":
        keys, revisions = rows["decision_id"].to_pylist(), rows["revision"].to_pylist()
    elif kind == "eligible":
        keys, revisions = rows["case_id"].to_pylist(), [1] * len(case)
    else:
        keys = [
            outcome_key(i, n, at)
            for i, n, at in zip(
                rows["decision_id"].to_pylist(), rows["outcome_name"].to_pylist(),
                rows["observed_at"].to_pylist(), strict=True,
            )
        ]  # fmt: skip
        revisions = [1] * len(case)
    return Counter(zip(case, keys, revisions, strict=True))


def _manifests(kind: RecordKind, snapshot: Snapshot | None) -> list[str]:
    """Each batch against its manifest: the rows as received, what the log holds of them, and
    where the rows are still kept as received, both against each other."""
    found: list[str] = []
    cut_off = Erasure.objects.exists()
    written = snapshot.batch if snapshot else 0
    held = digests(snapshot.rows) if snapshot else {}
    for batch in Batch.objects.filter(kind=kind, number__lte=written).order_by("number"):
        rows = list(InboxRow.objects.filter(batch=batch).order_by("id").values_list("hash", "body"))
        name = f"{kind} batch {batch.number}"
        if len(rows) != batch.rows or hash_of(h for h, _ in rows) != batch.hash:
            found.append(f"{name}: its rows are not those it was made of")
            continue
        in_log = held.get(batch.number, _NOTHING)
        if batch.digest and in_log != (batch.rows, batch.digest):
            found.append(f"{name}: the log holds {in_log[0]} rows of it, or changed ones")
        elif all(body for _, body in rows) and not (cut_off and not batch.digest):
            received = as_logged(kind, [body for _, body in rows], batch.number)
            if digests(received).get(batch.number, _NOTHING) != in_log:
                # The organization's history may have been corrected since, or a person erased.
                placeless = digests(received, FILLED).get(batch.number)
                if placeless != _without_places(snapshot, batch.number):
                    found.append(f"{name}: the log does not hold what was received")
    return found


def _lost(kind: RecordKind, held: int, begun: datetime) -> list[str]:
    """Batches that were written to a log that no longer has them; what a drain wrote after we `begun` to
    look is not missing."""
    lost = lost_batches(kind, held).filter(written_at__lt=begun)
    found = lost.aggregate(batches=Count("id"), rows=Sum("rows"))
    if not found["batches"]:
        return []
    kept = not InboxRow.objects.filter(batch__in=lost, body="").exists()
    return [
        f"{kind}: {found['batches']} batches of {found['rows']:,} rows were written to the log, which "
        f"ends with batch {held}; "
        + (
            "`takeup log drain` writes them again"
            if kept
            else "their rows are no longer kept as received: put the log back as it was"
        )
    ]


def _without_places(snapshot: Snapshot | None, batch: int) -> tuple[int, str] | None:
    """Rows and digest of a batch, without where people were."""
    if snapshot is None:
        return None
    rows = snapshot.rows.filter(pc.equal(snapshot.rows["batch"], batch))
    return digests(rows, FILLED).get(batch)
