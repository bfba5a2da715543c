"""The log knows people by a keyed pseudonym only; the key stays in the operational store.

The inbox holds what was received, for as long as its retention. Whatever leaves it for the log
or for a measure passes here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from takeup.record.clock import now
from takeup.server.record_api.models import PseudonymKey

_LENGTH = 20


def pseudonymised(bodies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `person_id` replaced by the pseudonym of this programme's key."""
    secret = _secret()
    known: dict[str, str] = {}
    out = []
    for body in bodies:
        person = body.get("person_id")
        if person is not None:
            if person not in known:
                known[person] = _pseudonym(secret, person)
            body = {**body, "person_id": known[person]}
        out.append(body)
    return out


def pseudonym_of(person_id: str) -> str:
    """The pseudonym under which the log has this person."""
    return _pseudonym(_secret(), person_id)


def _secret() -> bytes:
    key = PseudonymKey.objects.order_by("id").last()
    if key is None:
        key, _ = PseudonymKey.objects.get_or_create(
            number=1, defaults={"secret": secrets.token_hex(32), "made_at": now()}
        )
    return bytes.fromhex(key.secret)


def _pseudonym(secret: bytes, person_id: str) -> str:
    return hmac.new(secret, person_id.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
