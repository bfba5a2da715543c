"""Level shifts of a weekly share against its own past.

Weekly counts are over-dispersed, so the spread between the trailing weeks is measured and
never taken for less than binomial. Thresholds are simulated, not looked up: a shift is called
only where both its size and its distance from chance are beyond what noise does once a year
(docs/calibration.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_PRIOR_WEEKS = 8.0
"""Weeks' worth of belief that counts are binomial: eight trailing weeks say little of spread."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift seen at week `at` over its last `weeks` (1 or 2): share `before` in the trailing
    weeks and `after`, `z` standard deviations apart, `sd` of the change."""

    at: int
    weeks: int
    before: float
    after: float
    z: float
    sd: float

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before


def level_shifts(
    k: Array,
    n: Array,
    *,
    trailing: int,
    fewest: int,
    least: float,
    smallest: float,
    threshold: float,
    sign: int,
) -> list[Shift]:
    """Weeks at which the share k/n stands off its trailing weeks in direction `sign`.

    A week counts with at least `least` cases; `fewest` to `trailing` such weeks before it are
    its past. The last week alone, and the last two together, are compared; a shift needs
    |change| ≥ `smallest` and |z| ≥ `threshold`. After a shift the next `trailing` weeks call
    none: it is the same one.
    """
    found: list[Shift] = []
    quiet_until = -1
    for at in range(len(n)):
        if at < quiet_until or n[at] < least:
            continue
        shifts = [
            s
            for weeks in (1, 2)
            if (s := _shift(k, n, at, weeks, trailing, fewest, least)) is not None
            and sign * s.change >= smallest
            and sign * s.z >= threshold
        ]
        if shifts:
            found.append(max(shifts, key=lambda s: abs(s.z)))
            quiet_until = at + trailing
    return found


def _shift(
    k: Array, n: Array, at: int, weeks: int, trailing: int, fewest: int, least: float
) -> Shift | None:
    now = slice(at - weeks + 1, at + 1)
    past = np.arange(max(at - weeks + 1 - trailing, 0), at - weeks + 1)
    past = past[n[past] >= least]
    if at - weeks + 1 < 0 or len(past) < fewest or (n[now] < least).any():
        return None
    total, cases = float(n[past].sum()), float(n[now].sum())
    before = float(k[past].sum()) / total
    after = float(k[now].sum()) / cases
    centre = (k[past].sum() + 0.5) / (total + 1)
    chi = float(((k[past] - before * n[past]) ** 2 / (n[past] * centre * (1 - centre))).sum())
    spread = max(1.0, (chi + _PRIOR_WEEKS) / (len(past) - 1 + _PRIOR_WEEKS))
    sd = float(np.sqrt(spread * centre * (1 - centre) * (1 / cases + 1 / total)))
    return Shift(at, weeks, before, after, (after - before) / sd, sd)


def mean_change(
    total: Array, squares: Array, n: Array, at: int, window: int
) -> tuple[float, float, float] | None:
    """Mean of the `window` weeks up to `at`, minus that of the weeks before them; its standard
    error; the earlier mean. None where a window is empty or not whole."""
    if at - 2 * window + 1 < 0:
        return None
    now, past = slice(at - window + 1, at + 1), slice(at - 2 * window + 1, at - window + 1)
    means, variances = [], []
    for part in (now, past):
        cases = float(n[part].sum())
        if cases < 30:
            return None
        mean = float(total[part].sum()) / cases
        means.append(mean)
        variances.append(max(float(squares[part].sum()) / cases - mean**2, 0.0) / cases)
    return means[0] - means[1], float(np.sqrt(sum(variances))), means[1]
