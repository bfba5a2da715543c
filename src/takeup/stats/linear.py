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
    """Treated minus control, with its standard error and degrees of freedom. `units`: how many
    equal units the smaller arm's are worth (its cases, where rows are the units)."""

    value: float
    se: float
    df: float
    units: float


def difference_in_means(treated: ArmMoments, control: ArmMoments) -> Difference:
    """Hájek difference of weighted means, Neyman's variance (Neyman 1923; Imbens & Rubin
    2015, §6.4). Where units are given: their residual sums, each raised for its leverage (CR2), and
    t with Bell and McCaffrey's (2002) degrees of freedom, the fewer of those for cases that are
    independent and for cases that are wholly alike within a unit."""
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
        one.mean - zero.mean,
        float(np.sqrt(one.variance + zero.variance)),
        _satterthwaite(one, zero),
        min(one.worth, zero.worth),
    )


@dataclass(frozen=True, slots=True)
class ArmFit:
    """What one arm's y is by its least-squares fit: `level` + `slopes` · x."""

    level: float
    slopes: Array


def arm_fits(treated: ArmMoments, control: ArmMoments, *, adjust: bool) -> tuple[ArmFit, ArmFit]:
    """The fits whose residuals the errors are of: the means of both arms, or (`adjust`) those of `lin_difference`."""
    one, zero = (_fit(arm, adjust)[0] for arm in (treated, control))
    return one, zero


def _fit(arm: ArmMoments, adjust: bool) -> tuple[ArmFit, int]:
    """The fit and its rank."""
    means = arm.cross[0] / float(arm.cross[0, 0])
    covariance = arm.cross / float(arm.cross[0, 0]) - np.outer(means, means)
    x, y = slice(1, -1), -1
    beta: Array = np.zeros(len(means) - 2)
    rank = 0
    if adjust and len(beta):
        solution = np.linalg.lstsq(covariance[x, x], covariance[x, y], rcond=1e-10)
        beta, rank = np.asarray(solution[0]), int(solution[2])
    return ArmFit(float(means[y] - beta @ means[x]), beta), rank


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm's mean and its variance; what the variance's own expectation and spread are under two
    working models (traces of Γ and of Γ²), None where rows are the units; degrees of freedom `spent`
    on covariates."""

    mean: float
    variance: float
    worth: float
    free: float
    traces: tuple[tuple[float, float], tuple[float, float]] | None = None
    spent: float = 0.0


def _satterthwaite(one: _Arm, zero: _Arm) -> float:
    if one.traces is None or zero.traces is None:
        return one.free + zero.free
    both = zip(one.traces, zero.traces, strict=True)
    degrees = min((a + b) ** 2 / max(aa + bb, 1e-300) for (a, aa), (b, bb) in both)
    return max(degrees - one.spent - zero.spent, 1.0)


def _arm(arm: ArmMoments, centre: Array, adjust: bool) -> _Arm:
    weight = float(arm.cross[0, 0])
    means = arm.cross[0] / weight
    covariance = arm.cross / weight - np.outer(means, means)
    x, y = slice(1, -1), -1
    fit, rank = _fit(arm, adjust)
    beta = fit.slopes
    residual = covariance[y, y] - 2 * beta @ covariance[x, y] + beta @ covariance[x, x] @ beta
    mean = float(means[y] - beta @ (means[x] - centre))
    if arm.units is None:
        free = max(arm.n - 1 - rank, 1)
        scale = arm.n / free
        return _Arm(mean, float(residual * scale * arm.squares / weight**2), arm.n, free)
    sums = arm.units[:, y] - arm.units[:, x] @ beta - fit.level * arm.units[:, 0]
    groups, sizes = len(sums), arm.units[:, 0]
    share = sizes / weight
    spent = 0.0
    if rank:
        spent = _between_units(arm.units[:, x], sizes, means[x], covariance[x, x])
    # What the covariates took from the residuals is given back, as the leverage of the mean is.
    raised = (1 - np.minimum(share, 0.999)) ** -0.5 * np.sqrt(
        (groups - 1) / max(groups - 1 - spent, 1)
    )
    variance = float(((raised * sums) ** 2).sum() / weight**2)
    left = max(groups - 1 - spent, 1.0)
    return _Arm(
        mean,
        variance,
        1 / float((share**2).sum()),
        left,
        _traces(sizes, share, raised, weight),
        spent,
    )


def _traces(
    sizes: Array, share: Array, raised: Array, weight: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Traces of Γ and Γ² of the raised residual sums, for cases that are independent within a unit and
    for cases that are wholly alike: residual sums r = s − share · Σ s have covariance
    diag(v) − v shareᵀ − share vᵀ + share shareᵀ Σ v."""
    found = []
    for v in (sizes, sizes**2):
        # diag(a) − p qᵀ − q pᵀ + c q qᵀ, never built: of many people it would be large.
        a, p, q, c = raised**2 * v, raised * v, raised * share, float(v.sum())
        diagonal = a - 2 * p * q + c * q**2
        low = np.array([[0.0, -1.0], [-1.0, c]]) @ np.array([[p @ p, p @ q], [p @ q, q @ q]])
        squares = (a**2).sum() + 2 * (a * (diagonal - a)).sum() + np.trace(low @ low)
        found.append((float(diagonal.sum()) / weight**2, float(squares) / weight**4))
    return found[0], found[1]


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
