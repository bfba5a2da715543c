"""Senders' keys: made once, kept only as a hash, scoped to use cases, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from takeup.record.clock import now
from takeup.server.record_api.models import ApiKey, Sender

_MARK = "tk"


def make_key(sender_name: str, use_cases: Sequence[str] = ()) -> str:
    """A new key for a sender (made where it is new); the only time it can be read. Rotate by
    making another and revoking the old one."""
    sender, _ = Sender.objects.get_or_create(name=sender_name, defaults={"created_at": now()})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    ApiKey.objects.create(
        sender=sender,
        prefix=prefix,
        secret_hash=_hash(secret),
        use_cases=list(use_cases),
        created_at=now(),
    )
    return f"{_MARK}_{prefix}_{secret}"


def revoke_key(prefix: str) -> bool:
    """From now on the key with this prefix is refused; False where there is none in force."""
    return bool(
        ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True).update(revoked_at=now())
    )


def key_of(given: str) -> ApiKey | None:
    """The key in force that `given` is, or None."""
    parts = given.split("_", 2)
    if len(parts) != 3 or parts[0] != _MARK:
        return None
    found = (
        ApiKey.objects.select_related("sender")
        .filter(prefix=parts[1], revoked_at__isnull=True)
        .first()
    )
    # A random secret of 256 bits needs no slow hash; compared in constant time all the same.
    if found is None or not secrets.compare_digest(found.secret_hash, _hash(parts[2])):
        return None
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
