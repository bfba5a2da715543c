"""Lin's adjustment from moments equals the regression on rows."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from takeup.stats.linear import ArmMoments, difference_in_means, lin_difference


def _arms(x: np.ndarray, y: np.ndarray, treated: np.ndarray) -> tuple[ArmMoments, ArmMoments]:
    z = np.column_stack([np.ones(len(y)), x, y])
    return tuple(
        ArmMoments(z[rows].T @ z[rows], float(rows.sum()), int(rows.sum()))
        for rows in (treated, ~treated)
    )


def test_lin_estimate_equals_the_interacted_regression() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 3))
    treated = rng.random(500) < 0.4
    y = x @ [1.0, -2.0, 0.5] + treated * (0.3 + x[:, 0]) + rng.normal(size=500)
    found = lin_difference(*_arms(x, y, treated))
    centred = x - x.mean(axis=0)
    t = treated[:, None].astype(float)
    fit = sm.OLS(y, np.hstack([np.ones((500, 1)), t, centred, t * centred])).fit()
    assert found.value == pytest.approx(fit.params[1], abs=1e-10)
    assert found.se == pytest.approx(fit.bse[1], rel=0.05)


def test_difference_in_means_has_neymans_standard_error() -> None:
    rng = np.random.default_rng(2)
    treated = rng.random(300) < 0.5
    y = rng.normal(size=300) + treated
    found = difference_in_means(*_arms(np.empty((300, 0)), y, treated))
    a, b = y[treated], y[~treated]
    assert found.value == pytest.approx(a.mean() - b.mean())
    assert found.se == pytest.approx(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))


def _units(x: np.ndarray, y: np.ndarray, unit: np.ndarray) -> ArmMoments:
    z = np.column_stack([np.ones(len(y)), x, y])
    sums = np.array([z[unit == u].sum(0) for u in np.unique(unit)])
    return ArmMoments(z.T @ z, float(len(y)), len(y), sums)


def test_units_are_spent_on_covariates_that_are_constant_within_them_and_on_no_others() -> None:
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(20), 50)
    y = rng.normal(size=1000) + rng.normal(size=20)[unit]
    constant = (np.arange(20) % 2)[unit].astype(float)[:, None]
    free = {}
    for name, x in (("constant", constant), ("varying", rng.normal(size=(1000, 1)))):
        arm = _units(x, y, unit)
        free[name] = lin_difference(arm, arm).df / 2
    assert free["constant"] == pytest.approx(20 - 1 - 1)
    assert 18.8 < free["varying"] <= 19


def test_errors_of_unequal_units_are_those_of_cr2_by_hand() -> None:
    """Bell and McCaffrey's adjustment and degrees of freedom from their definition, on the rows."""
    rng = np.random.default_rng(4)
    sizes = np.array([4, 9, 2, 15, 6, 3, 8])
    unit = np.repeat(np.arange(7), sizes)
    treated = unit < 3
    y = rng.normal(size=len(unit)) + rng.normal(size=7)[unit]
    arms = [_units(np.empty((rows.sum(), 0)), y[rows], unit[rows]) for rows in (treated, ~treated)]
    found = difference_in_means(*arms)
    x = np.column_stack([np.ones(len(y)), treated])
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    residual = y - hat @ y
    meat, columns = np.zeros((2, 2)), []
    for u in range(7):
        rows = unit == u
        values, vectors = np.linalg.eigh(np.eye(rows.sum()) - hat[np.ix_(rows, rows)])
        adjusted = vectors @ np.diag(values**-0.5) @ vectors.T
        score = x[rows].T @ adjusted @ residual[rows]
        meat += np.outer(score, score)
        columns.append((np.eye(len(y)) - hat)[:, rows] @ adjusted @ x[rows] @ bread[:, 1])
    gamma = np.array(columns) @ np.array(columns).T
    assert found.se == pytest.approx(np.sqrt((bread @ meat @ bread)[1, 1]), rel=1e-10)
    independent = np.trace(gamma) ** 2 / (gamma**2).sum()
    alike = np.array(columns) @ (unit[:, None] == unit) @ np.array(columns).T
    assert found.df == pytest.approx(min(independent, np.trace(alike) ** 2 / (alike**2).sum()))
    shares = sizes[:3] / sizes[:3].sum(), sizes[3:] / sizes[3:].sum()
    assert found.units == pytest.approx(min(1 / (s**2).sum() for s in shares))
