"""What a report says aloud has passed beside everything else that was looked at."""

from __future__ import annotations

import numpy as np
import pytest
from calibration.strangers.noise import report_of_nothing
from scipy.special import ndtr

from takeup.questions.claim import Claim, chance_of, passed
from takeup.questions.finding import finding
from takeup.stats.answer import Estimate
from takeup.stats.many import discoveries_in_families, simes


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_report_in_which_nothing_differs_says_that_nothing_does(seed):
    """Before, seven reports of ten said something: all three silent in 3 % of draws of seeds."""
    assert report_of_nothing(seed, rows=2_000)["said"] == []


def test_families_in_which_nothing_is_say_something_in_no_more_than_the_rate():
    """One family of one, one of eight alike, one of thirty: 4,000 draws, 5 % exceed 6.1 % in 1 of 1,000."""
    draw = np.random.default_rng(1)
    said = 0
    for _ in range(4_000):
        common = draw.normal(size=8) * 0.6 + draw.normal() * 0.8
        families = {
            "whole": draw.random(1), "alike": 2 * ndtr(-np.abs(common)), "kinds": draw.random(30),
        }  # fmt: skip
        said += any(f.any() for f in discoveries_in_families(families, 0.05).values())
    assert said / 4_000 <= 0.061


def test_families_in_which_nothing_is_stay_silent_beside_many_in_which_much_is():
    """Ten families that speak for certain and five of nothing: 4,000 draws, 5 % exceed 6.1 % in 1 of 1,000. With
    one false discovery rate for all families they spoke in 19 %."""
    draw = np.random.default_rng(3)
    said = 0
    for _ in range(4_000):
        families = {f"true {i}": np.full(3, 1e-9) for i in range(10)}
        families |= {f"empty {i}": draw.random(1 + 7 * (i % 2)) for i in range(5)}
        found = discoveries_in_families(families, 0.05)
        assert all(found[f"true {i}"].all() for i in range(10))
        said += any(found[f"empty {i}"].any() for i in range(5))
    assert said / 4_000 <= 0.061


def test_what_is_there_is_found_beside_many_that_are_nothing():
    draw = np.random.default_rng(2)
    families = {"whole": np.array([1e-5]), "kinds": np.r_[1e-6, 1e-5, draw.random(30)]}
    families |= {f"empty {i}": draw.random(10) for i in range(6)}
    found = discoveries_in_families(families, 0.05)
    assert found["whole"].all()
    assert list(np.flatnonzero(found["kinds"])) == [0, 1]


def test_simes_is_the_p_of_none():
    assert simes(np.array([0.01, 0.5, 0.9])) == pytest.approx(0.03)
    assert simes(np.array([0.2])) == 0.2


def test_the_chance_is_the_one_of_the_interval_or_of_its_end():
    estimate = Estimate(0.5, 0.4, 0.6, 0.95, 100, "m", "descriptive", p=0.003)
    assert chance_of(estimate) == 0.003
    assert chance_of(estimate, 0.6) == pytest.approx(0.05, abs=1e-3)
    assert chance_of(estimate, 0.5) == 1.0


def test_one_of_a_hundred_at_the_usual_five_percent_is_not_said():
    said = finding("model_ahead", "", "t", "x", "paired", 1.0)
    claims = [Claim("kinds", str(i), (i + 1) / 50, said) for i in range(50)]
    assert passed(claims) == frozenset()
    assert passed([Claim("kinds", "0", 0.02, said)]) == {"kinds:0"}
