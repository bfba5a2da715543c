"""Intervals that hold at every look: asymptotic confidence sequences.

A fixed-n interval that is looked at every week excludes the truth sooner or later; these do so
with at most α over all looks together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Looks:
    """Mean and interval after each of the looks."""

    mean: Array
    low: Array
    high: Array


def half_width(sd: Array, t: Array, alpha: float, rho: float) -> Array:
    """σ̂ √( 2(tρ²+1)/(t²ρ²) · log(√(tρ²+1)/α) ) (Waudby-Smith, Arbour, Sinha, Kennedy &
    Ramdas 2024, Ann. Stat. 52(6), eq. 8), two-sided at level α."""
    scaled = t * rho**2 + 1
    return np.asarray(sd * np.sqrt(2 * scaled / (t**2 * rho**2) * np.log(np.sqrt(scaled) / alpha)))


def best_rho(t: float, alpha: float) -> float:
    """The ρ that makes the sequence narrowest at sample size `t`, where a decision is expected
    (ibid., appendix B.2): ρ = √((−2 log α + log(−2 log α + 1))/t)."""
    return float(np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / t))


def confidence_sequence(
    n: Array, total: Array, squares: Array, *, confidence: float, expected: float
) -> Looks:
    """The sequence of a mean after each look. `n`, `total`, `squares` are cumulative: units
    (clusters where decisions of one are alike), Σx and Σx²; `expected`: the units at which a
    decision is expected."""
    alpha = 1 - confidence
    mean = total / n
    sd = np.sqrt(np.maximum(squares / n - mean**2, 0.0))
    half = half_width(sd, n, alpha, best_rho(expected, alpha))
    return Looks(mean, mean - half, mean + half)
