"""`recorded`: people override by what is written down, so adjustment recovers the truth.

Overrides happen in hard cases, so the raw comparison of followed with overridden has the
wrong sign; the adjusted one is right on average.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeup.simulate.calendar import moments
from takeup.simulate.programme import Programme
from takeup.simulate.work import words

_USE_CASE = """name = "recorded"
title = "Recorded reasons"
choice_kind = "categorical"
segment = ["x_segment"]
covariates = ["x_difficulty", "x_segment", "x_region"]

[outcome]
better = "higher"
label = "quality of the result"
"""
_POPULATION = """[population.desk]
title = "Desk"
trained_share = 1.0
"""


def simulate_recorded(people: int = 80, weeks: int = 8, seed: int = 1) -> Programme:
    """A programme of `people`, 20 cases a week each. `truth` holds the overlap-weighted
    effect of following, by the true propensities over consulted cases."""
    rng = np.random.default_rng(seed)
    per_week = 20
    n = people * per_week * weeks
    person = np.repeat(np.arange(people), per_week * weeks)
    consulted = rng.random(n) < 0.8
    known = rng.random(n) < 0.9
    difficulty = rng.integers(1, 6, n)
    segment = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    region = rng.choice(3, n, p=[0.4, 0.35, 0.25])
    lean, skill = rng.normal(0, 0.5, people), rng.normal(0, 2, people)
    shift_s, shift_r = np.array([0, 0.5, -0.4]), np.array([0, -0.3, 0.5])
    log_odds = -1.2 + 0.6 * (difficulty - 3) + shift_s[segment] + shift_r[region] + lean[person]
    p_override = 1 / (1 + np.exp(-log_odds))
    overridden = rng.random(n) < p_override
    effect = -2 + 0.5 * (difficulty - 3) - (segment == 1)
    outcome = (
        70
        - 5 * (difficulty - 3)
        + np.array([0, -4, 3])[segment]
        + np.array([0, 2, -3])[region]
        + skill[person]
        + rng.normal(0, 10, n)
        + np.where(overridden, 0.0, effect)
    )
    overlap = (p_override * (1 - p_override))[consulted]
    truth = float((overlap * effect[consulted]).sum() / overlap.sum())
    advice = rng.random(n) < 0.5
    choice = np.where(overridden & consulted, ~advice, advice)
    decided = pa.array(moments(people, per_week, weeks, rng).ravel(), pa.timestamp("us"))
    decisions = pa.table(
        {
            "decision_id": _ids(f"r{seed}-", n),
            "case_id": _ids("c", n),
            "person_id": words(person, [f"p{i:04d}" for i in range(people)]),
            "population": words(np.zeros(n, int), ["desk"]),
            "decided_at": decided,
            "mode": words(np.zeros(n, int), ["assist"]),
            "consulted": consulted,
            "recommendation": words(advice, ("no", "yes")),
            "choice": words(choice, ("no", "yes")),
            "x_difficulty": words(difficulty, [str(i) for i in range(6)]),
            "x_segment": words(segment, ("a", "b", "c")),
            "x_region": words(region, ("n", "s", "w")),
            "outcome": pa.array(outcome, mask=~known),
        }
    )
    c = consulted & known
    return Programme(
        "recorded",
        seed,
        decisions,
        _USE_CASE,
        _POPULATION,
        {
            "comparison": {
                "followed_minus_overridden": truth,
                "raw": float(outcome[c & ~overridden].mean() - outcome[c & overridden].mean()),
            },
            "adoption": {"override_rate": float(overridden[consulted].mean())},
        },
    )


def _ids(letter: str, n: int) -> pa.Array:
    numbers = pc.utf8_lpad(pa.array(np.arange(n)).cast(pa.string()), width=8, padding="0")
    return pc.binary_join_element_wise(letter, numbers, "")
