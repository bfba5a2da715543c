"""Columns that are not what they look like: they repeat the advice or give the truth away.

Such a column must not be a covariate: adjusting for it erases the very difference that is
asked for. Only warned of; the mapping decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.mapping import Mapping

_NEARLY_ALWAYS = 0.995
_MOST_LEVELS = 50
_LOOKED_AT = 200_000
_PERSONS_OWN = re.compile(r"(^|_)(own|self|human|person|user|officer|staff|my|your)(_|$)|confident")


def look_alikes(
    decisions: ir.Table, mapping: Mapping, told: Sequence[tuple[str, str]] | None = None
) -> list[str]:
    """Sentences about columns of a typed table that look like something else; `told`: what `told_by_columns`
    has found of it."""
    found = [
        f"column {mapping.columns.get(column, column)} {_what(target)}: it tells {target} nearly always. "
        "Take it out of the covariates (leave it out of [columns], or name it in the use case's "
        "covariates_after_decision)"
        for column, target in (told_by_columns(decisions) if told is None else told)
    ]
    return [*found, *persons_confidence(mapping)]


def alike_columns(decisions: ir.Table, mapping: Mapping) -> dict[str, str]:
    """Covariates of the mapping that look like something else, each with what it does."""
    return {
        column: f"it {_what(target)}: it tells {target} nearly always"
        for column, target in told_by_columns(decisions)
        if isinstance(mapping.columns.get(column), str)
    }


def known_afterwards(told: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Covariates that tell the choice, the right answer or the outcome: no kinds of case to be looked for."""
    advice = ("recommendation", "recommendation_value")
    return frozenset(column for column, target in told if target not in advice)


def told_by_columns(decisions: ir.Table) -> list[tuple[str, str]]:
    """Covariates, and what each of them tells nearly always."""
    columns = [c for c in decisions.columns if c.startswith(COVARIATE_PREFIX)]
    known = [c for c in ("recommendation", "correct_choice", "choice") if c in decisions.columns]
    numbers = [
        c
        for c in ("recommendation_value", "correct_value", "choice_value")
        if c in decisions.columns
    ]
    outcomes = [c for c in decisions.columns if c.startswith("y_")]
    if "outcome" in decisions.columns:
        outcomes.append("outcome")
    if not columns or not (known or numbers or outcomes):
        return []
    frame: pd.DataFrame = fetch(
        decisions.select(*columns, *known, *numbers, *outcomes).limit(_LOOKED_AT)
    ).to_pandas()
    found = []
    for column in columns:
        for target in known:
            if _determines(frame[column], frame[target]):
                found.append((column, target))
        for target in (*numbers, *outcomes):
            if _repeats(frame[column], frame[target]):
                found.append((column, target))
    return found


def _what(target: str) -> str:
    return {
        "recommendation": "repeats the advice",
        "recommendation_value": "repeats the advice",
        "choice": "repeats the choice, so it was known only after the decision",
        "choice_value": "repeats the choice, so it was known only after the decision",
        "correct_choice": "gives the right answer away",
        "correct_value": "gives the right answer away",
    }.get(target, "gives the outcome away")


def _determines(column: pd.Series, target: pd.Series) -> bool:
    """Whether each level of `column` goes with one value of `target`, and they differ."""
    both = pd.DataFrame({"x": column, "t": target}).dropna()
    if len(both) < 50 or not 2 <= both["x"].nunique() <= _MOST_LEVELS or both["t"].nunique() < 2:
        return False
    counts = both.groupby(["x", "t"]).size().unstack(fill_value=0)
    sure = counts.max(axis=1).sum() / len(both)
    chance = both["t"].value_counts(normalize=True).iloc[0]
    return bool(sure >= _NEARLY_ALWAYS and chance < _NEARLY_ALWAYS)


def _repeats(column: pd.Series, target: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(target):
        return False
    if not pd.api.types.is_numeric_dtype(column):
        return _determines(column, target) if target.nunique() <= _MOST_LEVELS else False
    both = pd.DataFrame({"x": column, "t": target}).dropna().astype(float)
    if len(both) < 50 or both["x"].std() == 0 or both["t"].std() == 0:
        return False
    return bool(abs(np.corrcoef(both["x"], both["t"])[0, 1]) >= _NEARLY_ALWAYS)


def persons_confidence(mapping: Mapping) -> list[str]:
    """A warning where the model's confidence sounds like a person's own."""
    source = mapping.columns.get("confidence")
    if not isinstance(source, str) or not _PERSONS_OWN.search(source.lower()):
        return []
    return [
        f"column {source} is read as the model's confidence, but its name sounds like the "
        "person's own; if so, map it as a covariate (x_own_confidence) instead"
    ]
