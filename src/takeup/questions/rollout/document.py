"""The rollout in JSON: by estimator, then by outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.rollout.measure import Rollout
from takeup.stats.answer import Answer, CannotSay, Estimate


def document(found: Rollout | CannotSay) -> dict[str, Any]:
    """What the report shows of the drawn groups."""
    if isinstance(found, CannotSay):
        refusal = found.to_json()
        return {**refusal, "unadjusted": refusal, "adjusted": refusal}
    return {
        "unadjusted": {e.name: plain(e.unadjusted) for e in found.effects},
        "adjusted": {e.name: plain(e.adjusted) for e in found.effects},
        "means": {
            e.name: {"with_advice": e.mean_with, "without_advice": e.mean_without}
            for e in found.effects
            if isinstance(e.unadjusted, Estimate)
        },
        "with_advice": found.with_advice,
        "without_advice": found.without_advice,
        "sample_ratio_p": found.sample_ratio_p,
        "balance_p": found.balance_p,
        "alerts": list(found.alerts),
    }


def schema(of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Its JSON Schema; `of` gives that of a type."""
    effects = of(dict[str, Answer])
    return {
        "type": "object",
        "required": ["unadjusted", "adjusted"],
        "properties": {
            "unadjusted": effects,
            "adjusted": effects,
            "with_advice": of(int),
            "without_advice": of(int),
            "alerts": of(list[str]),
        },
    }
