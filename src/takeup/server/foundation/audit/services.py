"""Write an entry; prove the chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.models import Max

from takeup.record.clock import now
from takeup.server.deployment.locks import hold_to_commit
from takeup.server.foundation.audit.models import AuditEntry

SYSTEM = "takeup"
"""The actor where no person acted: a nightly job, a command."""
_START = "0" * 64


def record(action: str, *, actor: str = SYSTEM, subject: str = "", **detail: Any) -> AuditEntry:
    """Add an entry in the transaction of what it tells of: both are kept, or neither."""
    with transaction.atomic():
        hold_to_commit("audit")
        last = AuditEntry.objects.order_by("-number").first()
        entry = AuditEntry(
            number=last.number + 1 if last else 1,
            at=now(),
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
        )
        entry.hash = _hash(entry, last.hash if last else _START)
        entry.save(force_insert=True)
    return entry


def last_number() -> int:
    """The number of the newest entry: whoever keeps something that every change of it is audited
    sees by it that nothing changed."""
    return AuditEntry.objects.aggregate(n=Max("number"))["n"] or 0


def last_number_of(use_case: str) -> int:
    """The number of the newest entry that names a use case."""
    found = AuditEntry.objects.filter(detail__use_case=use_case).aggregate(n=Max("number"))
    return found["n"] or 0


def newest(action: str) -> dict[str, Any] | None:
    """What the newest entry of an action tells; None where there is none."""
    entry = AuditEntry.objects.filter(action=action).order_by("-number").first()
    return None if entry is None else dict(entry.detail)


def entries_about(handle: str) -> int:
    """How many entries tell what somebody else did with a person's data."""
    return AuditEntry.objects.filter(subject=handle).exclude(actor=handle).count()


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain as it stands: `entries`, the hash at its head (keep it elsewhere to prove later
    that nothing before it was changed), and the number of the first `broken` entry."""

    entries: int
    head: str
    broken: int | None


def prove() -> Chain:
    """Recompute every hash from the first entry on."""
    before, count = _START, 0
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2_000):
        count += 1
        if entry.number != count or entry.hash != _hash(entry, before):
            return Chain(AuditEntry.objects.count(), before, count)
        before = entry.hash
    return Chain(count, before, None)


def _hash(entry: AuditEntry, before: str) -> str:
    told = [
        before, entry.number, entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor, entry.action, entry.subject, entry.detail,
    ]  # fmt: skip
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
