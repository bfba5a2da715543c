"""Shares, differences and teams of few or unequal people, and differences that are rare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from takeup.log import Engine
from takeup.questions.comparison.measure import Comparison, measure_comparison
from takeup.questions.ladder.pooled import discrimination_low
from takeup.questions.paired.measure import person_against_model
from takeup.questions.team.measure import Team, measure_team
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate
from takeup.stats.rates import share

Record = dict[str, Any]
BUSY: dict[str, Callable[[np.random.Generator], NDArray[np.float64]]] = {
    "5 equal": lambda draw: np.ones(5),
    "8 equal": lambda draw: np.ones(8),
    "12 equal": lambda draw: np.ones(12),
    "30 equal": lambda draw: np.ones(30),
    "12 gamma": lambda draw: draw.gamma(1.0, 1.0, 12),
    "20 gamma": lambda draw: draw.gamma(1.0, 1.0, 20),
    "20 Pareto": lambda draw: 1 + draw.pareto(1.2, 20),
    "one of 12 has half": lambda draw: np.r_[11.0, np.ones(11)],
}


def share_of_people(seed: int) -> Record:
    """A share of 1,500 decisions of people who differ in it."""
    draw = np.random.default_rng([seed, 47])
    shape = list(BUSY)[seed % len(BUSY)]
    busy = BUSY[shape](draw)
    rate, spread = ((0.4, 0.12), (0.1, 0.05))[seed // len(BUSY) % 2]
    size = rate * (1 - rate) / spread**2 - 1
    n = draw.multinomial(1_500, busy / busy.sum())
    k = draw.binomial(n, draw.beta(rate * size, (1 - rate) * size, len(busy)))
    found = share(k.astype(float), n.astype(float), 0.95)
    return {"shape": shape, "truth": {"share": rate}, "share": _told(found)}


def rare_differences(seed: int) -> Record:
    """Forty to eight hundred judged cases in which people and model seldom (or never) differ."""
    draw = np.random.default_rng([seed, 53])
    people = int(draw.integers(12, 41))
    cases = int(draw.choice([40, 100, 300, 800]))
    apart = float(draw.choice([0.0, 0.01, 0.02, 0.05]))
    n = draw.multinomial(cases, np.ones(people) / people)
    person = draw.binomial(n, 0.7 * apart)
    model = draw.binomial(n - person, 0.3 * apart / (1 - 0.7 * apart))
    used = n > 0
    n, person, model = n[used], person[used], model[used]
    frame = pd.DataFrame(
        {
            "person": np.arange(len(n)).astype(str), "population": "all", "n": n, "w": n,
            "wp": person, "wm": model, "w2": n, "w2d": person - model, "w2dd": person + model,
            "person_only": person, "model_only": model,
        }
    )  # fmt: skip
    found = person_against_model(frame, Settings())
    width = found.high - found.low if isinstance(found, Estimate) else 1.0
    return {
        "apart": apart, "truth": {"paired": 0.4 * apart}, "paired": _told(found),
        "certain": bool(width < 1e-9),
        "false": isinstance(found, Estimate) and not found.low <= 0.4 * apart <= found.high,
    }  # fmt: skip


def together(seed: int, engine: Engine) -> Record:
    """Five to thirty people with forty cases each, who are right as often as the model, before and after
    they saw it."""
    draw = np.random.default_rng([seed, 59])
    people = (5, 8, 12, 30)[seed % 4]
    person = np.repeat(np.arange(people), 40)
    own = np.clip(0.7 + draw.normal(0, 0.08, people), 0.05, 0.95)[person]
    first, final = draw.random(len(person)) < own, draw.random(len(person)) < own
    model = draw.random(len(person)) < 0.7
    table = engine.load(
        pa.table(
            {
                "person_id": [f"p{i}" for i in person], "action": ["followed"] * len(person),
                "mode": ["assist"] * len(person), "initial_right": first, "choice_right": final,
                "advice_right": model,
            }
        )
    )  # fmt: skip
    found = measure_team(table, (), Settings())
    record: Record = {"people": people, "truth": {"together": 0.0}, "together": {}, "false": False}
    if isinstance(found, Team) and not isinstance(found.complementarity, CannotSay):
        difference = found.complementarity.joint_minus_best
        record |= {"together": _told(difference), "false": difference.excludes()}
    return record


def branches(seed: int, engine: Engine) -> Record:
    """The standardised difference over branches of one to six people, who differ; following changes nothing."""
    draw = np.random.default_rng([seed, 61])
    each = (1, 2, 3, 6)[seed % 4]
    people, cases = 24, 50
    person = np.repeat(np.arange(people), cases)
    follow = (
        draw.random(len(person)) < np.clip(0.6 + draw.normal(0, 0.15, people), 0.2, 0.9)[person]
    )
    good = (
        draw.random(len(person)) < np.clip(0.5 + draw.normal(0, 0.12, people), 0.05, 0.95)[person]
    )
    table = engine.load(
        pa.table(
            {
                "person_id": [f"p{i}" for i in person], "mode": ["assist"] * len(person),
                "action": np.where(follow, "followed", "overridden"), "y_outcome": good.astype(float),
                "x_branch": [f"b{i // each}" for i in person],
            }
        )
    )  # fmt: skip
    use_case = UseCase.model_validate(
        {"name": "branches", "segment": ["x_branch"], "outcome": {"better": "higher"}}
    )
    found = measure_comparison(table, use_case, ["x_branch"], ["outcome"], Settings())
    assert isinstance(found, Comparison)
    return {
        "each": each, "truth": {"standardised": 0.0},
        "standardised": _told(found.first.standardised),
    }  # fmt: skip


def lucky_catches(seed: int) -> Record:
    """Whether discrimination of .15 counts as expert judgment by sixty right and ten wrong advices."""
    draw = np.random.default_rng([seed, 67])
    sides = []
    for total, rate in ((60, 0.9), (10, 0.25)):
        who = draw.integers(0, 20, total)
        hits = draw.random(total) < rate
        sides += [np.bincount(who, hits, 20), np.bincount(who, minlength=20).astype(float)]
    point = sides[0].sum() / 60 + sides[2].sum() / 10 - 1 >= 0.30
    return {"point": bool(point), "met": bool(point and discrimination_low(*sides) >= 0.20)}


def _told(answer: Answer) -> Record:
    if not isinstance(answer, Estimate):
        return {}
    return {"value": answer.value, "low": answer.low, "high": answer.high}
