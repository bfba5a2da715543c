"""What a batch was made of, and what the log holds of it: the batch's manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from takeup.log.delta import DecisionLog, digests
from takeup.record.incoming import RECORD_KINDS
from takeup.server.recording.record_api.models import Batch, InboxRow


def count(batch: int) -> int:
    """Keep how many rows a batch has, and the hash over theirs; how many."""
    held = list(InboxRow.objects.filter(batch=batch).order_by("id").values_list("hash", flat=True))
    Batch.objects.filter(pk=batch).update(rows=len(held), hash=hash_of(held))
    return len(held)


def hash_of(hashes: Iterable[str]) -> str:
    """The manifest's hash of a batch: over its rows' hashes in order."""
    digest = hashlib.sha256()
    for one in hashes:
        digest.update(one.encode())
    return digest.hexdigest()


def keep_digests(log: DecisionLog) -> None:
    """The manifests that say nothing of what the log holds say it now."""
    for kind in RECORD_KINDS:
        without = Batch.objects.filter(kind=kind, digest="").exclude(written_at=None)
        wanted = set(without.exclude(rows=0).values_list("number", flat=True))
        if wanted and (held := log.read(kind)) is not None:
            for number, (_, digest) in digests(held.rows).items():
                if number in wanted:
                    Batch.objects.filter(kind=kind, number=number).update(digest=digest)
