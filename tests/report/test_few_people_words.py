"""Of fewer than twenty people shares are told to five points: no sentence tells them finer."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import takeup

MAPPING = {
    "columns": {
        "person_id": "who",
        "recommendation": "advice",
        "choice": "choice",
        "correct_choice": "truth",
    },
    "constants": {"mode": "assist", "consulted": True},
}


def of_twelve(overridden: float) -> pd.DataFrame:
    """Twelve people of seventy cases each, so many of them overridden; the advice is right in 80 %."""
    chance = np.random.default_rng(18)
    n = 840
    truth = chance.choice(["yes", "no"], n)
    other = {"yes": "no", "no": "yes"}
    advice = [
        t if right else other[t] for t, right in zip(truth, chance.random(n) < 0.8, strict=True)
    ]
    choice = [
        other[a] if over else a
        for a, over in zip(advice, chance.random(n) < overridden, strict=True)
    ]
    return pd.DataFrame(
        {
            "who": [f"u{i % 12}" for i in range(n)],
            "advice": advice,
            "choice": choice,
            "truth": truth,
        }
    )


def page(table: pd.DataFrame) -> str:
    text = re.sub(r"<[^>]+>", " ", takeup.diagnose(table, mapping=MAPPING).to_html())
    return re.sub(r"\s+", " ", text)


def test_a_rounded_share_is_no_fraction_and_no_count_undoes_it() -> None:
    table = of_twelve(0.17)
    overridden = int((table["advice"] != table["choice"]).sum())
    told = page(table)
    assert "about 15 % of those were decided against it" in told
    assert not re.search(rf"\b{overridden}\b", told)


def test_at_most_five_percent_is_not_one_in_twenty() -> None:
    told = page(of_twelve(0.02))
    assert "at most 5 % of those were decided against it" in told


@pytest.mark.parametrize("overridden", [0.17, 0.02])
def test_where_no_covariate_is_recorded_it_is_not_too_early(overridden: float) -> None:
    assert "0 covariates" not in page(of_twelve(overridden))


def test_what_is_hidden_on_purpose_is_not_too_little() -> None:
    told = page(of_twelve(0.003))
    assert "holds too little to say how the advice is used" not in told
    assert "not shown, on purpose" in told
