"""How many batches a key may send a minute: a token bucket in this process."""

from __future__ import annotations

import threading
import time


class RateLimit:
    """`per_minute` batches a key, in bursts of a quarter of that."""

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._most = max(per_minute / 4, 1.0)
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: int) -> bool:
        """Whether this key may send one more batch now."""
        moment = time.monotonic()
        with self._lock:
            left, since = self._left.get(key, (self._most, moment))
            left = min(self._most, left + (moment - since) * self._rate)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, moment)
        return allowed
