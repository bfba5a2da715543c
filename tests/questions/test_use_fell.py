"""That looking at the advice fell: who decided in the first week and who in the last."""

from __future__ import annotations

import numpy as np
import pandas as pd

import takeup
from tests.made_once import made_once

KEEN, LATER, EACH = 20, 60, 12


def weeks(*, keen_later: float, newcomers: bool, phase: bool = False) -> pd.DataFrame:
    """Twelve weeks: keen people look at 70 of 100 cases in the first four, `keen_later` after; newcomers, from the fifth
    week on, at 15 of 100."""
    draw = np.random.default_rng(11)
    rows = []
    for week in range(12):
        people = [(f"k{i}", 0.7 if week < 4 else keen_later) for i in range(KEEN)]
        if newcomers and week >= 4:
            people += [(f"n{i}", 0.15) for i in range(LATER)]
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
    told = said(keen_later=0.3, newcomers=False)
    assert told["fell"].title.startswith("People look at the advice less: from 7")
    assert "decided in the first of these weeks" not in told["fell"].text


def test_a_fall_while_others_came_says_so_in_the_headline_and_accuses_nobody():
    """Nobody looks less: sixty others came who look seldom."""
    told = said(keen_later=0.7, newcomers=True)
    assert told["fell"].title.startswith("The advice is looked at in fewer cases: from 7")
    assert "while 20 people became 80." in told["verdict"]
    assert "20 people decided in the first of these weeks, 80 in the last." in told["fell"].text
    assert "How much of the fall is other people is not known." in told["fell"].text


def test_a_fall_since_the_pilot_names_the_pilot_and_what_other_people_explain_of_it():
    told = said(keen_later=0.7, newcomers=True, phase=True)
    assert "since a pilot of 20 people." in told["verdict"]
    explained = told["fell"].text.partition("other people explain ")[2]
    assert abs(float(explained.split(" ")[0].replace("−", "-")) + 41.25) < 5
