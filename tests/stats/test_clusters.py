"""Errors by person hold where persons are few and unequal."""

from __future__ import annotations

import numpy as np
import pytest

from takeup.stats.clusters import clustered_difference, clustered_ratio


def programme(rng: np.random.Generator, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sizes of unequal persons whose decisions are alike; the true mean is 0."""
    size = np.round(20 * rng.pareto(1.8, people) + 10)
    mean = rng.normal(0, 0.5, people)
    return size * mean + np.sqrt(size) * rng.normal(0, 1, people), size


@pytest.mark.parametrize("people", [12, 20, 60])
def test_interval_covers_with_few_and_unequal_persons_where_the_plain_one_does_not(people):
    rng = np.random.default_rng(people)
    covered, plain = [], []
    for _ in range(3_000):
        a, s = programme(rng, people)
        found = clustered_ratio(a, s)
        low, high = found.interval(0.95)
        covered.append(low <= 0 <= high)
        u = (a - found.value * s) / s.sum()
        plain.append(abs(found.value) <= 1.96 * np.sqrt((u**2).sum()))
    assert np.mean(covered) >= 0.93
    assert np.mean(plain) < np.mean(covered)
    if people == 12:
        assert np.mean(plain) < 0.90


def test_effective_persons_count_one_who_gives_half_as_what_they_are():
    size = np.array([500.0, *[50.0] * 10])
    assert clustered_ratio(size * 0.3, size).effective == pytest.approx(1 / (0.25 + 10 * 0.05**2))


def test_difference_of_two_arms_is_that_of_their_means():
    found = clustered_difference(
        np.array([4.0, 2.0, 0.0]), np.array([4.0, 4.0, 0.0]),
        np.array([0.0, 1.0, 3.0]), np.array([0.0, 4.0, 4.0]),
    )  # fmt: skip
    assert found.value == pytest.approx(6 / 8 - 4 / 8)
