"""How many batches a key may send a minute: a token bucket in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimit:
    """As many batches a key as `per_minute` says, in bursts of a quarter of that."""

    def __init__(self, per_minute: Callable[[], int]) -> None:
        self._per_minute = per_minute
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: int) -> bool:
        """Whether this key may send one more batch now."""
        moment, per_minute = time.monotonic(), self._per_minute()
        most = max(per_minute / 4, 1.0)
        with self._lock:
            left, since = self._left.get(key, (most, moment))
            left = min(most, left + (moment - since) * per_minute / 60)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, moment)
        return allowed
