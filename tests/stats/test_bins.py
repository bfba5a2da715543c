"""Quantile bins from counts: of like size, in order, the same whatever the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from takeup.stats.bins import bin_names, gap_edges, quantile_edges, support_edges


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=300), st.integers(2, 12))
def test_edges_part_the_values_into_at_most_that_many_bins(values, bins):
    array = np.array(values, float)
    edges = quantile_edges(array, np.ones(len(array)), bins)
    assert len(edges) < bins or len(set(values)) <= bins
    assert list(edges) == sorted(set(edges))
    codes = (array[:, None] > np.array(edges)).sum(1)
    assert set(codes) == set(range(len(edges) + 1))
    assert len(bin_names(edges)) == len(edges) + 1


@given(st.lists(st.integers(0, 50), min_size=5, max_size=200), st.randoms())
def test_edges_do_not_depend_on_the_order_of_rows(values, chance):
    array = np.array(values, float)
    mixed = np.array(chance.sample(values, len(values)), float)
    one = quantile_edges(array, np.ones(len(array)), 5)
    assert one == quantile_edges(mixed, np.ones(len(mixed)), 5)


def test_continuous_values_fall_into_bins_of_like_size():
    values = np.random.default_rng(1).normal(0, 1, 10_000)
    edges = quantile_edges(values, np.ones(len(values)), 10)
    sizes = np.bincount((values[:, None] > np.array(edges)).sum(1))
    assert len(sizes) == 10
    assert abs(sizes - 1_000).max() <= 2


def test_an_edge_lies_in_each_wide_gap_that_rows_lie_on_both_sides_of():
    values = np.array([1.0, 2, 3, 300, 301, 900])
    counts = np.array([50.0, 50, 50, 40, 40, 2])
    assert gap_edges(values, counts, 50, 0.01) == (151.5,)
    assert gap_edges(values[::-1], counts[::-1], 50, 0.01) == (151.5,)
    assert gap_edges(values, counts, 500, 0.01) == ()


def test_edges_of_support_lie_where_one_arm_ends_and_the_other_surely_goes_on():
    values = np.arange(1.0, 101)
    everywhere, below = np.full(100, 20.0), np.where(values <= 45, 5.0, 0)
    assert support_edges(values, everywhere, below, 0.01) == (45.5,)
    assert support_edges(values, below, everywhere, 0.01) == (45.5,)
    assert support_edges(values, everywhere, np.where(values > 60, 5.0, 0), 0.01) == (60.5,)
    # The ends of few are nearer together by chance.
    rare = np.isin(values, [4, 30, 70, 93]) * 1.0
    assert support_edges(values, everywhere, rare, 0.01) == ()
