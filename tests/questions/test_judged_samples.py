"""A judged sample that takes cases of disagreement more often is weighed back, in its error too."""

from __future__ import annotations

import numpy as np
import pandas as pd

import takeup
from takeup.questions.paired.measure import Paired
from takeup.stats.answer import Estimate

MAPPING = {
    "columns": {
        "person_id": "who",
        "recommendation": "advice",
        "choice": "choice",
        "correct_choice": "truth",
        "truth_probability": "p",
    },
    "constants": {"mode": "assist", "consulted": True},
}


def judged_often_where_they_differ(seed: int) -> pd.DataFrame:
    """Forty people of sixty cases each; the model is right in 80 %, people override three in ten by own
    lights of 60 %: six points behind. Differences are judged in 80 %, agreement in 10 %."""
    chance = np.random.default_rng(seed)
    n = 2400
    right = chance.choice(["yes", "no"], n)
    other = np.where(right == "yes", "no", "yes")
    advice = np.where(chance.random(n) < 0.8, right, other)
    own = np.where(chance.random(n) < 0.6, right, other)
    choice = np.where(chance.random(n) < 0.3, own, advice)
    p = np.where(choice != advice, 0.8, 0.1)
    truth = np.where(chance.random(n) < p, right, None)
    who = [f"u{i % 40}" for i in range(n)]
    return pd.DataFrame({"who": who, "advice": advice, "choice": choice, "truth": truth, "p": p})


def test_a_judged_sample_has_the_error_of_its_weights() -> None:
    found = takeup.diagnose(judged_often_where_they_differ(15), mapping=MAPPING, only="paired")
    paired = found.measures().paired
    assert isinstance(paired, Paired)
    d, loss = paired.overall.person_minus_model, paired.loss_difference
    assert isinstance(d, Estimate)
    assert isinstance(loss, Estimate)
    assert d.se is not None
    assert 0.006 < d.se < 0.013  # 0.0089 over 400 such tables
    assert d.low < -0.06 < d.high < 0
    assert (
        abs((d.high - d.low) - (loss.high - loss.low)) < 0.02
    )  # of right and wrong alone: one thing
