"""What is known of people goes with time: old rows of the log keep a random cluster number, the
inbox its keys and hashes, free text goes.

A cluster number tells which rows are of one person within a quarter, so that errors can still be
clustered; it is fresh each quarter, and its secret is destroyed with the quarter's last row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from takeup.log.delta import FREE_TEXT, TIME_OF, DecisionLog
from takeup.record.clock import now
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.agreement import services as agreement
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import declared, use_case_names
from takeup.server.foundation.oversight.services import remove_expired
from takeup.server.recording.record_api.models import ClusterKey, InboxRow, Quarantined
from takeup.server.recording.record_api.pseudonyms import rotate_key

_FREE_TEXT_DAYS = 180
CLUSTER = "c-"
"""What a cluster number begins with."""
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Retained:
    """What one run took away: rows of the log in partitions rewritten, rows of the inbox and of
    quarantine forgotten, sealed batches removed."""

    rewritten: int
    inbox: int
    quarantine: int
    sealed: int


def retain(log: DecisionLog, inbox_days: int, oversight_months: int) -> Retained:
    """Take away what is past its time. Safe to run again after any failure; no drain may run
    beside it."""
    if agreement.mode_on():
        rotate_key(agreement.MOST_DAYS)
    rewritten = 0
    for kind in RECORD_KINDS:
        if kind != "outcomes":
            rewritten += log.rewrite(kind, _aged(kind))
        log.vacuum(kind)
    _destroy_secrets()
    today = now().date()
    for aged in of_every("rows", "aged"):
        aged(today)
    done = Retained(
        rewritten,
        _forget_inbox(inbox_days),
        _forget_quarantine(),
        remove_expired(oversight_months),
    )
    if any((done.rewritten, done.inbox, done.quarantine, done.sealed)):
        audit.record(
            "retention.run", rewritten=done.rewritten, inbox=done.inbox,
            quarantine=done.quarantine, sealed=done.sealed,
        )  # fmt: skip
    return done


def _aged(kind: RecordKind) -> Callable[[pa.Table], pa.Table | None]:
    """What makes of a partition what its age allows; None where nothing is due."""
    moment = now()

    def change(rows: pa.Table) -> pa.Table | None:
        if rows.num_rows == 0 or "person_id" not in rows.column_names:
            return None
        use_case = str(rows["use_case"][0].as_py())
        due = moment - timedelta(days=agreement.keep_days(declared(use_case)))
        people = rows["person_id"]
        keyed = pc.and_(
            pc.less(rows[TIME_OF[kind]], _stamp(due)),
            pc.invert(pc.starts_with(people, CLUSTER)),
        )
        keyed = pc.fill_null(keyed, False)
        old_text = pc.less(rows[TIME_OF[kind]], _stamp(moment - timedelta(days=_FREE_TEXT_DAYS)))
        written = [n for n in FREE_TEXT if n in rows.column_names]
        wordy = any(pc.any(pc.and_(old_text, pc.is_valid(rows[n]))).as_py() for n in written)
        if not pc.any(keyed).as_py() and not wordy:
            return None
        return blanked(rows, keyed, old_text, _clusters(rows, kind))

    return change


def _clusters(rows: pa.Table, kind: RecordKind) -> pa.Array:
    """A cluster number for each row: of its person, within the quarter of its time."""
    times = rows[TIME_OF[kind]]
    quarters = [
        f"{y}Q{q}" for y, q in zip(pc.year(times).to_pylist(), pc.quarter(times).to_pylist(), strict=True)
    ]  # fmt: skip
    held = {quarter: _secret(quarter) for quarter in set(quarters)}
    return pa.array(
        [
            None if person is None else _number(held[quarter], person)
            for person, quarter in zip(rows["person_id"].to_pylist(), quarters, strict=True)
        ],
        pa.string(),
    )


def _number(secret: bytes, person: str) -> str:
    return CLUSTER + hmac.new(secret, person.encode(), hashlib.sha256).hexdigest()[:12]


def _secret(quarter: str) -> bytes:
    key, _ = ClusterKey.objects.get_or_create(
        quarter=quarter, defaults={"secret": secrets.token_hex(32)}
    )
    return bytes.fromhex(key.secret)


def _destroy_secrets() -> None:
    """Of quarters whose rows have all become cluster numbers."""
    longest = max(
        (agreement.keep_days(declared(name)) for name in use_case_names()),
        default=agreement.LEAST_DAYS,
    )
    last = now() - timedelta(days=longest)
    quarter = f"{last.year}Q{(last.month - 1) // 3 + 1}"
    ClusterKey.objects.filter(quarter__lt=quarter).delete()


def blanked(rows: pa.Table, people: pa.Array, text: pa.Array, instead: pa.Array | str) -> pa.Table:
    """Rows without the people and the free text that these masks mark; `instead` stands for a person."""
    named = pc.if_else(people, instead, rows["person_id"])
    rows = rows.set_column(rows.column_names.index("person_id"), "person_id", named)
    for name in FREE_TEXT:
        if name in rows.column_names:
            gone = pc.if_else(text, pa.scalar(None, pa.string()), rows[name])
            rows = rows.set_column(rows.column_names.index(name), name, gone)
    return rows


def _stamp(moment: datetime) -> pa.Scalar:
    return pa.scalar(moment, pa.timestamp("us", tz="UTC"))


def _forget_inbox(days: int) -> int:
    """Rows older than `days` that are in the log keep key, revision and hash only."""
    before = now() - timedelta(days=days)
    old = InboxRow.objects.filter(received_at__lt=before).exclude(body="")
    done = old.exclude(kind__in=RECORD_KINDS) | old.filter(batch__written_at__isnull=False)
    forgotten = 0
    # A range of ids at a time: no store is held for long, none limits the parameters.
    while ids := list(done.order_by("id").values_list("id", flat=True)[:_CHUNK]):
        chunk = done.filter(id__lte=ids[-1]).values("id")
        forgotten += InboxRow.objects.filter(id__in=chunk).update(body="")
    return forgotten


def _forget_quarantine() -> int:
    """Rows that were corrected, or that nobody corrected for as long as free text is kept."""
    before = now() - timedelta(days=_FREE_TEXT_DAYS)
    gone, _ = Quarantined.objects.filter(received_at__lt=before).delete()
    corrected, _ = Quarantined.objects.filter(resolved_at__isnull=False).delete()
    return gone + corrected
