"""A page that is opened every week of a year tells a difference that is not there in no more than one of
twenty years (`make calibrate` has the share; here that it is not that of one look)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from calibration.strangers.adjusted import USE_CASE
from calibration.strangers.daily import (
    ONCE,
    PAGES,
    overlap_difference,
    year_of_a_draw,
    year_of_following,
    year_on_the_same_cases,
)

import takeup

MANY = " holds at every look"


@pytest.mark.parametrize(
    ("year", "years", "told", "at_one_look"),
    [
        (year_of_a_draw, 16, "heading", "heading_fixed"),
        (year_on_the_same_cases, 30, "told", "fixed"),
        (year_of_following, 100, "told", "fixed"),
    ],
)
def test_a_year_of_looks_at_nothing_tells_nothing(year, years, told, at_one_look):
    """5 % a year: more than these in 1 of 1,000 draws of seeds."""
    found = [year(seed) for seed in range(years)]
    most = {16: 4, 30: 6, 100: 13}[years]
    assert sum(f[told] for f in found) <= most
    assert sum(f[at_one_look] for f in found) > 0.1 * years


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(5)
    n = 3_000
    person, kind = draw.integers(0, 20, n), draw.integers(0, 3, n)
    followed = draw.random(n) > np.array([0.15, 0.3, 0.5])[kind]
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "consulted": True,
            "recommendation": "approve", "choice": np.where(followed, "approve", "decline"),
            "x_kind": np.array(["a", "b", "c"], object)[kind],
            "outcome": (draw.random(n) < 0.8 - 0.15 * kind).astype(float),
        }
    )  # fmt: skip


def compared(rows, settings):
    result = takeup.diagnose(rows, use_case=USE_CASE, only=["comparison"], settings=settings)
    return result.measures().comparison.first, result


def test_the_difference_of_the_calibrated_years_is_the_one_of_the_product(rows):
    person = rows["person_id"].str[1:].astype(int).to_numpy()
    kind = rows["x_kind"].map({"a": 0, "b": 1, "c": 2}).to_numpy()
    followed = (rows["choice"] == "approve").to_numpy(int)
    cells = np.zeros((20, 3, 2, 2))
    np.add.at(cells, (person, kind, followed, 0), 1.0)
    np.add.at(cells, (person, kind, followed, 1), rows["outcome"].to_numpy())
    ours = overlap_difference(cells[..., 0], cells[..., 1])
    first, _ = compared(rows, None)
    assert ours.value == pytest.approx(first.adjusted.value, abs=1e-6)
    assert ours.se == pytest.approx(first.adjusted.se, rel=1e-4)
    assert first.adjusted.high - first.adjusted.value == pytest.approx(
        ONCE.half(ours.se, ours.df, 3_000), rel=1e-4
    )


def test_a_report_that_is_looked_at_again_is_wider_and_every_report_says_which_it_is(rows):
    once, page = compared(rows, None)
    again, pages = compared(rows, PAGES)
    for name in ("raw", "adjusted", "with_readiness"):
        one, other = getattr(once, name), getattr(again, name)
        assert one.value == other.value
        assert 1.4 < (other.high - other.low) / (one.high - one.low) < 2
        assert other.method.endswith(MANY)
        assert not one.method.endswith(MANY)
    assert "Intervals are for one look." in page.to_html()
    assert "Intervals hold at every look" in pages.to_html()
    assert "intervals hold for a single reading" not in pages.to_html()
