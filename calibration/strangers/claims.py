"""How often each rule's sentence is false, in worlds of which the truth is known.

What a sentence says is set against the same world drawn large, by definitions written down once more, in
pandas: nothing of takeup's own measures is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import takeup
from calibration.strangers.worlds import WORLDS, table
from takeup.questions.finding import Finding
from takeup.questions.knowledge import rule

LARGE, MANY = 300_000, 3_000
"""Rows and people of a world drawn large."""

_OVER_RELIANCE = "RR8"
"""Tells what is, not what changed."""

SLACK = 0.004
"""Truth so near the border is on it: three standard errors of the large draw."""

_MAPPED = (
    "person_id", "population", "decided_at", "recommendation", "choice", "correct_choice", "consulted",
    "mode", "x_kind", "x_region", "value", "assist_probability", "case_id",
)  # fmt: skip


def claims(seed: int, world: str) -> dict[str, Any]:
    """The rules that said something in a report, and those of them whose sentence is false."""
    draw = np.random.default_rng([seed, 83, list(WORLDS).index(world)])
    one = WORLDS[world]
    frame = table(one, draw, int(draw.choice([1_500, 6_000])), one.people)
    result = takeup.diagnose(frame, mapping=mapping_of(frame))
    said = [f for f in result.findings() if rule(f.rule).false_if]
    false = [f for f in said if is_false(f, world)]
    verdict = result.diagnoses[0].verdict
    return {
        "said": sorted({f.rule for f in said}),
        "false": sorted({f.rule for f in false}),
        "sentences": [f.title for f in false],
        "any": bool(false),
        "verdict": any(f.sentence in verdict for f in false),
    }


def mapping_of(frame: pd.DataFrame) -> dict[str, Any]:
    """What the columns of a world's table mean."""
    return {
        "columns": {n: n for n in _MAPPED if n in frame},
        "outcomes": [{"name": "outcome", "outcome": "outcome"}],
        "use_case": {"segment": ["x_kind", "x_region"]},
    }


@cache
def large(world: str) -> pd.DataFrame:
    """The world drawn large, with what its rows are."""
    one = WORLDS[world]
    f = table(one, np.random.default_rng(7), LARGE, MANY)
    f["all"] = True
    f["assist"] = f["mode"] == "assist"
    f["looked"] = f["assist"] & f["consulted"]
    f["right"] = (f["choice"] == f["correct_choice"]).astype(float)
    f["advice_right"] = (f["recommendation"] == f["correct_choice"]).astype(float)
    f["agrees"] = (f["choice"] == f["recommendation"]).astype(float)
    f["overridden"] = f["looked"] & (f["agrees"] == 0)
    return f


def is_false(f: Finding, world: str) -> bool:
    """Whether the world, drawn large, makes the sentence of this finding false."""
    if f.rule == "signal" and f.id.split(":")[1] != _OVER_RELIANCE:
        return f.id.split(":")[1] not in WORLDS[world].changes
    truth = _caught(f, large(world)) if f.rule == "signal" else TRUTHS[f.rule](f, large(world))
    if truth is None:
        return False
    r = rule(f.rule)
    side = _side(f) if r.says in ("either", None) else 1 if r.says == "above" else -1
    return bool(side * truth <= SLACK)


def _side(f: Finding) -> int:
    figure = f.figures.get(rule(f.rule).rests_on)
    return 1 if figure is None or figure.value > 0 else -1


def _of(f: Finding, whole: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases a finding is about, and the others of its scope."""
    rows = whole if f.scope == "all" else whole[whole["population"] == f.scope]
    inside = np.ones(len(rows), bool)
    for column, level in f.where:
        inside &= rows[column].astype(str).to_numpy() == level
    return rows[inside], rows[~inside]


def _mean(rows: pd.DataFrame, column: str) -> float:
    return float(rows[column].mean()) if len(rows) else 0.0


def _person_minus_model(f: Finding, w: pd.DataFrame) -> float:
    rows = _of(f, w)[0]
    rows = rows[rows["looked"]]
    return _mean(rows, "right") - _mean(rows, "advice_right")


def _gain(f: Finding, w: pd.DataFrame) -> float:
    rows = _of(f, w)[0]
    rows = rows[rows["overridden"]]
    return _mean(rows, "right") - _mean(rows, "advice_right")


def _override_accuracy(f: Finding, w: pd.DataFrame) -> float:
    rows = _of(f, w)[0]
    return _mean(rows[rows["overridden"]], "right") - rule(f.rule).border


def _error(rows: pd.DataFrame) -> float:
    return 1 - _mean(rows, "advice_right")


def _blind(f: Finding, w: pd.DataFrame) -> float:
    own, rest = _of(f, w)
    return _error(own) - _error(rest)


def _low_precision(f: Finding, w: pd.DataFrame) -> float:
    return _error(_of(f, w)[0]) - rule(f.rule).border


def _looked(f: Finding, w: pd.DataFrame) -> float:
    own, rest = _of(f, w)
    return _mean(own[own["assist"]], "looked") - _mean(rest[rest["assist"]], "looked")


def _rate(column: str, of: str) -> Callable[[Finding, pd.DataFrame], float]:
    def truth(f: Finding, w: pd.DataFrame) -> float:
        rows = _of(f, w)[0]
        return _mean(rows[rows[of]], column) - rule(f.rule).border

    return truth


def _with_and_without(f: Finding, w: pd.DataFrame) -> float | None:
    name = f.id.partition(":")[2]
    column = (
        "agrees"
        if f.rule == "advice_taken"
        else "outcome"
        if name.startswith("outcome")
        else "right"
    )
    return _mean(w[w["assist"]], column) - _mean(w[~w["assist"]], column)


def _caught(f: Finding, w: pd.DataFrame) -> float:
    rows = _of(f, w)[0]
    wrong = rows[rows["looked"] & (rows["advice_right"] == 0)]
    return 0.5 - (1 - _mean(wrong, "agrees"))


def _together(f: Finding, w: pd.DataFrame) -> float:
    shadow = w[~w["assist"]]
    alone = _mean(shadow, "right") if len(shadow) else _mean(w[~w["looked"]], "right")
    best = (
        alone
        if "alone" in f.rule or f.rule.startswith("advice_")
        else max(alone, _mean(w, "advice_right"))
    )
    return _mean(w[w["looked"]], "right") - best


def _lost(f: Finding, w: pd.DataFrame) -> float:
    """How much more is lost in the way that is named than in any other."""
    inside = _of(f, w)[0]
    rows, shadow = inside[inside["assist"]], inside[~inside["assist"]]
    alone = _mean(shadow, "right") if len(shadow) else _mean(inside[~inside["looked"]], "right")
    followed = rows["looked"] & (rows["agrees"] == 1)
    ways = {
        "not looking": float((~rows["looked"]).mean()) * (_mean(rows, "advice_right") - alone),
        "overriding": float(((rows["advice_right"] - rows["right"]) * rows["overridden"]).mean()),
        "following wrong advice": float(((1 - rows["advice_right"]) * followed).mean()),
    }
    named = next(n for n in ways if f.title.endswith(n))
    others = [ways[named] - v + SLACK for n, v in ways.items() if n != named]
    return min(ways[named], *others) if "most is lost" in f.title.lower() else ways[named]


def _fell(f: Finding, w: pd.DataFrame) -> float:
    rows = _of(f, w)[0]
    rows = rows[rows["assist"]]
    week = rows["decided_at"].dt.to_period("W")
    first, last = rows[week == week.min()], rows[week == week.max()]
    return _mean(first, "looked") - _mean(last, "looked")


def _nothing(f: Finding, w: pd.DataFrame) -> float:
    return 0.0


TRUTHS: dict[str, Callable[[Finding, pd.DataFrame], float | None]] = {
    "people_ahead": _person_minus_model, "model_ahead": _person_minus_model,
    "overrides_better": _gain, "overriding_hurts": _gain,
    "overrides_mostly_right": _override_accuracy, "missing_input": _override_accuracy,
    "blind_spot": _blind, "low_precision": _low_precision,
    "not_looked_at": _looked, "late_advice": _nothing, "after_error": _nothing, "pilot_gap": _nothing,
    "use_fell": _fell, "seldom_seen": _rate("looked", "assist"), "often_overridden": _rate("overridden", "looked"),
    "high_rate_low_quality": lambda f, w: None, "net_harm": lambda f, w: None, "above_promise": lambda f, w: None,
    "over_reliance": _caught, "advice_taken": _with_and_without, "outcome_effect": _with_and_without,
    "association": _nothing, "reversal": _nothing, "one_sided_outcome": _nothing,
    "disagreement_concentrated": _nothing,
    "team_ahead": _together, "team_behind": _together, "advice_helps": _together, "advice_hurts": _together,
    "value_lost": _lost,
}  # fmt: skip
"""How far the truth lies beyond the border, in the direction of more (None: not at stake in these worlds)."""
