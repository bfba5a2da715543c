"""Errors by person hold where persons are few and unequal."""

from __future__ import annotations

import numpy as np
import pytest

from takeup.stats.clusters import clustered_difference, clustered_ratio, stratified_ratio
from takeup.stats.jackknife import jackknife


def programme(rng: np.random.Generator, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sizes of unequal persons whose decisions are alike; the true mean is 0."""
    size = np.round(20 * rng.pareto(1.8, people) + 10)
    mean = rng.normal(0, 0.5, people)
    return size * mean + np.sqrt(size) * rng.normal(0, 1, people), size


@pytest.mark.parametrize("people", [12, 20, 60])
def test_interval_covers_with_few_and_unequal_persons_where_the_plain_one_does_not(people):
    """1,500 programmes: an interval that covers 95 % fails in under 1 of 10,000 runs on new seeds, one
    that covers 91 % in 99.7 %."""
    rng = np.random.default_rng(people)
    covered, plain = [], []
    for _ in range(1_500):
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


def two_populations(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People of two fixed populations far apart in their mean; how much each decides is random."""
    population = np.repeat(["few", "many"], [18, 30])
    size = rng.poisson(rng.gamma(2, 10, 48)) + 1.0
    chance = np.clip(np.where(population == "few", 0.8, 0.4) + rng.normal(0, 0.05, 48), 0, 1)
    return rng.binomial(size.astype(int), chance).astype(float), size, population


def test_the_difference_between_fixed_populations_is_no_sampling_error():
    """1,500 programmes: an interval that covers 95.4 % fails in under 1 of 10,000 runs on new seeds, one
    that covers 91 % in 99.7 %; the unstratified one covers 99.7 %, 8 errors from what is asserted."""
    rng = np.random.default_rng(4)
    drawn = [two_populations(rng) for _ in range(1_500)]
    within = [stratified_ratio(*one) for one in drawn]
    truth = np.mean([found.value for found in within])
    covered = [low <= truth <= high for low, high in (f.interval(0.95) for f in within)]
    assert 0.93 <= np.mean(covered) <= 0.975
    over = [clustered_ratio(a, s).interval(0.95) for a, s, _ in drawn]
    assert np.mean([low <= truth <= high for low, high in over]) > 0.985


def test_one_stratum_is_the_jackknife_over_people():
    a, s, _ = two_populations(np.random.default_rng(5))
    found = stratified_ratio(a, s, np.full(len(a), "all"))
    left_out = jackknife(np.column_stack([a, s]), lambda sums: np.array([sums[0] / sums[1]]))
    assert found.value == pytest.approx(left_out.value[0])
    assert found.se == pytest.approx(left_out.se[0], rel=0.01)


@pytest.mark.parametrize("alone", [1, 2])
def test_a_population_of_one_or_two_is_taken_with_another(alone):
    a, s, population = two_populations(np.random.default_rng(6))
    population = population.astype("<U8")
    population[:alone] = "tiny"
    found = stratified_ratio(a, s, population)
    assert found.value == pytest.approx(a.sum() / s.sum())
    assert found.se > 0
    assert found.df > 10
