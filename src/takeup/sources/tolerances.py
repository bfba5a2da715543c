"""Whether the tolerances of numeric choices mean something on the scale of the table.

A share of the advice is nothing near zero, and a figure in a unit has no default: both are asked, never
assumed. Decided on all rows, by one query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.action import is_numeric
from takeup.record.mapping import Mapping
from takeup.record.use_case import FOLLOWED_WITHIN, OVERRIDDEN_FROM, RIGHT_WITHIN, UseCase
from takeup.sources.questions import Answer, Question

_SHARES = {
    "tolerance": FOLLOWED_WITHIN,
    "materiality": OVERRIDDEN_FROM,
    "truth_tolerance": RIGHT_WITHIN,
}
_MEANS = {
    "tolerance": "up to how far from the advice a choice counts as followed",
    "materiality": "from how far on it counts as overridden",
    "truth_tolerance": "up to how far from the correct value a number counts as right",
}


def open_tolerances(
    rows: ir.Table, mapping: Mapping, use_case_of: Callable[[str], UseCase]
) -> list[Question]:
    """What has to be declared of numeric choices before one can count as followed, or as right. `rows`:
    typed decisions."""
    if not {"recommendation_value", "choice_value"} <= set(rows.columns):
        return []
    found = []
    for scale in _scales(rows):
        use_case = use_case_of(str(scale["use_case"] or ""))
        if (is_numeric(rows, use_case) or not scale["named"]) and scale["low"] is not None:
            question = _asked(scale, use_case, mapping)
            found += [question] if question else []
    return found


def right_in_words(columns: frozenset[str] | set[str], use_case: UseCase) -> str:
    """What right means where nobody declared it: the default share of the correct value; empty where
    somebody did, or truth is no number."""
    numbers = {"correct_value", "recommendation_value"} <= set(columns)
    declared = use_case.truth_tolerance is not None or use_case.loss_tolerance is not None
    if not numbers or declared or use_case.absolute:
        return ""
    return (
        f"Right means within {RIGHT_WITHIN:.0%} of the true value (nobody declared a tolerance)"
    ).replace("%", " %")


def _scales(rows: ir.Table) -> list[dict[str, Any]]:
    """Of each use case, from where to where its numbers run, how large an advice is, whether a correct
    value is known, and in how many cases words were advised and chosen."""
    advice, choice = rows.recommendation_value, rows.choice_value
    named: ir.Value = ibis.literal(0)
    if {"recommendation", "choice"} <= set(rows.columns):
        named = rows.choice.count(where=rows.recommendation.notnull())
    sums = {
        "low": advice.min(),
        "high": advice.max(),
        "least": choice.min(),
        "most": choice.max(),
        "size": advice.abs().mean(),
    }
    if "correct_value" in rows.columns:
        sums |= {"true_low": rows.correct_value.min(), "true_high": rows.correct_value.max()}
    sums["named"] = named
    sums = {name: value.cast("float64") for name, value in sums.items()}
    if "use_case" in rows.columns:
        return list(fetch(rows.group_by("use_case").aggregate(**sums)).to_pylist())
    return [{"use_case": None, **fetch(rows.aggregate(**sums)).to_pylist()[0]}]


def _asked(scale: dict[str, Any], use_case: UseCase, mapping: Mapping) -> Question | None:
    judged = scale.get("true_low") is not None and use_case.loss_tolerance is None
    needed = ["tolerance", "materiality", *(["truth_tolerance"] if judged else [])]
    missing = [name for name in needed if getattr(use_case, name) is None]
    if use_case.absolute:
        if not missing:
            return None
        why = (
            "absolute = true says that tolerances are figures in a unit, and these have no default"
        )
    else:
        run = _through_zero(scale, judged)
        if run is None:
            return None
        missing = needed
        why = (
            f"{run}, and a share of the advice means nothing at zero: tolerances have to be figures in its "
            "own unit"
        )
    where = f"use case {scale['use_case']}: " if scale["use_case"] else ""
    named = [n for n in ("recommendation_value", "recommendation") if n in mapping.columns]
    source = str(mapping.columns[named[0]]) if named else "recommendation_value"
    wanted = "; ".join(f"{name} ({_MEANS[name]})" for name in missing)
    size, typical = _size(scale, use_case, needed, source)
    lines = [f"{name} = {_rounded(size * _SHARES[name]):g}" for name in missing]
    return Question(
        source,
        f"{where}{why}. Declare {'' if use_case.absolute else 'absolute = true with '}{wanted}.",
        (
            Answer(
                f"for example {typical}, to be set to what matters",
                "\n".join(["[use_case]", "absolute = true", *lines]),
            ),
        ),
    )


def _size(
    scale: dict[str, Any], use_case: UseCase, needed: list[str], source: str
) -> tuple[float, str]:
    """Of what the example figures are shares, and its words: of what is declared with them, else of the
    advice."""
    declared = next((n for n in reversed(needed) if getattr(use_case, n)), None)
    if use_case.absolute and declared:
        return getattr(use_case, declared) / _SHARES[declared], f"what goes with {declared}"
    size = _rounded(scale["size"] or 1.0)
    shares = ", ".join(f"{_SHARES[n] * 100:g} %" for n in needed)
    return size, f"{shares} of a typical {source} ({size:,g})"


def _through_zero(scale: dict[str, Any], judged: bool) -> str | None:
    """How a scale touches or crosses zero, in words; None where it does not."""
    low, high = scale["low"], scale["high"]
    if low <= 0 <= high:
        return f"the advice runs from {low:.4g} to {high:.4g}"
    if judged and scale["true_low"] <= 0 <= scale["true_high"]:
        return f"the correct value runs from {scale['true_low']:.4g} to {scale['true_high']:.4g}"
    if scale["least"] is not None and min(low, scale["least"]) < 0 < max(high, scale["most"]):
        return f"choices run from {scale['least']:.4g} to {scale['most']:.4g}"
    return None


def _rounded(value: float) -> float:
    """One digit of it."""
    return float(f"{value:.0e}")
