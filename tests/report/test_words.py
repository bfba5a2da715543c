"""Figures, kinds of case and populations in words: what is not nothing is not told as nothing, and a name
stands as it is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.disclosure.rounding import rounded
from takeup.drawing.words import (
    about,
    among,
    chance,
    inside,
    odds,
    of_hundred,
    of_kind,
    one_in,
    percent_between,
    plain_number,
    whole_percent,
)
from takeup.record.population import Population
from takeup.report.brief import brief_of
from takeup.report.terminal import summary_lines
from takeup.stats.answer import Estimate
from tests.made_once import made_once

TITLES = {"LO1": "Metro officers", "N": "Team Nord", "b": "Ost"}


def share(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.95, 2000, "counted", "descriptive")


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (share(0.24, 0.21, 0.28), "24 % (21 to 28)"),
        (share(0.001, 0.0001, 0.0033), "0.1 % (0 to 0.3)"),
        (share(0.999, 0.9967, 1.0), "99.9 % (99.7 to 100)"),
        (share(1.0, 0.9985, 1.0), "100 % (99.9 to 100)"),
        (share(0.0047, 0.002, 0.008), "under 1 % (0 to 1)"),
        (share(0.0, 0.0, 0.05), "0 % (0 to 5)"),
    ],
)
def test_a_share_near_nothing_or_all_keeps_the_digits_that_tell_it_apart(estimate, said):
    assert percent_between(estimate).replace("\u00a0", " ") == said


def test_what_is_not_nothing_is_never_told_as_nothing_nor_what_is_not_all_as_all():
    for rare in (0.0005, 0.004):
        assert one_in(rare) == "fewer than one case in 100"
        assert chance(rare) == "fewer than one in 100"
        assert of_hundred(rare) == "fewer than 1 of 100"
        assert whole_percent(rare) == "under 1\u00a0%"
    assert one_in(0.996) == "more than 99 of 100 cases"
    assert odds(0.996) == "more than 99 times in 100"
    assert (chance(0), one_in(0), odds(1)) == ("none", "no case", "every time")


def test_money_is_told_in_full():
    assert [plain_number(x) for x in (2.214, 35.04, 381153.2)] == ["2.21", "35", "381,153"]


def test_a_population_stands_as_it_is_written_unless_its_title_begins_like_a_sentence():
    said = {key: inside(key, TITLES) for key in ("LO1", "N", "b", "Süd", "UK")}
    assert said == {
        "LO1": "metro officers", "N": "Team Nord", "b": "Ost", "Süd": "Süd", "UK": "UK",
    }  # fmt: skip


def test_a_kind_of_case_is_quoted_in_a_sentence_described_where_it_is_no_word_and_never_a_population():
    assert of_kind((("x_kind", "new"),)) == "on “new”"
    assert of_kind((("x_kind", "2024-01-01"),)) == "on kind 2024-01-01"
    assert of_kind((("x_kind", "10"), ("stakes", "low"))) == "on kind 10 and low stakes"
    assert of_kind((("population", "LO1"), ("x_kind", "new")), TITLES) == (
        "among metro officers, on “new”"
    )
    # A level spelt like a population's key is not that population.
    assert of_kind((("x_kind", "LO1"),), TITLES) == "on “LO1”"
    assert among((("x_kind", "LO1"),), TITLES) == "LO1"


def decisions(people: int = 60, each: int = 60, seed: int = 4) -> pd.DataFrame:
    """Advice wrong in half of `Ost` and in one of twenty elsewhere; nine in ten wrong ones are caught."""
    rng = np.random.default_rng(seed)
    n = people * each
    person = np.arange(n) % people
    population = np.array(["Ost", "Süd", "UK"])[person % 3]
    wrong = rng.random(n) < np.where(population == "Ost", 0.5, 0.05)
    over = rng.random(n) < np.where(wrong, 0.9, 0.15)
    truth = rng.choice(["yes", "no"], n)
    other = np.where(truth == "yes", "no", "yes")
    advice = np.where(wrong, other, truth)
    choice = np.where(over, np.where(wrong, truth, other), advice)
    return pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)],
            "person_id": [f"p{i}" for i in person],
            "population": population,
            "mode": "assist",
            "consulted": True,
            "recommendation": advice,
            "choice": choice,
            "correct_choice": truth,
            "x_kind": rng.choice(["new", "old"], n),
        }
    )


@made_once
def told() -> takeup.Result:
    return takeup.diagnose(decisions())


def test_findings_of_one_population_name_it_as_it_is_written_and_as_people():
    titles = [f.title for f in told().findings()]
    assert "Among Ost, people are right more often than the model" in titles
    assert "Among Ost, overrides beat the model" in titles
    assert not [t for t in titles if t.startswith(("On Ost", "On UK", "Among ost", "Among uk"))]
    scopes = {f.title: f.scope for f in told().findings()}
    assert scopes["Among Ost, overrides beat the model"] == "Ost"


def test_what_to_do_first_says_for_whom_where_it_is_for_some():
    result = told()
    (line,) = [t for t in summary_lines(result.diagnoses, result.facts) if "Do first" in t]
    assert line.startswith("  Do first (Ost): ")


def test_why_people_do_not_rely_is_asked_once_and_only_of_what_is_not_recorded():
    result = takeup.diagnose(decisions())
    (one,) = [f for f in result.findings() if f.rule == "reasons_insufficient"]
    assert one.scope == "all"
    assert "records of substitution." in one.text  # Who looked is recorded.
    assert "5 interviews" in one.text
    unsaid = [u for u in brief_of(result.shared[0]).unsaid if "rely" in u.left_open]
    assert [u.left_open for u in unsaid] == [
        "What keeps people from relying on it is not known yet"
    ]


def test_nobody_is_asked_why_they_do_not_rely_on_advice_that_all_follow():
    rows = decisions()
    result = takeup.diagnose(rows.assign(choice=rows["recommendation"]))
    assert not [f for f in result.findings() if f.rule.startswith("reasons_")]
    (why,) = [f for f in brief_of(result.shared[0]).facts if f.label == "Why"]
    assert why.figure == "Hardly anything to explain"


def test_overrides_are_called_rarer_than_experts_would_make_them_only_beyond_their_interval():
    """Overridden at random as often as advice is wrong: too often in the wrong cases, not too seldom."""
    rng = np.random.default_rng(7)
    rows = decisions()
    wrong = rng.random(len(rows)) < 0.13
    over = rng.random(len(rows)) < 0.12
    flip = {"yes": "no", "no": "yes"}
    rows["recommendation"] = rows["correct_choice"].where(~wrong, rows["correct_choice"].map(flip))
    rows["choice"] = rows["recommendation"].where(~over, rows["recommendation"].map(flip))
    found = [f for f in takeup.diagnose(rows).findings() if f.rule == "over_reliance"]
    assert found
    assert all("not clearly rarer" in f.text for f in found)
    assert not [f for f in takeup.diagnose(rows).findings() if f.id.startswith("signal:RR8")]


def test_wrong_advice_is_not_called_followed_where_only_followed_cases_were_judged():
    """Six in ten of the wrong are overridden, and nobody judged those: by what is judged none was ever caught."""
    rng = np.random.default_rng(122)
    rows = decisions()
    wrong = rng.random(len(rows)) < 0.25
    over = rng.random(len(rows)) < np.where(wrong, 0.6, 0.04)
    flip = {"yes": "no", "no": "yes"}
    rows["recommendation"] = rows["correct_choice"].where(~wrong, rows["correct_choice"].map(flip))
    rows["choice"] = rows["recommendation"].where(~over, rows["recommendation"].map(flip))
    rows["correct_choice"] = rows["correct_choice"].where(~over)
    result = takeup.diagnose(rows)
    assert not [f for f in result.findings() if f.rule == "over_reliance"]
    assert not [f for f in result.findings() if f.id.startswith("signal:RR8")]


def test_an_outcome_in_its_own_unit_is_told_by_its_label():
    rng = np.random.default_rng(5)
    rows = decisions().drop(columns="correct_choice")
    over = rows["choice"] != rows["recommendation"]
    rows["outcome"] = 1300 + 300 * over + rng.normal(0, 200, len(rows))
    columns = {c: c for c in rows.columns}
    rule = {"better": "lower", "label": "cost of a case"}
    result = takeup.diagnose(rows, mapping={"columns": columns, "use_case": {"outcome": rule}})
    (one,) = [f for f in result.findings() if f.rule == "association"]
    assert "cost of a case for followed minus overridden" in one.text


def test_a_title_in_another_population_file_is_used_for_people_alone():
    rows = decisions().replace({"x_kind": {"new": "Ost"}})
    titles = {"Ost": Population(title="Metro officers")}
    found = [f.title for f in takeup.diagnose(rows, population=titles).findings()]
    assert any(t.startswith("Among metro officers") for t in found)
    assert not [t for t in found if "on metro" in t.lower()]


def test_a_count_beside_a_share_that_was_rounded_for_few_people_is_told_as_about():
    exact = Estimate(0.82, 0.78, 0.86, 0.95, 1_318, "counted", "descriptive", unit="share", k=1_081)
    assert about(1_318, exact) == "1,318"
    assert about(1_000, rounded(exact)) == "about 1,000"
    assert about(1_000, rounded(replace(exact, value=0.99, high=1.0))) == "about 1,000"
