"""The quantiles are those of scipy.stats."""

from __future__ import annotations

import pytest
from scipy import stats

from takeup.stats.quantiles import (
    beta_quantile,
    chi2_tail,
    normal_quantile,
    normal_tail,
    t_half_width,
)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("df", [1.0, 7.3, 40, 1_000_000])
def test_quantiles_and_tails_equal_those_of_scipy_stats(confidence, df):
    p = 0.5 + confidence / 2
    assert t_half_width(confidence, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-9)
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), rel=1e-12)
    assert normal_tail(p) == pytest.approx(stats.norm.sf(p), rel=1e-12)
    assert beta_quantile(p, 3.5, df + 0.5) == pytest.approx(
        stats.beta.ppf(p, 3.5, df + 0.5), rel=1e-9
    )
    assert chi2_tail(p * 9, 5) == pytest.approx(stats.chi2.sf(p * 9, 5), rel=1e-12)
