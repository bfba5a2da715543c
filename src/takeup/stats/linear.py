"""Differences between two randomised arms from moments, unadjusted and regression-adjusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from takeup.stats.quantiles import chi2_tail

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArmMoments:
    """Weighted sums of one arm over z = (1, x…, y): `cross` = Σ w z zᵀ; `squares` = Σ w²;
    `n` rows; `units` = Σ w z of each randomised unit, or None where rows are the units."""

    cross: Array
    squares: float
    n: int
    units: Array | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Treated minus control, with its standard error and degrees of freedom."""

    value: float
    se: float
    df: float


def difference_in_means(treated: ArmMoments, control: ArmMoments) -> Difference:
    """Hájek difference of weighted means, Neyman's variance (Neyman 1923; Imbens & Rubin
    2015, §6.4); clustered by unit where units are given."""
    return _difference(treated, control, adjust=False)


def lin_difference(treated: ArmMoments, control: ArmMoments) -> Difference:
    """Regression adjustment with treatment × centred covariates (Lin 2013, Ann. Appl. Stat.).

    One least-squares fit per arm from its moments; the variance is that of the residuals.
    """
    return _difference(treated, control, adjust=True)


def _difference(treated: ArmMoments, control: ArmMoments, *, adjust: bool) -> Difference:
    total = treated.cross[0] + control.cross[0]
    centre = total[1:-1] / total[0]
    one, zero = _arm(treated, centre, adjust), _arm(control, centre, adjust)
    return Difference(
        one.mean - zero.mean, float(np.sqrt(one.variance + zero.variance)), one.df + zero.df
    )


@dataclass(frozen=True, slots=True)
class _Arm:
    mean: float
    variance: float
    df: float


def _arm(arm: ArmMoments, centre: Array, adjust: bool) -> _Arm:
    weight = float(arm.cross[0, 0])
    means = arm.cross[0] / weight
    covariance = arm.cross / weight - np.outer(means, means)
    x, y = slice(1, -1), -1
    beta: Array = np.zeros(len(centre))
    rank = 0
    if adjust and len(centre):
        solution = np.linalg.lstsq(covariance[x, x], covariance[x, y], rcond=1e-10)
        beta, rank = np.asarray(solution[0]), int(solution[2])
    residual = covariance[y, y] - 2 * beta @ covariance[x, y] + beta @ covariance[x, x] @ beta
    mean = float(means[y] - beta @ (means[x] - centre))
    if arm.units is None:
        free = max(arm.n - 1 - rank, 1)
        scale = arm.n / free
        return _Arm(mean, float(residual * scale * arm.squares / weight**2), free)
    offset = means[y] - beta @ means[x]
    sums = arm.units[:, y] - arm.units[:, x] @ beta - offset * arm.units[:, 0]
    groups = len(sums)
    used = 0.0
    if rank:
        used = _between_units(arm.units[:, x], arm.units[:, 0], means[x], covariance[x, x])
    left = max(groups - 1 - used, 1.0)
    return _Arm(mean, float(groups / left * (sums**2).sum() / weight**2), left)


def _between_units(sums: Array, weights: Array, means: Array, covariance: Array) -> float:
    """How many covariates the units are spent on: the trace of between-unit over total
    covariance. One for each covariate that is constant within units, next to nothing for
    those that vary from case to case."""
    apart = sums - means * weights[:, None]
    between = (apart / weights[:, None]).T @ apart / weights.sum()
    return float(np.trace(np.linalg.lstsq(covariance, between, rcond=1e-10)[0]))


def balance_p(treated: ArmMoments, control: ArmMoments) -> float | None:
    """P-value of equal covariate means in two arms; None where there are too few units.

    Rows as units: Wald χ². Units of several rows: Hotelling's T² on the units' sums, because
    whole people (or teams) were drawn and their cases come along (Hansen & Bowers 2008).
    """
    w1, w0 = treated.cross[0, 0], control.cross[0, 0]
    x = slice(1, -1)
    gap = treated.cross[0, x] / w1 - control.cross[0, x] / w0
    pooled = treated.cross + control.cross
    means = pooled[0, x] / (w1 + w0)
    if treated.units is None or control.units is None:
        covariance = pooled[x, x] / (w1 + w0) - np.outer(means, means)
        scale = treated.squares / w1**2 + control.squares / w0**2
        statistic, rank = _quadratic(gap, covariance * scale)
        return chi2_tail(statistic, rank) if rank else None
    variance = np.zeros((len(gap), len(gap)))
    for units, w in ((treated.units, w1), (control.units, w0)):
        u = units[:, x] - means * units[:, :1]
        u = u - u.mean(0)
        variance += len(u) / max(len(u) - 1, 1) * (u.T @ u) / w**2
    statistic, rank = _quadratic(gap, variance)
    free = len(treated.units) + len(control.units) - 2
    left = free - rank + 1
    if not rank or left < 5:
        return None
    return float(fdtrc(rank, left, statistic * left / (free * rank)))


def _quadratic(gap: Array, covariance: Array) -> tuple[float, int]:
    """gapᵀ V⁻¹ gap and the rank of V."""
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    kept = values > 1e-9 * max(values.max(), 1e-300)
    projected = vectors[:, kept].T @ (gap / spread)
    return float((projected**2 / values[kept]).sum()), int(kept.sum())
