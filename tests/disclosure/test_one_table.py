"""What travels shows no person, no small group, and none by subtraction."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import takeup
from takeup.disclosure.group_size import without_small_cells
from takeup.disclosure.rounding import rounded
from takeup.record.mapping import Mapping
from takeup.stats.answer import CannotSay, Estimate


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_no_level_holds_one_or_two_people_and_nobody_is_lost(counts):
    merged = without_small_cells(tuple(counts))
    assert not any(0 < n < 3 for n in merged)
    assert sum(merged) in (sum(counts), 0)
    if sum(merged) == 0:
        assert sum(counts) < 3


def test_rounded_rates_hide_counts_and_certainty():
    exact = Estimate(0.0, 0.0, 0.08, 0.95, 40, "m", "descriptive", k=0)
    shown = rounded(exact)
    assert (shown.value, shown.low, shown.high) == (0.05, 0.0, 0.1)
    assert (shown.k, shown.note) == (None, "at most 5 %")
    assert rounded(shown) == shown


@given(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_rounded_rate_lies_in_its_interval_and_neither_says_none_or_all(value, below, above):
    low, high = max(value - below, 0.0), min(value + above, 1.0)
    shown = rounded(Estimate(value, low, high, 0.95, 40, "m", "descriptive"))
    assert 0 <= shown.low <= shown.value <= shown.high <= 1
    # Ends are put on five points to nine digits: 0.4999999999999998 is 0.5.
    assert shown.low <= low + 1e-9
    assert high <= shown.high + 1e-9
    assert 0 < shown.value < 1


def table(people: int, per_person: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(people)
    n = people * per_person
    return pd.DataFrame(
        {
            "person_id": np.repeat([f"secret-{i}" for i in range(people)], per_person),
            "team": np.repeat([f"t{i % 3}" for i in range(people)], per_person),
            "consulted": rng.random(n) < 0.8,
            "recommendation": rng.choice(["yes", "no"], n),
            "choice": rng.choice(["yes", "no"], n),
        }
    )


@pytest.mark.parametrize("people", [3, 12, 26, 40])
def test_no_pseudonym_is_in_anything_that_is_written(people):
    result = takeup.diagnose(table(people))
    for text in (result.to_html(), result.to_json(), result.to_json("share")):
        assert "secret-" not in text


def test_seven_people_are_hidden_in_what_travels_and_answered_for_the_analyst():
    result = takeup.diagnose(table(7))
    assert result.shared[0].measures.adoption.overall.hidden
    assert not result.diagnoses[0].measures.adoption.overall.hidden
    shared = json.loads(result.to_json("share"))["diagnoses"][0]["measures"]
    assert shared["adoption"]["consult_rate"]["status"] == "suppressed"
    assert shared["comparison"]["raw"]["status"] == "suppressed"


def test_persons_unknown_is_suppressed_in_what_travels_with_the_words_why():
    result = takeup.diagnose(table(20).drop(columns=["person_id"]))
    assert result.shared[0].measures.adoption.overall.hidden
    assert "persons unknown" in result.to_html()
    assert isinstance(result.measures().adoption.overall.agreement, Estimate)


def test_published_data_is_shown_in_full_with_its_reason():
    public = Mapping(
        columns={c: c for c in ("person_id", "consulted", "recommendation", "choice")},
        disclosure="public",
        disclosure_reason="published in a journal",
    )
    result = takeup.diagnose(table(3), mapping=public)
    assert not result.shared[0].measures.adoption.overall.hidden
    assert "published in a journal" in result.to_html()


def test_fewer_than_twenty_people_get_rounded_rates_without_counts():
    shared = takeup.diagnose(table(12)).shared[0].measures.adoption.overall
    assert shared.counts == {}
    rate = shared.consult_rate
    assert not isinstance(rate, CannotSay)
    assert rate.k is None
    assert rate.value * 20 == pytest.approx(round(rate.value * 20))
