"""Seal decisions for the oversight officer; open them with the officer's own key.

Sealed boxes of libsodium (Curve25519, XSalsa20-Poly1305): whoever holds the database, takeup
itself included, can add records and read none.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.oversight.models import OversightKey, SealedBatch


def make_oversight_key(actor: str = audit.SYSTEM) -> str:
    """A new key pair; returns the private half, which is kept nowhere here. Batches sealed before
    stay readable with the key of their time."""
    private = PrivateKey.generate()
    last = OversightKey.objects.order_by("number").last()
    OversightKey.objects.create(
        number=last.number + 1 if last else 1,
        public=private.public_key.encode(HexEncoder).decode(),
        made_at=now(),
    )
    audit.record("oversight.key_made", actor=actor)
    return private.encode(HexEncoder).decode()


def seal(batch: int, bodies: Sequence[str], first: datetime, last: datetime) -> bool:
    """Keep a batch of decisions (JSON as received, decided from `first` to `last`) sealed, once;
    False where there is no key to seal it to, or it is sealed already."""
    key = OversightKey.objects.order_by("number").last()
    if key is None or not bodies or SealedBatch.objects.filter(batch=batch).exists():
        return False
    box = SealedBox(PublicKey(key.public.encode(), HexEncoder))
    SealedBatch.objects.create(
        batch=batch,
        key=key,
        rows=len(bodies),
        first_decided_at=first,
        last_decided_at=last,
        sealed=box.encrypt(zlib.compress("\n".join(bodies).encode(), 1)),
        sealed_at=now(),
    )
    return True


def discard(batch: int) -> None:
    """A batch was not written after all: what is, is sealed in its place."""
    SealedBatch.objects.filter(batch=batch).delete()


def opened(
    private: str, reason: str, actor: str, since: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Sealed decisions, oldest batch first, for one who holds the private key and names a reason;
    that they were opened is in the audit log.

    Raises InputError where the key opens none of them.
    """
    if not reason.strip():
        raise InputError("name the reason: --reason 'request of the person', 'legal duty …'")
    box = _box(private)
    batches = SealedBatch.objects.order_by("batch")
    if since is not None:
        batches = batches.filter(last_decided_at__gte=since)
    audit.record(
        "oversight.opened", actor=actor, reason=reason, batches=batches.count(),
        since=since.isoformat() if since else None,
    )  # fmt: skip
    for one in batches.iterator(chunk_size=10):
        try:
            text = zlib.decompress(box.decrypt(bytes(one.sealed))).decode()
        except CryptoError:
            raise InputError(
                f"batch {one.batch} is sealed to another key (number {one.key.number})"
            ) from None
        # Texts in a row may hold any separator of lines but this one, which JSON writes as \\n.
        for line in text.split("\n"):
            row = json.loads(line)
            if since is None or datetime.fromisoformat(row["decided_at"]) >= since:
                yield row


def opening(private: str) -> list[tuple[int, int, bool]]:
    """By number of the key each pair's batches, and whether the private key opens them: every one is tried,
    and none is shown. Raises InputError where it is no private key."""
    box = _box(private)
    found: dict[int, tuple[int, bool]] = {}
    for one in SealedBatch.objects.select_related("key").order_by("batch").iterator(chunk_size=10):
        batches, well = found.get(one.key.number, (0, True))
        try:
            rows = zlib.decompress(box.decrypt(bytes(one.sealed))).count(b"\n") + 1
            well = well and rows == one.rows
        except (CryptoError, zlib.error):
            well = False
        found[one.key.number] = batches + 1, well
    return [(number, *told) for number, told in sorted(found.items())]


def _box(private: str) -> SealedBox[PrivateKey]:
    try:
        return SealedBox(PrivateKey(private.strip().encode(), HexEncoder))
    except (CryptoError, ValueError):
        raise InputError("this is no private oversight key (64 hexadecimal characters)") from None


def remove_expired(months: int) -> int:
    """Batches whose newest decision is older than `months` are removed; how many."""
    before = now() - timedelta(days=round(months * 365.25 / 12))
    gone, _ = SealedBatch.objects.filter(last_decided_at__lt=before).delete()
    return gone
