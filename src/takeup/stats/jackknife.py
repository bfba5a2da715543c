"""Errors by leaving groups of people out: for figures without a closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from takeup.stats.quantiles import t_half_width

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """Figures with standard errors; `groups` were left out one at a time."""

    value: Array
    se: Array
    groups: int

    def half_width(self, confidence: float) -> Array:
        """Half of the t interval, groups − 1 degrees of freedom."""
        return np.asarray(t_half_width(confidence, max(self.groups - 1, 1)) * self.se)


def jackknife(sums: Array, figure: Callable[[Array], Array]) -> Jackknifed:
    """`figure` of sums over groups, with delete-one-group errors (Shao & Tu 1995, §2.3).

    `sums` is groups × whatever `figure` needs, added up; v = (G−1)/G Σ (θ₍g₎ − mean)².
    """
    total = sums.sum(0)
    value = figure(total)
    groups = len(sums)
    without = np.stack([figure(total - own) for own in sums])
    centre = without.mean(0)
    variance = (groups - 1) / groups * ((without - centre) ** 2).sum(0)
    return Jackknifed(value, np.sqrt(variance), groups)
