"""What other capabilities may ask of the record API: the log as one table, its drain and retention,
and what waits."""

from __future__ import annotations

from takeup.server.record_api.drain import Drained, drain
from takeup.server.record_api.models import Quarantined, Sender
from takeup.server.record_api.reading import recorded
from takeup.server.record_api.retention import Retained, erase, retain


def in_quarantine() -> int:
    """How many rows wait for a correction."""
    return Quarantined.objects.filter(resolved_at=None).count()


def sender_count() -> int:
    """How many applications send."""
    return Sender.objects.count()


__all__ = [
    "Drained",
    "Retained",
    "drain",
    "erase",
    "in_quarantine",
    "recorded",
    "retain",
    "sender_count",
]
