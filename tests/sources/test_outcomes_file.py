"""A file of outcomes: what it says twice, and what it does not say, is told."""

from __future__ import annotations

import pandas as pd
import pytest

import takeup
from takeup.record.errors import InputError

N = 200
WORDS = ("approve", "decline")


def decisions() -> pd.DataFrame:
    return pd.DataFrame(
        {"case_id": [f"c{i}" for i in range(N)], "person_id": [f"p{i % 12}" for i in range(N)],
         "recommendation": [WORDS[i % 2] for i in range(N)], "choice": [WORDS[i % 2] for i in range(N)],
         "consulted": True}
    )  # fmt: skip


def truth(cases, other: bool = False, **columns) -> pd.DataFrame:
    said = [WORDS[(i + other) % 2] for i in cases]
    return pd.DataFrame({"case_id": [f"c{i}" for i in cases], "correct_choice": said, **columns})


def paired(outcomes: pd.DataFrame):
    found = takeup.diagnose(decisions(), outcomes=outcomes, only=["paired"])
    return found, found.measures().paired.overall


def test_a_case_whose_truth_is_told_twice_and_otherwise_is_left_aside_and_named():
    found, total = paired(pd.concat([truth(range(N)), truth(range(60), other=True)]))
    assert (total.judged, total.model_right.value) == (N - 60, 1.0)
    (problem,) = found.facts.problems
    assert (problem.rule, problem.count) == ("contradiction", 120)
    assert found.facts.side_counts["outcomes_contradictory"] == 120


def test_the_same_again_and_a_later_correction_are_no_contradiction():
    found, total = paired(pd.concat([truth(range(N)), truth(range(60))]))
    assert (total.judged, total.model_right.value) == (N, 1.0)
    assert not found.facts.problems
    early = truth(range(N), other=True, observed_at="2026-01-05")
    late = truth(range(N), observed_at="2026-02-05")
    found, total = paired(pd.concat([late, early]))
    assert (total.judged, total.model_right.value) == (N, 1.0)
    assert not found.facts.problems


def test_a_file_without_outcome_or_truth_is_refused_with_its_columns():
    strange = truth(range(N)).rename(columns={"correct_choice": "Wahrheit"})
    with pytest.raises(InputError, match=r"It has: case_id, Wahrheit.*\[outcomes_file\.columns\]"):
        takeup.diagnose(decisions(), outcomes=strange)
