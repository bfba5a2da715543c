"""The log knows people by a keyed pseudonym only; the key stays in the operational store.

The inbox holds what was received, for as long as its retention. Whatever leaves it for the log
or for a measure passes here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

import pyarrow as pa

from takeup.record.clock import now
from takeup.server.recording.record_api.models import PseudonymKey

_LENGTH = 20


def pseudonymised(rows: pa.Table) -> pa.Table:
    """Rows with `person_id` replaced by the pseudonym of this programme's key."""
    if "person_id" not in rows.column_names:
        return rows
    secret = _secret()
    people = rows["person_id"].combine_chunks().dictionary_encode()
    names = pa.array(
        [_pseudonym(secret, one) for one in people.dictionary.to_pylist()], pa.string()
    )
    return rows.set_column(
        rows.column_names.index("person_id"), "person_id", names.take(people.indices)
    )


def pseudonym_of(person_id: str) -> str:
    """The pseudonym under which the log has this person."""
    return _pseudonym(_secret(), person_id)


def rotate_key(days: int) -> bool:
    """Another key from now on where the one in force is `days` old: who was who before cannot be
    joined to who is who after. Whether one was made."""
    key = PseudonymKey.objects.order_by("id").last()
    if key is None or key.made_at > now() - timedelta(days=days):
        return False
    PseudonymKey.objects.create(number=key.number + 1, secret=secrets.token_hex(32), made_at=now())
    return True


def pseudonyms_of(person_id: str) -> set[str]:
    """Every pseudonym that the log may have of this person: under each key there ever was."""
    return set(people_behind([person_id]))


def people_behind(people: Iterable[str]) -> dict[str, str]:
    """Whose each pseudonym is that the log may have of these people."""
    keys = [
        bytes.fromhex(secret) for secret in PseudonymKey.objects.values_list("secret", flat=True)
    ]
    return {_pseudonym(key, person_id): person_id for person_id in people for key in keys}


def _secret() -> bytes:
    key = PseudonymKey.objects.order_by("id").last()
    if key is None:
        key, _ = PseudonymKey.objects.get_or_create(
            number=1, defaults={"secret": secrets.token_hex(32), "made_at": now()}
        )
    return bytes.fromhex(key.secret)


def _pseudonym(secret: bytes, person_id: str) -> str:
    return hmac.new(secret, person_id.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
