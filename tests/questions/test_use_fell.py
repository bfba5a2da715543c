"""That looking at the advice fell: who decided in the first week and who in the last."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import takeup
from tests.made_once import made_once

STAY, LATER, EACH, WEEKS = 20, 60, 12, 12


def weeks(
    *, stay: float = 0.7, newcomers: bool = False, phase: bool = False, leave: bool = False,
    away: tuple[int, ...] = (),
) -> pd.DataFrame:  # fmt: skip
    """Twelve weeks. Those who stay look at 70 of 100 cases in the first four, then at `stay`; newcomers, from the fifth
    week on, at 15 of 100. `leave`: half of those who stay do not, and they looked at all. In weeks in which most are
    `away` four others who seldom look decide."""
    draw = np.random.default_rng(11)
    rows = []
    for week in range(WEEKS):
        people = [(f"k{i}", 0.7 if week < 4 else stay) for i in range(STAY)]
        if leave:
            gone = [(f"g{i}", 1.0) for i in range(STAY)]
            people = (
                [*people, *gone] if week < 8 else [*people, *((f"c{i}", 0.2) for i in range(STAY))]
            )
        if newcomers and week >= 4:
            people += [(f"n{i}", 0.15) for i in range(LATER)]
        if week in away:
            people = [(f"a{i}", 0.1) for i in range(8)]
        for person, looks in people:
            for case in range(EACH):
                advised = "pay" if draw.random() < 0.5 else "refuse"
                rows.append(
                    {
                        "case_id": f"{week}-{person}-{case}", "person_id": person, "mode": "assist",
                        "decided_at": pd.Timestamp("2026-01-05") + pd.Timedelta(days=7 * week + case % 5),
                        "consulted": draw.random() < looks, "recommendation": advised, "choice": advised,
                        "phase": "pilot" if week < 4 else "production",
                    }
                )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame if phase else frame.drop(columns="phase")


@made_once
def said(**given) -> dict:
    result = takeup.diagnose(weeks(**given), only=["adoption", "pilot_production"])
    (fell,) = [f for f in result.findings() if f.rule == "use_fell"] or [None]
    return {"fell": fell, "verdict": result.shared[0].verdict}


def test_that_the_same_people_look_less_is_said_of_people():
    told = said(stay=0.3)
    assert told["fell"].title.startswith("People look at the advice less: from 7")
    assert told["verdict"].startswith("Looking at the advice fell from 7")
    assert "decided in both weeks" not in told["fell"].text


def test_a_fall_while_others_came_says_so_in_the_headline_and_accuses_nobody():
    """Nobody looks less: sixty others came who look seldom."""
    told = said(newcomers=True)
    assert told["fell"].title.startswith("The advice is looked at in fewer cases: from 7")
    assert "while 20 people became 80." in told["verdict"]
    assert "no fall can be told" in told["fell"].text


def test_where_others_came_and_those_who_stayed_look_less_both_is_said():
    told = said(stay=0.3, newcomers=True)
    assert "while 20 people became 80." in told["verdict"]
    assert "Those who decided in both weeks look less, too." in told["fell"].text


def test_a_fall_since_the_pilot_names_the_pilot_and_what_other_people_explain_of_it():
    told = said(newcomers=True, phase=True)
    assert "since a pilot of 20 people." in told["verdict"]
    explained = told["fell"].text.partition("other people explain ")[2]
    assert abs(float(explained.split(" ")[0].replace("−", "-")) + 41.25) < 5


def test_as_many_other_people_are_no_fall_of_people():
    """Half of them were replaced by as many who seldom look."""
    told = said(leave=True)
    assert told["fell"].title.startswith("The advice is looked at in fewer cases")
    assert ", of other people in part." in told["verdict"]


@pytest.mark.parametrize("away", [(WEEKS - 1,), (WEEKS - 2, WEEKS - 1), (0,)])
def test_a_week_in_which_most_are_away_is_no_end_of_a_fall(away):
    """Eight others who seldom look stand in over a holiday; nobody looks less."""
    assert said(away=away)["fell"] is None


def of_branches(*, rises: bool = False) -> list[str]:
    """What is told of use in four branches of five people with three cases a week each: too few for
    most of them."""
    frame = weeks(stay=0.25)
    number = frame["person_id"].str[1:].astype(int)
    frame = frame.assign(population=[f"branch {n % 4}" for n in number])
    frame = frame[frame["case_id"].str.rpartition("-")[2].astype(int) >= 9]
    if rises:
        last = frame["decided_at"] >= "2026-02-02"
        frame.loc[frame["population"] == "branch 0", "consulted"] = last
    result = takeup.diagnose(frame, only=["adoption"])
    return [f"{f.scope} {f.title}" for f in result.findings() if f.rule == "use_fell"]


def test_a_fall_that_most_populations_are_too_small_to_show_is_told_of_all_together():
    (told,) = of_branches()
    assert told.startswith("all People look at the advice less: from 8")


def test_a_fall_is_not_told_of_all_where_a_population_looks_more():
    assert not [t for t in of_branches(rises=True) if t.startswith("all ")]
