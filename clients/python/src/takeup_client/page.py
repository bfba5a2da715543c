"""What the page of one case is given: the advice, and a token for the embedded recommendation.

The token is a JSON Web Token (RFC 7519, HS256) that this process signs itself: the page is never
late because takeup is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Optional

MINUTES = 30.0


def signed(key: str, claims: Mapping[str, Any], minutes: float = MINUTES) -> Optional[str]:
    """A token with these claims, good from now for `minutes` (at most 60); None where `key` is no
    key of takeup's form."""
    parts = key.split("_", 2)
    if len(parts) != 3:
        return None
    secret = hashlib.sha256(f"takeup-component:{parts[2]}".encode()).hexdigest().encode()
    begins = int(time.time())
    whole = {**claims, "iat": begins, "exp": begins + int(60 * min(minutes, 60.0))}
    head = {"alg": "HS256", "kid": parts[1], "typ": "JWT"}
    said = f"{_encoded(head)}.{_encoded(whole)}"
    proof = hmac.new(secret, said.encode(), hashlib.sha256).digest()
    return f"{said}.{_base64(proof)}"


def _encoded(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":"), default=str).encode())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
