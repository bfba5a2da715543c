"""An interval ends where what it is of ends."""

from __future__ import annotations

import pytest

from takeup.stats.answer import Estimate


def estimate(value: float, low: float, high: float, unit: str) -> Estimate:
    return Estimate(value, low, high, 0.95, 12, "few people", "paired", unit=unit, p=0.4)


@pytest.mark.parametrize(
    ("unit", "told"), [("points", (-1.0, 0.9)), ("share", (0.0, 0.9)), ("EUR", (-1.06, 0.9))]
)
def test_no_interval_is_wider_than_its_figure_can_be(unit, told):
    found = estimate(0.1, -1.06, 0.9, unit)
    assert (found.low, found.high) == told
    assert found.p == 0.4


def test_a_figure_beyond_what_is_possible_stays_inside_its_interval():
    """A model of shares may point a little below none; the interval then begins there."""
    found = estimate(-0.02, -0.1, 0.06, "share")
    assert (found.low, found.high) == (-0.02, 0.06)
