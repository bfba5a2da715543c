"""When simulated cases are decided: five working days a week, eight to five."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

START = np.datetime64("2025-01-06T08:00:00", "us")
"""A Monday far enough back that two years of weeks lie in the past."""


def day_of_case(order: NDArray[np.int64], per_week: int) -> NDArray[np.int64]:
    """Day since the start on which a person's case number `order` is decided."""
    week, within = order // per_week, order % per_week
    return week * 7 + within * 5 // per_week


def moments(
    days: NDArray[np.int64], order: NDArray[np.int64], rng: np.random.Generator
) -> pa.Array:
    """Times on those days, to the second, later cases later within a day on average."""
    seconds = rng.integers(0, 9 * 3600, len(days))
    at = START + days.astype("timedelta64[D]").astype("timedelta64[us]")
    return pa.array(
        at + seconds.astype("timedelta64[s]").astype("timedelta64[us]"), pa.timestamp("us")
    )
