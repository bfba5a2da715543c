"""Both together against the better of the two: few people, and no false claim where all three are alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from takeup.questions.team.measure import _compared
from takeup.record.settings import Settings


def alike(people: int, rng: np.random.Generator) -> pd.DataFrame:
    """Forty cases a person; person, model and both together are right in the same share of them."""
    own = np.clip(0.7 + rng.normal(0, 0.08, people), 0.05, 0.95)
    return pd.DataFrame(
        {
            "person": [f"p{i}" for i in range(people)], "kind": "", "n": 40, "w": 40.0,
            "alone": rng.binomial(40, own).astype(float), "joint": rng.binomial(40, own).astype(float),
            "model": rng.binomial(40, 0.7, people).astype(float),
        }
    )  # fmt: skip


@pytest.mark.parametrize("people", [5, 8, 30])
def test_where_neither_is_better_both_together_are_seldom_called_behind(people):
    """1,000 programmes: a coverage of 97 % falls under 94.5 % in 0.01 % of runs, the 88 % of a percentile
    interval never reaches it; 3 % called behind exceed 5 % in 0.03 %, 13 % never do not."""
    rng = np.random.default_rng(people)
    held = behind = 0
    for _ in range(1_000):
        frame = alike(people, rng)
        found = _compared(frame, frame, "first answers", "paired", Settings()).joint_minus_best
        held += found.low <= 0 <= found.high
        behind += found.high < 0
    assert held >= 945
    assert behind <= 50
