"""Figures that stand in no table of groups, where few people are behind them, or behind what they leave."""

from __future__ import annotations

import random
import re
from collections.abc import Collection

import pandas as pd
import pytest

import takeup
from takeup.record.use_case import UseCase
from tests.disclosure.programmes import Programme, reason_of_one


def measures(table: pd.DataFrame) -> dict:
    return takeup.diagnose(table).document("share")["diagnoses"][0]["measures"]


def four_who_override() -> pd.DataFrame:
    p = Programme(2)
    for who in range(25):
        p.add("north", who, 40, 1.0, lambda _, who=who: 0.5 if who < 4 else 0.0)
    return p.table


def test_how_far_people_differ_is_not_told_where_how_often_they_override_is_hidden():
    """Four of 25 people overrode 78 of 1,000 cases: the mean of people's rates, times the people, is all of it."""
    use = measures(four_who_override())["adoption"]
    assert use["override_rate"]["status"] == "suppressed"
    assert use["override_spread"]["status"] == "suppressed"


def test_a_quartile_is_nobodys_exact_rate():
    """Of 21 people the quartiles are the sixth's, the eleventh's and the sixteenth's own rates."""
    p = Programme(3)
    for who in range(21):
        p.add("north", who, 37, 1.0, lambda _, who=who: 0.05 + who / 40)
    spread = measures(p.table)["adoption"]["override_spread"]
    for name in ("mean", "median", "lower_quartile", "upper_quartile"):
        assert round(spread[name] * 100, 6) % 5 == 0, name


@pytest.mark.parametrize("blank", [True, False], ids=["one has none", "one alone has it"])
def test_the_models_confidence_counts_nobody(blank):
    """How many followed cases have the model's confidence, or have none, are one person's."""
    p = Programme(4)
    for who in range(25):
        p.add("north", who, 40)
    rows = p.table
    own = rows.person_id == "north-6"
    rows["confidence"] = rows.index % 10 / 10.0
    rows.loc[own if blank else ~own, "confidence"] = None
    assert measures(rows)["adoption"]["confidence_by_action"] == {}
    rows["confidence"] = rows.index % 10 / 10.0
    assert "followed" in measures(rows)["adoption"]["confidence_by_action"]


def test_rows_that_contradict_their_action_are_not_counted_where_they_are_few_peoples():
    p = Programme(4)
    for who in range(25):
        p.add("north", who, 40)
    rows = p.table
    rows["action"] = None
    followed = rows.consulted & (rows.choice == rows.recommendation)
    rows.loc[followed, "action"] = "followed"
    own = followed & (rows.person_id == "north-6")
    rows.loc[own, "action"] = "overridden"
    analyst = takeup.diagnose(rows).document()["diagnoses"][0]["measures"]["adoption"]
    assert analyst["contradictions"] is None
    assert measures(rows)["adoption"]["contradictions"] is None
    rows.loc[followed, "action"] = "overridden"
    assert measures(rows)["adoption"]["contradictions"] == followed.sum()


def test_no_sign_of_a_reason_counts_who_gave_it():
    """Two overrides of one person carry a reason that nobody else gave: a share of 166 overrides of 0.012."""
    rows = reason_of_one()
    population = measures(rows)["resistance"]["populations"][0]
    scored = population["scored"]
    signs = [s for of in scored["terms"].values() for s in of["signatures"]]
    told = [s for s in signs if s.get("value") is not None]
    assert told
    for sign in told:
        steps = sign["value"] / 0.05
        assert abs(steps - round(steps)) < 1e-6 or abs(steps * 2 - round(steps * 2)) < 1e-6
        assert sign["n"] % 50 == 0
    rows.loc[rows.override_reason == "professional_duty_ethics", "override_reason"] = "other"
    other = measures(rows)["resistance"]["populations"][0]["scored"]
    assert other["evidence"] == scored["evidence"]
    assert other["terms"] == scored["terms"]


RESTS_ON_TRUTH = (
    "model_issue",
    "paired",
    "reliance",
    "comparison",
    "blind_spots",
    "people",
    "team",
)


def judged_programme(judged: Collection[str]) -> pd.DataFrame:
    """Two populations of 24; the right answer is known of the decisions of those who are `judged`."""
    rng = random.Random(7)
    p = Programme(7)
    for population in ("north", "south"):
        for who in range(24):
            p.add(population, who, 60, override=lambda _: 0.3, x_kind="xy"[who % 2])
    rows = p.table
    other = {"approve": "decline", "decline": "approve"}
    right = [a if rng.random() < 0.8 else other[a] for a in rows.recommendation]
    first = [a if rng.random() < 0.6 else other[a] for a in rows.recommendation]
    return rows.assign(
        correct_choice=pd.Series(right, index=rows.index).where(rows.person_id.isin(judged)),
        initial_choice=first,
    )


def told_of(table: pd.DataFrame) -> dict:
    use_case = UseCase(name="loans", segment=["x_kind"])
    document = takeup.diagnose(table, use_case=use_case).document("share")
    return document["diagnoses"][0]["measures"]


def everybody(population: str) -> set[str]:
    return {f"{population}-{who}" for who in range(24)}


def test_what_rests_on_the_right_answers_of_three_people_is_not_told():
    """Their cases, overrides and who of them was right stood in eight measures, as `people: 3`."""
    rows = judged_programme({"north-3", "north-4", "south-3"})
    measures = told_of(rows)
    for name in RESTS_ON_TRUTH:
        assert measures[name]["status"] == "suppressed", name
    assert measures["expert_benchmark"]["status"] == "suppressed"
    ledger = measures["override_ledger"]
    assert ledger["lines"]
    for line in (ledger["total"], *ledger["lines"]):
        assert (line["human_knew"], line["model_right"]) == (0, 0)
    for of in measures["ladder"]["populations"]:
        assert of["benchmark"] is None
    for of in measures["resistance"]["populations"]:
        distrust = of["scored"]["terms"]["TD"]["signatures"][0]
        assert (distrust["rule"]["id"], distrust["value"]) == ("td_blanket", None)


def test_a_population_in_which_one_is_judged_is_told_of_nowhere_and_not_by_subtraction():
    """All of south and one of north: of both, or of all, none is told."""
    measures = told_of(judged_programme(everybody("south") | {"north-3"}))
    issues = measures["model_issue"]
    assert {s["scope"] for s in issues["scopes"]} == {"all"}
    assert {s["scope"] for s in issues["segments"]} <= {"all"}
    for population in measures["paired"]["groups"].get("population", ()):
        assert population["person_right"]["status"] == "suppressed"
    assert measures["people"]["populations"] == []
    assert measures["expert_benchmark"] == []


@pytest.mark.parametrize("unjudged", [{"north-3"}, {"north-3", "north-4", "south-3"}])
def test_where_all_but_a_few_peoples_decisions_are_judged_nothing_rests_on_the_right_answers(
    unjudged,
):
    """2,880 cases and 2,820 judged ones: sixty are one person's, and how many of these were overridden followed, too."""
    measures = told_of(judged_programme((everybody("south") | everybody("north")) - unjudged))
    for name in RESTS_ON_TRUTH:
        assert measures[name]["status"] == "suppressed", name
    assert "status" not in measures["adoption"]["override_rate"]


def test_of_a_population_in_which_all_but_one_are_judged_nothing_is_told_nor_by_subtraction():
    """Half of south is judged, so the whole tells nothing of the one in north; north's own figures, or south's beside those
    of all, would."""
    half = {f"south-{who}" for who in range(12)}
    measures = told_of(judged_programme(everybody("north") - {"north-3"} | half))
    assert {s["scope"] for s in measures["model_issue"]["scopes"]} == {"all"}
    assert measures["people"]["populations"] == []


def test_a_few_cases_that_are_not_judged_are_nobodys_where_their_people_are_judged_as_a_rule():
    rows = judged_programme(everybody("south") | everybody("north"))
    rows.loc[rows.index[::700], "correct_choice"] = None
    measures = told_of(rows)
    assert rows.correct_choice.isna().sum() < 8
    for name in RESTS_ON_TRUTH:
        assert "status" not in measures[name], name


def test_where_all_are_judged_all_is_told():
    measures = told_of(judged_programme(everybody("south") | everybody("north")))
    for name in RESTS_ON_TRUTH:
        assert "status" not in measures[name], name
    assert {s["scope"] for s in measures["model_issue"]["scopes"]} == {"all", "north", "south"}
    assert len(measures["expert_benchmark"]) == 2


def test_outcomes_of_few_people_are_not_compared():
    rows = judged_programme(everybody("south") | everybody("north"))
    rows["outcome"] = (rows.index % 3 > 0).astype(float)
    assert "outcome" in told_of(rows)["comparison"]["by_outcome"]
    few = rows.person_id.isin(["north-3", "north-4", "south-3"])
    rows.loc[~few, "outcome"] = None
    compared = told_of(rows)["comparison"]["by_outcome"]
    assert "correctness" in compared
    assert "outcome" not in compared


def test_no_condition_counts_the_cases_of_two_people_in_figures_or_words():
    """`5 wrong and 37 right judged cases now`, and 48 of 624 decisions whose end is known."""
    rows = judged_programme({"north-3", "north-4"})
    judged = rows[rows.correct_choice.notna()]
    seen = int(judged.consulted.sum())
    for population in told_of(rows)["conditions"]["populations"]:
        found = {i["id"]: i for c in population["conditions"] for i in c["indicators"]}
        assert found["C4.5"]["figure"]["status"] in ("suppressed", "insufficient")
        told = str(found["C4.1"]) + str(found["C4.5"])
        if population["population"] == "north":
            assert found["C4.1"]["figure"]["status"] in ("suppressed", "not_instrumented")
            assert "judged cases" not in told
            assert not {str(len(judged)), str(seen)} & set(re.findall(r"\d+", told))
