"""Intervals that hold at every look: asymptotic confidence sequences.

A fixed-n interval that is looked at every week excludes the truth sooner or later; these do so
with at most α over all looks together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, xlog1py, xlogy

from takeup.stats.quantiles import normal_quantile, t_half_width

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


def repetition(hits: Array) -> float:
    """How many cases of one person, in the order in which they came, count as one: (1 + r)/(1 − r), by which
    the variance of their mean grows where a case goes as the one before it went with correlation r (Markov
    chain; Bartlett 1946).

    r is that of the sequence with fifteen pairs of correlation ½ before it: after few cases a run of luck
    cannot be told from skill. At least 1. What drifts over tens of cases is no repetition and is not met.
    """
    n = len(hits)
    if n == 0:
        return 1.0
    apart = hits - hits.mean()
    together = float((apart[1:] * apart[:-1]).sum()) + _PAIRS_BEFORE * _CORRELATION_BEFORE / 4
    r = together / (float((apart**2).sum()) + _PAIRS_BEFORE / 4)
    r = min(max(r, 0.0), _MOST_CORRELATION)
    return (1 + r) / (1 - r)


_PAIRS_BEFORE = 15
_CORRELATION_BEFORE = 0.5
_MOST_CORRELATION = 0.95


def share_sequence(k: float, n: float, confidence: float) -> tuple[float, float]:
    """The interval of a share after k of n, that holds however often it is looked at: every p at
    which the mixture B(k+1, n−k+1) is not 1/α times as likely as p^k (1−p)^(n−k) (Robbins 1970, Ann.
    Math. Stat. 41(5); Ville's inequality). Exact, for n independent cases; of cases that repeat each other
    both counts are divided by `repetition`."""
    if n == 0:
        return 0.0, 1.0
    # Slow to import, and few commands ask for it.
    from scipy.optimize import brentq

    limit = betaln(k + 1, n - k + 1) + np.log(1 - confidence)
    mode = k / n

    def above(p: float) -> float:
        return float(xlogy(k, p) + xlog1py(n - k, -p) - limit)

    low = 0.0 if k == 0 else float(brentq(above, 1e-12, mode if k < n else 1 - 1e-12))
    high = 1.0 if k == n else float(brentq(above, mode if k else 1e-12, 1 - 1e-12))
    return low, high


def share_excludes(k: Array, n: Array, share: float, confidence: float) -> NDArray[np.bool_]:
    """Whether `share_sequence` of each k of n leaves `share` (between 0 and 1) out, without looking for
    its ends."""
    limit = betaln(k + 1, n - k + 1) + np.log(1 - confidence)
    return np.asarray(xlogy(k, share) + xlog1py(n - k, -share) < limit)


def pairs_needed(margin: float, disagreement: float, confidence: float, spread: float = 1.0) -> int:
    """Pairs until the sequence's half width is `margin` (in shares of cases) where model and person
    are level and disagree on this share of cases, by which a level model is told from one that is
    worse by the margin. `spread` inflates the variance where the pairs of one person are alike.

    With ρ tuned to that very size, tρ² is the constant c = −2 log α + log(−2 log α + 1), so the
    half width is σ √(2(c+1)/(c t) · log(√(c+1)/α)) (`half_width`, `best_rho`), solved for t.
    """
    alpha = 1 - confidence
    c = -2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)
    factor = 2 * (c + 1) / c * np.log(np.sqrt(c + 1) / alpha)
    return int(np.ceil(disagreement * spread * factor / margin**2))


def clustered_chance(
    value: float, se: float, n: float, df: float, *, confidence: float, expected: float
) -> float:
    """The level at which `clustered_half_width`'s sequence just leaves zero out: a p-value that holds at
    every look (its formula solved for α, ρ as tuned for `confidence`)."""
    wider = t_half_width(confidence, max(df, 1.0)) / normal_quantile(0.5 + confidence / 2)
    z = abs(value) / (se * wider)
    rho2 = best_rho(expected, 1 - confidence) ** 2
    scaled = n * rho2 + 1
    return float(min(1.0, np.sqrt(scaled) * np.exp(-(z**2) * n * rho2 / (2 * scaled))))


def clustered_half_width(
    se: float, n: float, df: float, *, confidence: float, expected: float
) -> float:
    """Half the width of the sequence at `n` units for an estimate whose standard error respects
    clusters: σ̂ is se·√n, and few clusters widen it as t widens z. What clusters have in common
    does not shrink with further looks, so looking again costs less than the sequence allows for;
    it is held to simulation in `docs/calibration.md`."""
    alpha = 1 - confidence
    sd, t = np.array([se * np.sqrt(n)]), np.array([float(n)])
    half = float(half_width(sd, t, alpha, best_rho(expected, alpha))[0])
    return half * t_half_width(confidence, max(df, 1.0)) / normal_quantile(0.5 + confidence / 2)
