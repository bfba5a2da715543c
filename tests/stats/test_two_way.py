"""Errors by person and by case, against statsmodels on rows and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from takeup.stats.clusters import Clustered, clustered_ratio
from takeup.stats.rates import share
from takeup.stats.two_way import Crossed


def plain(u: np.ndarray, group: np.ndarray) -> float:
    return float((np.bincount(group, u) ** 2).sum())


def test_the_variance_is_that_of_statsmodels_two_way_clusters():
    rng = np.random.default_rng(1)
    n = 3_000
    person, case = rng.integers(0, 50, n), rng.integers(0, 40, n)
    y = rng.normal(0, 1, 50)[person] + rng.normal(0, 1, 40)[case] + rng.normal(0, 1, n)
    groups = np.column_stack([person, case])
    fit = sm.OLS(y, np.ones(n)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    u = (y - y.mean()) / n
    both = plain(u, np.unique(person * 1_000 + case, return_inverse=True)[1])
    found = Crossed(plain(u, case), both, 40.0).variance(plain(u, person))
    assert found == pytest.approx(float(fit.cov_params()[0, 0]), rel=1e-9)


def test_it_is_never_less_than_that_by_person_or_by_case_alone():
    assert Crossed(by_case=1.0, by_both=5.0, cases=9.0).variance(2.0) == 2.0
    assert Crossed(by_case=3.0, by_both=5.0, cases=9.0).variance(2.0) == 3.0


def test_degrees_of_freedom_are_those_of_the_fewer():
    found = Crossed(0.02, 0.001, 10.0).widened(Clustered(0.7, 0.1, 199.0, 200.0))
    assert found.df == 9.0
    assert found.effective == 10.0
    assert found.se == pytest.approx((0.01 + 0.02 - 0.001) ** 0.5)


def test_what_is_right_of_the_same_cases_for_all_covers_what_is_right_of_such_cases():
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        cases, people = 16, 60
        chance = rng.beta(4, 2, cases)
        right = rng.random((people, cases)) < chance
        k, n = right.sum(1).astype(float), np.full(people, float(cases))
        by_case = clustered_ratio(right.sum(0).astype(float), np.full(cases, float(people)))
        u = (right - right.mean()) / right.size
        seen = Crossed(by_case.se**2, float((u**2).sum()), by_case.effective)
        found = share(k, n, 0.95, crossed=seen)
        held += found.low <= 4 / 6 <= found.high
    assert 0.92 <= held / 400 <= 0.985


def test_of_cases_that_all_got_right_there_are_as_many_as_cases():
    seen = Crossed(0.0, 0.0, 10.0)
    found = share(np.full(200, 10.0), np.full(200, 10.0), 0.95, crossed=seen)
    assert found.value == 1.0
    assert found.low < 0.85
