"""Decisions where one recorded column decides who overrides and how cases end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

EFFECT = 0.05
"""What following adds to the chance of a good end, everywhere: the truth in every population."""

COLUMNS = (
    "confidence", "score_band", "stakes", "recommendation", "population", "load", "substitution",
    "model_version", "week", "x_region", "x_amount",
)  # fmt: skip
"""Columns that may confound, each recorded under its own name."""

_WORDS = {
    "score_band": ("A", "B", "C", "D", "E"), "stakes": ("low", "medium", "high"),
    "recommendation": ("approve", "decline"), "population": ("north", "south", "west"),
    "load": ("normal", "high"), "substitution": ("high", "low"),
    "model_version": ("1.0", "1.1", "2.0"), "x_region": ("n", "e", "s", "w"),
}  # fmt: skip


def confounded(
    column: str,
    seed: int,
    *,
    rows: int = 4_000,
    people: int = 30,
    blank: float = 0.0,
    together: float = 0.0,
) -> pd.DataFrame:
    """One programme; `column` is the only confounder, blank in a share of rows at random. `together`: by how
    much those who follow more readily also judge better."""
    draw = np.random.default_rng([seed, COLUMNS.index(column)])
    person = draw.integers(0, people, rows)
    week = draw.integers(0, 26, rows)
    kinds = {name: draw.integers(0, len(words), rows) for name, words in _WORDS.items()}
    if column != "population":
        kinds["population"] = person % 3
    numbers = {"confidence": draw.random(rows), "x_amount": np.exp(draw.normal(6, 1, rows))}
    hard = _hardness(column, {**kinds, **numbers, "week": week}, draw)
    lean = draw.normal(0, 0.08, people)
    skill = draw.normal(0, 0.05, people) + together * lean
    follows = draw.random(rows) < np.clip(0.75 - 0.45 * hard + lean[person], 0.03, 0.97)
    good = draw.random(rows) < np.clip(0.75 - 0.4 * hard + skill[person] + EFFECT * follows, 0, 1)
    held: dict[str, Any] = {
        name: np.array(_WORDS[name], object)[codes] for name, codes in kinds.items()
    }
    other = np.where(held["recommendation"] == "approve", "decline", "approve")
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "consulted": True,
            "decided_at": pd.Timestamp("2026-01-05 09:00")
            + pd.to_timedelta(week * 7 + draw.integers(0, 5, rows), "D"),
            "choice": np.where(follows, held["recommendation"], other),
            "outcome": good.astype(float),
            **held, **numbers,
        }
    )  # fmt: skip
    if column not in ("score_band", "confidence"):
        frame = frame.drop(columns="score_band")
    if column == "score_band":
        frame = frame.drop(columns="confidence")
    if blank:
        frame.loc[draw.random(rows) < blank, column] = None
    return frame


def _hardness(column: str, held: dict[str, np.ndarray], draw: np.random.Generator) -> np.ndarray:
    """How hard each case is, 0 to 1, by the confounder alone."""
    value = held[column]
    if column == "week":
        return draw.random(26)[value]
    if column == "x_amount":
        return np.argsort(np.argsort(value)) / len(value)
    if column == "confidence":
        return np.abs(2 * value - 1)
    return value / value.max()
