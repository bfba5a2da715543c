"""Senders' keys: made once, kept only as a hash, scoped to use cases, revocable."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Collection, Iterator, Sequence

from django.db import connection, transaction

from takeup.record.clock import now
from takeup.server.deployment.sealing import SealedKind, opens, seal, unseal
from takeup.server.foundation.audit import services as audit
from takeup.server.recording.record_api.models import ApiKey, Sender

_MARK = "tk"
_SIGNS = "takeup-component:"
"""Put before a key's secret, its hash signs tokens: sender and server know it, and neither sends it."""
PURPOSES = {
    "records": "sends decisions, outcomes and eligible cases",
    "organization": "brings the organization up to date",
}


@transaction.atomic
def make_key(
    sender_name: str,
    use_cases: Sequence[str] = (),
    purpose: str = "records",
    actor: str = audit.SYSTEM,
) -> str:
    """A new key for a sender (made where it is new); the only time it can be read. Rotate by
    making another and revoking the old one. `purpose`: one of PURPOSES."""
    sender, _ = Sender.objects.get_or_create(name=sender_name, defaults={"created_at": now()})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    ApiKey.objects.create(
        sender=sender,
        prefix=prefix,
        secret_hash=_hash(secret),
        signing=seal(_hash(_SIGNS + secret)),
        use_cases=list(use_cases),
        purpose=purpose,
        created_at=now(),
    )
    audit.record(
        "key.made", actor=actor, sender=sender_name, prefix=prefix, purpose=purpose,
        use_cases=list(use_cases),
    )  # fmt: skip
    return f"{_MARK}_{prefix}_{secret}"


@transaction.atomic
def revoke_key(prefix: str, actor: str = audit.SYSTEM) -> bool:
    """From now on the key with this prefix is refused; False where there is none in force."""
    found = ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True)
    if not found.update(revoked_at=now()):
        return False
    audit.record("key.revoked", actor=actor, prefix=prefix)
    return True


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


def signing_key(prefix: str) -> tuple[ApiKey, str] | None:
    """The key in force with this prefix that records decisions, and what its tokens are signed
    with."""
    found = (
        ApiKey.objects.select_related("sender")
        .filter(prefix=prefix, purpose="records", revoked_at__isnull=True)
        .first()
    )
    return None if found is None else (found, unseal(found.signing))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class HeldKeys:
    """Keys that were good a moment ago, so that a request need not ask the store twice. Whether
    one is still in force is asked again with its work (`in_force`)."""

    _FOR = 0.5

    def __init__(self) -> None:
        self._held: dict[str, tuple[ApiKey, float]] = {}

    def held(self, given: str) -> ApiKey | None:
        """The key that `given` was a moment ago."""
        key, until = self._held.get(given, (None, 0.0))
        return key if time.monotonic() < until else None

    def hold(self, given: str, key: ApiKey | None) -> ApiKey | None:
        """Remember a good key; one that is not is forgotten."""
        if key is None:
            self._held.pop(given, None)
        else:
            self._held[given] = key, time.monotonic() + self._FOR
        return key


def in_force(key: ApiKey) -> bool:
    """Whether a key that was good a moment ago still is."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {ApiKey._meta.db_table} WHERE id = %s AND revoked_at IS NULL", [key.pk]
        )
        return cursor.fetchone() is not None


def _each() -> Iterator[tuple[int, bool]]:
    held = ApiKey.objects.filter(purpose="records", revoked_at=None).exclude(signing="")
    for number, signing in held.values_list("pk", "signing"):
        yield number, opens(signing)


def _forget_signing(numbers: Collection[int]) -> None:
    ApiKey.objects.filter(pk__in=numbers).update(signing="")


SIGNING = SealedKind(
    30,
    "signing secrets of senders’ keys",
    "tokens of embedded recommendations, which are refused until their host has a new key (records are "
    "taken all the same)",
    _each,
    _forget_signing,
)
