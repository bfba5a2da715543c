"""Quantiles and tails of the few distributions intervals need.

From scipy.special directly: loading all of scipy.stats would take longer than most diagnoses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special


def normal_quantile(p: float) -> float:
    """Quantile of the standard normal."""
    return float(special.ndtri(p))


def normal_tail(z: float) -> float:
    """P(Z > z)."""
    return float(special.ndtr(-z))


def t_half_width(confidence: float, df: float) -> float:
    """Quantile of Student's t that leaves (1 − confidence)/2 above it."""
    return float(special.stdtrit(df, 0.5 + confidence / 2))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Quantile of Beta(a, b)."""
    return float(special.betaincinv(a, b, p))


def chi2_tail(x: float, df: float) -> float:
    """P(χ² > x)."""
    return float(special.chdtrc(df, x))


def median_of_counts(values: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    """The median of `values` that occur `counts` times each; the middle of two where it falls
    between them."""
    order = np.argsort(values)
    total = np.cumsum(counts[order])
    half = total[-1] / 2
    at = int(np.searchsorted(total, half))
    both = values[order][[at, min(at + 1, len(values) - 1)]]
    return float(both.mean() if total[at] == half else both[0])
