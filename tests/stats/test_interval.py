"""Intervals of one look and of all looks."""

from __future__ import annotations

import pytest
from scipy.stats import t

from takeup.stats.anytime import clustered_half_width
from takeup.stats.interval import Interval


def test_what_is_looked_at_once_has_the_t_interval():
    low, high = Interval(0.95).around(1.0, 0.5, 11, 400)
    assert (high - low) / 2 == pytest.approx(0.5 * t.ppf(0.975, 11))
    assert (low + high) / 2 == pytest.approx(1.0)


def test_what_is_looked_at_again_has_the_sequence_and_says_so():
    daily = Interval(0.95, expected=1_000)
    assert daily.half(0.5, 11, 400) == clustered_half_width(
        0.5, 400, 11, confidence=0.95, expected=1_000
    )
    assert daily.named("difference in means") == "difference in means; holds at every look"
    assert Interval(0.95).named("difference in means") == "difference in means"


def test_a_sequence_is_about_half_as_wide_again_within_two_orders_of_size():
    """Looking again has a price, and its tuning matters little: 1,000 to 100,000 cases."""
    once, daily = Interval(0.95), Interval(0.95, expected=1_000)
    for n in (1_000, 10_000, 100_000):
        assert 1.5 < daily.half(1.0, 1e9, n) / once.half(1.0, 1e9, n) < 1.9


def test_of_several_each_is_told_by_its_part_of_the_error():
    assert Interval(0.95).of(10).confidence == pytest.approx(0.995)
    assert Interval(0.95).of(0).confidence == pytest.approx(0.95)
