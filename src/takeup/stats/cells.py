"""Models fitted on cells: what regressions on rows give, from sums by kind of case.

Rows that share all their (binned) covariates form a cell; logistic and linear models with
dummies of the covariates need only the cells' sums (Wong et al. 2021, *You Only Compress
Once*). A numeric covariate enters the linear model with one slope per bin, which sums of
z, zz' and zy by bin give exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
_RCOND = 1e-10
_WELL_CONDITIONED = 1e-7


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the design: an intercept (no factors), a level of one factor, or a pair
    of levels of two. `factors` and `levels` are indices."""

    factors: tuple[int, ...]
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """Dummies of the cells: `matrix` is cells × terms, sparse."""

    terms: tuple[Term, ...]
    matrix: sparse.csr_matrix


def build_design(
    codes: Codes,
    sizes: Sequence[int],
    smaller_arm: Array,
    *,
    support: float,
    most: int,
    pairs_first: Sequence[tuple[int, int]],
) -> Design:
    """Main effects and the pairs of levels that the cells support.

    `codes` is cells × factors; level 0 of each factor is the reference. `smaller_arm` counts
    the cell's rows of each arm (cells × 2). A pair of levels has a column of its own where
    both arms hold at least `support` rows; pairs of factors are added in the order of
    `pairs_first` while there are at most `most` columns.
    """
    rows = len(codes)
    terms = [Term((), ())]
    columns: list[Codes] = [np.arange(rows)]
    for f, size in enumerate(sizes):
        for level in range(1, size):
            at = np.flatnonzero(codes[:, f] == level)
            if len(at):
                terms.append(Term((f,), (level,)))
                columns.append(at)
    for f, g in pairs_first:
        key = codes[:, f] * sizes[g] + codes[:, g]
        counted = np.stack(
            [np.bincount(key, arm, minlength=sizes[f] * sizes[g]) for arm in smaller_arm.T]
        )
        held = [
            (i, j)
            for i in range(1, sizes[f])
            for j in range(1, sizes[g])
            if counted[:, i * sizes[g] + j].min() >= support
        ]
        if len(terms) + len(held) > most:
            break
        for i, j in held:
            terms.append(Term((f, g), (i, j)))
            columns.append(np.flatnonzero(key == i * sizes[g] + j))
    index = np.concatenate(columns)
    pointer = np.cumsum([0, *(len(c) for c in columns)])
    matrix = sparse.csc_matrix(
        (np.ones(len(index)), index, pointer), shape=(rows, len(terms))
    ).tocsr()
    return Design(tuple(terms), matrix)


def fit_logistic(design: Design, total: Array, ones: Array) -> Array:
    """Fitted probabilities of the cells: `ones` of `total`; maximum likelihood by Newton.

    Where levels separate perfectly the probability goes to 0 or 1, as it should: such cells
    carry no overlap weight.
    """
    x = design.matrix
    beta = np.zeros(x.shape[1])
    p = np.full(x.shape[0], ones.sum() / total.sum())
    beta[0] = np.log(p[0] / (1 - p[0]))
    last = np.inf
    for _ in range(40):
        weight = total * p * (1 - p)
        step = solve(gram(x, weight), np.asarray(x.T @ (ones - total * p)))
        beta += np.clip(step, -4, 4)
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        inside = np.clip(p, 1e-12, 1 - 1e-12)
        deviance = -2 * float((ones * np.log(inside) + (total - ones) * np.log(1 - inside)).sum())
        if abs(last - deviance) <= 1e-11 * (abs(deviance) + 1):
            break
        last = deviance
    return p


def gram(x: sparse.csr_matrix, weight: Array) -> Array:
    """Xᵀ diag(weight) X, dense."""
    return np.asarray((x.T @ x.multiply(weight[:, None]).tocsr()).todense())


def solve(matrix: Array, right: Array) -> Array:
    """Least-norm solution of a symmetric system, blind to the columns' scales."""
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    scale[np.diag(matrix) <= 0] = 1.0
    scaled = matrix / np.outer(scale, scale)
    if _independent(scaled):
        return np.asarray(np.linalg.solve(scaled, right / scale) / scale)
    values, vectors = np.linalg.eigh(scaled)
    kept = values > _RCOND * max(values.max(), 1e-300)
    projected = vectors[:, kept].T @ (right / scale)
    return np.asarray((vectors[:, kept] @ (projected / values[kept])) / scale)


def _independent(scaled: Array) -> bool:
    """Whether no column is nearly a sum of those before it: squared pivots of the Cholesky factor are what they
    leave of it. Then there is one solution, found in a fraction of the time."""
    try:
        pivots = np.diag(np.linalg.cholesky(scaled))
    except np.linalg.LinAlgError:
        return False
    return bool(pivots.min() ** 2 > _WELL_CONDITIONED)


def rank(matrix: Array) -> int:
    """Number of independent columns behind a Gram matrix."""
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    values = np.linalg.eigvalsh(matrix / np.outer(scale, scale))
    return int((values > _RCOND * values.max()).sum())


@dataclass(frozen=True, slots=True)
class SlopeSums:
    """Sums of one arm that slopes per bin need.

    `factor_of`: the factor (its bins) each numeric belongs to. `z`: cells × numerics, Σz.
    `zz[j][k]`: Σ z_j z_k by bin of j × bin of k. `zy[j]`: Σ z_j y by bin of j.
    """

    factor_of: tuple[int, ...]
    z: Array
    zz: dict[tuple[int, int], Array]
    zy: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class LinearSystem:
    """Normal equations of dummies and slopes: `gram` β = `moment`; `slopes` names the slope
    columns that follow the design's as (numeric, bin)."""

    gram: Array
    moment: Array
    slopes: tuple[tuple[int, int], ...]


def linear_system(
    design: Design, codes: Codes, sizes: Sequence[int], n: Array, y: Array, sums: SlopeSums
) -> LinearSystem:
    """Normal equations of one arm from its cell sums `n`, `y` and the slopes' sums."""
    x = design.matrix
    slopes = tuple((j, b) for j, f in enumerate(sums.factor_of) for b in range(1, sizes[f]))
    p, q = x.shape[1], len(slopes)
    whole = np.zeros((p + q, p + q))
    whole[:p, :p] = gram(x, n)
    moment = np.zeros(p + q)
    moment[:p] = x.T @ y
    for c, (j, b) in enumerate(slopes):
        here = codes[:, sums.factor_of[j]] == b
        crossed = x.T @ np.where(here, sums.z[:, j], 0.0)
        whole[:p, p + c] = whole[p + c, :p] = crossed
        moment[p + c] = sums.zy[j][b]
        for d in range(c, q):
            k, b2 = slopes[d]
            if j == k:
                value = sums.zz[j, j][b, b] if b == b2 else 0.0
            else:
                value = sums.zz[j, k][b, b2]
            whole[p + c, p + d] = whole[p + d, p + c] = value
    return LinearSystem(whole, moment, slopes)


@dataclass(frozen=True, slots=True)
class LinearFit:
    """`level`: the cells' dummy part of the fitted mean; `slope`: cells × numerics, the
    slope that holds in the cell's bin."""

    level: Array
    slope: Array


def fit_linear(
    design: Design, codes: Codes, system: LinearSystem, factor_of: Sequence[int]
) -> LinearFit:
    """Least squares from the normal equations."""
    beta = solve(system.gram, system.moment)
    p = design.matrix.shape[1]
    level = np.asarray(design.matrix @ beta[:p])
    slope = np.zeros((len(codes), len(factor_of)))
    for c, (j, b) in enumerate(system.slopes):
        slope[codes[:, factor_of[j]] == b, j] = beta[p + c]
    return LinearFit(level, slope)


def robustness_value(
    treated: LinearSystem, control: LinearSystem, squares: float, n: int, ones: float
) -> float:
    """Partial R² that a hidden cause needs with both action and outcome to erase the linear
    estimate (Cinelli & Hazlett 2020, eq. 18, q = 1): RV = ½(√(f⁴+4f²) − f²), f = |t|/√df.

    The model is outcome on action, dummies and slopes; `squares` = Σy² of both arms, `ones`
    the (weighted) rows of the treated arm, `n` the number of rows.
    """
    inside = treated.gram + control.gram
    with_action = treated.gram[0]
    size = len(inside) + 1
    whole = np.zeros((size, size))
    whole[1:, 1:] = inside
    whole[0, 0], whole[0, 1:], whole[1:, 0] = ones, with_action, with_action
    moment = np.concatenate([[treated.moment[0]], treated.moment + control.moment])
    beta = solve(whole, moment)
    df = n - rank(whole)
    unit = np.zeros(size)
    unit[0] = 1.0
    spread = float(solve(whole, unit)[0])
    residual = max(squares - float(beta @ moment), 0.0)
    if df <= 0 or spread <= 0 or residual <= 0:
        return float("nan")
    f = abs(float(beta[0])) / np.sqrt(residual / df * spread) / np.sqrt(df)
    return float((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def e_value(ratio: float) -> float:
    """Risk ratio a hidden cause needs with both sides to explain a risk ratio away
    (VanderWeele & Ding 2017)."""
    r = max(ratio, 1 / ratio)
    return float(r + np.sqrt(r * (r - 1)))
