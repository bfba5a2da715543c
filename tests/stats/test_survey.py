"""Scales: reversed items, careless answers, reliability, agreement of coders."""

from __future__ import annotations

import numpy as np
import pytest

from takeup.stats.survey import (
    cohens_kappa,
    reliability,
    scale_scores,
    straight_liners,
    turned,
)


def test_reversed_items_are_turned_round_and_blanks_stay_blank():
    answers = np.array([[1.0, 5.0, np.nan]])
    found = turned(answers, np.array([False, True, True]))
    assert found[0, 0] == 1
    assert found[0, 1] == 1
    assert np.isnan(found[0, 2])


def test_one_answer_to_everything_is_careless_whatever_is_blank():
    answers = np.array([[3.0, 3, 3, 3], [3, 3, np.nan, 3], [3, 3, 4, 3], [np.nan] * 4])
    assert straight_liners(answers).tolist() == [True, True, False, False]


def test_a_scale_needs_three_of_its_four_items():
    answers = np.array([[4.0, 4, 4, np.nan], [4, np.nan, np.nan, 4]])
    found = scale_scores(answers, np.zeros(4, int), 1, 3)
    assert found[0, 0] == 4
    assert np.isnan(found[1, 0])


def test_omega_is_that_of_the_loadings_and_alpha_is_below_it_where_they_differ():
    rng = np.random.default_rng(1)
    loading = np.array([0.9, 0.8, 0.6, 0.4])
    items = rng.normal(0, 1, (60_000, 1)) * loading + rng.normal(0, 1, (60_000, 4)) * np.sqrt(
        1 - loading**2
    )
    found = reliability(items)
    true = loading.sum() ** 2 / (loading.sum() ** 2 + (1 - loading**2).sum())
    assert found.omega == pytest.approx(true, abs=0.01)
    assert found.alpha < found.omega
    assert np.isnan(reliability(items[:5]).omega)


def test_kappa_is_the_textbook_figure():
    first = np.array(["a"] * 25 + ["b"] * 25)
    second = np.array(["a"] * 20 + ["b"] * 5 + ["a"] * 10 + ["b"] * 15)
    assert cohens_kappa(first, second) == pytest.approx(0.4)
    assert cohens_kappa(first, first) == 1
    assert np.isnan(cohens_kappa(first[:0], second[:0]))
