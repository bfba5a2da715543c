"""When simulated cases are decided: five working days a week, eight to five."""

from __future__ import annotations

from typing import Any

import numpy as np

START = np.datetime64("2025-01-06T08:00:00", "us")
"""A Monday far enough back that a year and a half of weeks lies in the past."""
_HOUR = 3_600_000_000


def moments(people: int, per_week: int, weeks: int, rng: np.random.Generator) -> Any:
    """People × cases: when each case is decided, in the order of the cases."""
    order = np.arange(per_week * weeks)
    week, within = order // per_week, order % per_week
    at = (within + rng.random((people, len(order)), dtype=np.float32)) * (5 / per_week)
    day = np.minimum(np.floor(at), 4)
    micro = (week * 7 + day) * 24 * _HOUR + (at - day) * (9 * _HOUR)
    return START + micro.astype(np.int64).astype("timedelta64[us]")
