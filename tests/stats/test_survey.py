"""Scales: reversed items, careless answers, reliability, agreement of coders."""

from __future__ import annotations

import numpy as np
import pytest

from takeup.stats.survey import (
    acquiescence,
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


def test_leaning_to_yes_is_told_from_holding_what_is_asked():
    """Of 4,000 people who lean by a known amount, on five scales of three plain items and an opposite one."""
    rng = np.random.default_rng(2)
    opposite = np.tile([False, False, False, True], 5)
    scale_of = np.repeat(np.arange(5), 4)
    held = rng.normal(0, 1, (4_000, 5))[:, scale_of] * np.where(opposite, -1, 1)
    leaning = rng.normal(0.6, 0.5, 4_000)
    answers = 3 + held + rng.normal(0, 0.5, held.shape) + leaning[:, None]
    found = acquiescence(answers, opposite, scale_of)
    assert found.mean() == pytest.approx(0.6, abs=0.02)
    # A mean over all items takes what people hold for a leaning: three in four are put plainly.
    naive = answers.mean(1) - 3
    assert np.corrcoef(found, leaning)[0, 1] > np.corrcoef(naive, leaning)[0, 1] + 0.05
    assert abs(np.corrcoef(found, held[:, 0])[0, 1]) < 0.05


def test_without_an_opposite_answered_nobody_is_said_to_lean():
    answers = np.array([[5.0, 5, 5, np.nan], [5, 5, 5, 3], [np.nan] * 4])
    found = acquiescence(answers, np.array([False, False, False, True]), np.zeros(4, int))
    assert found.tolist() == [0.0, 1.0, 0.0]
