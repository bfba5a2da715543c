"""A judged sample that takes cases of disagreement more often is weighed back, in its error too."""

from __future__ import annotations

import numpy as np
import pandas as pd

import takeup
from takeup.questions.paired.measure import Paired
from takeup.questions.shared.known_truth import _why_uneven
from takeup.record.settings import Settings
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


def of_kinds(chance: np.random.Generator, judged: list[float]) -> pd.DataFrame:
    """How often truth is known of four kinds of advice and choice of 40 to 900 cases, each judged so often."""
    n = np.array([900, 600, 190, 40])
    return pd.DataFrame({
        "recommendation": ["yes", "no", "yes", "no"], "choice": ["yes", "no", "no", "yes"],
        "n": n, "known": chance.binomial(n, judged) / n,
    })  # fmt: skip


def test_a_sample_drawn_alike_everywhere_is_seldom_refused_for_what_chance_does() -> None:
    """Before, 60 of 100 such samples were: small kinds differ by more than five points by chance."""
    chance, pair = np.random.default_rng(3), ["recommendation", "choice"]
    tables = [of_kinds(chance, [0.45] * 4) for _ in range(400)]
    refused = [_why_uneven(t, pair, Settings()) is not None for t in tables]
    assert np.mean(refused) < 0.27  # a fifth; 0.27 is more than three standard errors above
    more = [of_kinds(chance, [0.45, 0.45, 0.75, 0.75]) for _ in range(100)]
    assert all(_why_uneven(t, pair, Settings()) is not None for t in more)
