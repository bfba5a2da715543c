"""Quantile bins from counts: of like size, in order, the same whatever the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from takeup.stats.bins import bin_names, quantile_edges


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
