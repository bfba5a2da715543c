"""Tokens of the embedded recommendation: what a host's backend lets one page, of one person, on one
case, tell and ask takeup for a few minutes.

JSON Web Tokens (RFC 7519), HS256; the header's `kid` is the sender key's prefix, the signing secret the
hex SHA-256 of `takeup-component:` and the key's own secret. The host signs them without asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from takeup.record.clock import now
from takeup.record.incoming import LONGEST_NAME
from takeup.server.recording.record_api.services import SenderKey, signing_key

_LONGEST = 3600
"""Seconds that a token may be good for."""
_CLAIMS = ["sub", "use_case", "case_id", "decision_id", "origin", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class ComponentToken:
    """A token that holds: whose page may speak of which decision, and from where. `known` are the
    case's covariates and `confidence` the model's, by which the advice's record is told."""

    key: SenderKey
    person_id: str
    use_case: str
    case_id: str
    decision_id: str
    origin: str
    known: Mapping[str, Any] = field(default_factory=dict)
    confidence: float | None = None


def token_of(given: str) -> ComponentToken | None:
    """The token that `given` is, where its key is in force, its signature right and its time not
    over; else None."""
    try:
        found = signing_key(str(jwt.get_unverified_header(given).get("kid")))
        if found is None:
            return None
        key, secret = found
        # The clock is takeup's own, so both times are looked at here.
        claims = jwt.decode(
            given, secret, algorithms=["HS256"],
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        begins, ends, moment = int(claims["iat"]), int(claims["exp"]), now().timestamp()
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None
    if not (begins - 60 <= moment < ends <= begins + _LONGEST):
        return None
    if not all(_is_name(claims[name]) for name in _CLAIMS[:5]):
        return None
    if key.use_cases and claims["use_case"] not in key.use_cases:
        return None
    known, sure = claims.get("known"), claims.get("confidence")
    return ComponentToken(
        key, claims["sub"], claims["use_case"], claims["case_id"], claims["decision_id"],
        claims["origin"], known if isinstance(known, dict) else {},
        float(sure) if isinstance(sure, int | float) and 0 <= sure <= 1 else None,
    )  # fmt: skip


def _is_name(given: Any) -> bool:
    """Whether a claim can be kept as a name: no store keeps NUL."""
    return isinstance(given, str) and 0 < len(given) <= LONGEST_NAME and "\x00" not in given
