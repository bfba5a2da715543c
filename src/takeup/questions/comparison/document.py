"""The comparison in JSON: the first outcome's figures directly, every outcome's under `by_outcome`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.comparison.measure import Comparison, OutcomeComparison
from takeup.stats.answer import CannotSay


def document(found: Comparison | CannotSay) -> dict[str, Any]:
    """What the report shows of the comparison; a refusal for each estimate."""
    if isinstance(found, CannotSay):
        refusal = found.to_json()
        return {**refusal, "raw": refusal, "standardised": refusal, "adjusted": refusal}
    by_outcome = {c.outcome: one_comparison_json(c) for c in found.outcomes}
    return {**by_outcome[found.first.outcome], "by_outcome": by_outcome}


def one_comparison_json(found: OutcomeComparison) -> dict[str, Any]:
    """One outcome's comparison, without the cells that only who holds the rows may have."""
    document: dict[str, Any] = plain(replace(found, cells=None, balance=None))
    if found.balance is not None:
        document["balance"] = found.balance.to_dict("records")
    return document


def schema(of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Its JSON Schema; `of` gives that of a type."""
    whole = of(OutcomeComparison)
    return {
        **whole,
        "required": ["raw", "standardised", "adjusted"],
        "properties": {"by_outcome": {"type": "object", "additionalProperties": whole}},
    }
