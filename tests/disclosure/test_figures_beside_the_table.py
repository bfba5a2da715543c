"""Figures of use that stand in no table of cells: circumstances, kinds of case crossed, populations of few people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.disclosure.rounding import to_one_digit
from takeup.record.use_case import UseCase
from tests.disclosure.programmes import Programme


def told_of(table: pd.DataFrame, **declared: object) -> dict:
    result = takeup.diagnose(table, use_case=UseCase(name="loans", **declared))
    return result.document("share")["diagnoses"][0]["measures"]


def seen_on(lookers: int) -> pd.DataFrame:
    """Thirty people look at most advice in their tool; of what stands beside it only a few look at any."""
    p = Programme(6)
    for who in range(30):
        p.add("north", who, 30, surface="in_tool")
        p.add("north", who, 20, 0.6 if who < lookers else 0.0, surface="separate")
    return p.table


@pytest.mark.parametrize(("lookers", "told"), [(1, False), (7, False), (12, True)])
def test_of_a_circumstance_in_which_few_look_it_is_not_told_how_often(lookers, told):
    """All thirty decided such cases; how many were looked at is the share times the cases, and one person's."""
    found = told_of(seen_on(lookers))["not_consulted"]
    assert "status" not in found
    levels = {c["level"] for c in found["circumstances"] if c["name"] == "surface"}
    assert levels == ({"in_tool", "separate"} if told else set())


@pytest.mark.parametrize(("differing", "told"), [(2, False), (15, True)])
def test_of_kinds_of_case_crossed_in_which_few_differ_it_is_not_told_how_often(differing, told):
    """Who looked is unknown; thirty decide high stakes in the south, two of them against the advice."""
    p = Programme(9)
    for who in range(30):
        for place, stakes in (("n", "low"), ("n", "high"), ("s", "low"), ("s", "high")):
            alone = (place, stakes) == ("s", "high")
            often = 0.05 if not alone else 0.9 if who < differing else 0.0
            p.add("north", who, 20, 1.0, lambda _, often=often: often, x_place=place, x_size=stakes)
    rows = p.table.drop(columns=["consulted", "override_reason", "population"])
    found = told_of(rows, segment=["x_place", "x_size"])["disagreement"]
    crossed = [k for k in found["half"] if dict(k["kind"]) == {"x_place": "s", "x_size": "high"}]
    assert found["half"] or not told
    assert bool(crossed) is told


FEW, MANY = 12, 40


def of_two_sizes() -> pd.DataFrame:
    """North is of twelve people, south of forty; the right answer is known."""
    draw = np.random.default_rng(3)
    people = np.repeat(np.arange(FEW + MANY), 71)
    n = len(people)
    correct = draw.choice(["pay", "refuse"], n)
    other = np.where(correct == "pay", "refuse", "pay")
    advised = np.where(draw.random(n) < 0.85, correct, other)
    seen = draw.random(n) < 0.83
    over = seen & (draw.random(n) < 0.17)
    against = np.where(advised == "pay", "refuse", "pay")
    return pd.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(n)], "person_id": [f"p{who}" for who in people],
            "population": np.where(people < FEW, "north", "south"), "mode": "assist", "consulted": seen,
            "recommendation": advised, "correct_choice": correct, "x_line": draw.choice(["a", "b"], n),
            "choice": np.where(over, against, np.where(seen, advised, draw.choice(["pay", "refuse"], n))),
            "decided_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(np.arange(n) % 71, unit="D"),
        }
    )  # fmt: skip


def pieces(value: object, cut: str = "") -> list[dict]:
    """Every piece of a document that is of north."""
    if isinstance(value, list):
        return [one for v in value for one in pieces(v, cut)]
    if not isinstance(value, dict):
        return []
    own = [
        value.get("population"),
        value.get("scope"),
        value.get("key") if cut == "population" else 0,
    ]
    if "north" in own:
        return [value]
    return [one for key, v in value.items() for one in pieces(v, key)]


def counts(value: object) -> set[int]:
    if isinstance(value, list):
        return set().union(*map(counts, value))
    if isinstance(value, dict):
        return set().union(*(counts(v) for k, v in value.items() if k not in _ASKED))
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


_ASKED = {"eligible", "cases", "rule"}


def test_of_a_population_of_twelve_no_count_of_what_they_did_stands_beside_a_rounded_share():
    """`override_rate` over n = 702, of 852 cases: the share that look, which was told as 80 %, is 82.4 %."""
    table = of_two_sizes()
    north = table[table.population == "north"]
    over = north.consulted & (north.choice != north.recommendation)
    wrong = north.recommendation != north.correct_choice
    did = {int(v.sum()) for v in (north.consulted, ~north.consulted, over, north.consulted & ~over,
                                  north.consulted & wrong, over & wrong, over & ~wrong)}  # fmt: skip
    told = pieces(told_of(table, segment=["x_line"]))
    assert len(told) > 5
    assert not {n for one in told for n in counts(one)} & {
        n for n in did if n > 20 and n != to_one_digit(n)
    }


def of_two_use_cases(people: int) -> pd.DataFrame:
    """Twenty-five decide loans, some of them also claims."""
    loans, claims = Programme(4), Programme(5)
    for who in range(25):
        loans.add("north", who, 41)
    for who in range(people):
        claims.add("north", who, 37)
    rows = claims.table
    rows = rows.assign(
        use_case="claims", decision_id="b" + rows.decision_id, case_id="b" + rows.case_id
    )
    return pd.concat([loans.table, rows], ignore_index=True)


@pytest.mark.parametrize(("people", "told"), [(3, False), (12, True)])
def test_rows_less_those_of_one_use_case_do_not_count_the_few_people_of_another(people, told):
    """1,136 rows read, and 1,025 cases of loans: the three who decide claims had 111."""
    table = of_two_use_cases(people)
    result = takeup.diagnose(table)
    document, page = result.document("share"), result.to_html()
    rows = f"{len(table):,}"
    assert (document["input"]["rows_read"] is not None) is told
    assert (document["input"]["rows_used"] is not None) is told
    assert (f"{rows} rows read" in page, rows in page) == (told, told)
    assert (rows in result.methods()) is told
    assert result.document()["input"]["rows_read"] == len(table)


@pytest.mark.parametrize(("people", "told"), [(2, False), (12, True)])
def test_rows_less_the_eligible_ones_do_not_count_what_a_few_people_did_without_advice(
    people, told
):
    p = Programme(4)
    for who in range(25):
        p.add("north", who, 41)
    for who in range(30, 30 + people):
        p.add("north", who, 30, mode="shadow")
    assert (takeup.diagnose(p.table).document("share")["input"]["rows_used"] is not None) is told


def test_of_interviews_no_reason_that_one_or_two_named_is_told():
    """Of eight coded interviews one named the workflow and two their competence."""
    p = Programme(4)
    for who in range(30):
        p.add("north", who, 40)
    codes = ["JS", "JS", "JS", "TD", "TD", "TD", "WD", "CA"]
    interviews = pd.DataFrame(
        {
            "population": "north", "interview_no": [str(i) for i in range(len(codes))], "coder": "agreed",
            "primary": codes, "secondary": None, "themes": None,
        }
    )  # fmt: skip
    result = takeup.diagnose(p.table, interviews=interviews)
    measures = result.document("share")["diagnoses"][0]["measures"]
    (told,) = measures["resistance"]["populations"]
    heard, terms = told["interviews"], told["scored"]["terms"]
    assert (heard["primary"], set(heard["shares"])) == ({}, {"JS", "TD"})
    assert terms["WD"]["interviews"] == terms["CA"]["interviews"] == terms["VM"]["interviews"] == 0
    whole = result.document()["diagnoses"][0]["measures"]["resistance"]["populations"][0]
    assert whole["interviews"]["primary"]["WD"] == 1


def drawn(without: int) -> pd.DataFrame:
    """Forty people of whom some were drawn to go without the advice."""
    p = Programme(3)
    for who in range(40):
        has = who >= without
        p.add(
            "north", who, 40, 0.85, lambda _, has=has: 0.2 if has else 0.6, randomised_unit_id=f"north-{who}",
            assist_probability=1 - without / 40,
        )  # fmt: skip
    rows = p.table
    few = rows.person_id.isin([f"north-{who}" for who in range(without)])
    return rows.assign(mode=few.map({True: "shadow", False: "assist"}))


@pytest.mark.parametrize(("without", "told"), [(3, False), (12, True)])
def test_an_arm_of_a_draw_is_not_told_where_it_is_of_few_people(without, told):
    """Three people drew no advice: `without_advice` 120, and the mean beside it was what they chose."""
    result = takeup.diagnose(drawn(without), use_case=UseCase(name="loans"))
    rollout = result.document("share")["diagnoses"][0]["measures"]["rollout"]
    assert ("means" in rollout) is told
    assert told or rollout["status"] == "suppressed"


@pytest.mark.parametrize(("people", "told"), [(6, False), (9, True)])
def test_of_starts_by_cohort_single_weeks_are_not_told_where_a_cohort_is_of_few_people(
    people, told
):
    p = Programme(3)
    for number in range(12):
        begins = 2 + number % 5
        for who in range(people if number == 3 else 9):
            for week in range(8):
                p.add(
                    "north", 100 * number + who, 3, 0.85, week=week, cohort=f"c{number}",
                    mode="assist" if week >= begins else "shadow",
                )  # fmt: skip
    result = takeup.diagnose(p.table, use_case=UseCase(name="loans"))
    told_weeks = [
        e["weeks"]
        for e in result.document("share")["diagnoses"][0]["measures"]["staggered"]["effects"]
    ]
    assert told_weeks
    assert all(bool(weeks) is told for weeks in told_weeks)
    assert all(e.weeks for e in result.measures().staggered.effects)


@pytest.mark.parametrize(
    ("against", "sides", "bands"), [(2, False, False), (12, True, False), (30, True, True)]
)
def test_outcomes_seen_under_one_choice_are_not_told_where_few_chose_it_against_the_advice(
    against, sides, bands
):
    """Whoever approved against the advice is known by how it ended: two people, and in a band of certainty one."""
    p = Programme(9)
    for who in range(30):
        for certain in (0.25, 0.85):
            # In the lower band all of them differ, in the upper one six of them at most.
            many = against if certain < 0.5 or against == 30 else min(against, 6)
            p.add(
                "north", who, 30, 1.0, lambda _, d=who < many: 0.5 if d else 0.0, confidence=certain
            )
    rows = p.table.drop(columns=["consulted", "override_reason"])
    rows["outcome"] = (rows.index % 4 > 0).astype(float)
    rows.loc[rows.choice == "decline", "outcome"] = None
    found = told_of(rows)["disagreement"]["one_sided"]
    assert bool(found) is sides
    assert any(one["bands"] for one in found) is bands
