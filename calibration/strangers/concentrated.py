"""Decisions where few people make most overrides, and people differ in how their cases end."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHAPES = ("one of 20", "two of 20", "Pareto, 20", "Pareto, 40", "alike, 40")


def concentrated(seed: int, rows: int = 4_000) -> pd.DataFrame:
    """One programme, of one of SHAPES by its seed. Following changes nothing."""
    draw = np.random.default_rng([seed, 17])
    shape = SHAPES[seed % len(SHAPES)]
    people = 40 if shape.endswith("40") else 20
    rate = np.full(people, 0.04)
    if shape.startswith("one"):
        rate[0] = 0.7
    elif shape.startswith("two"):
        rate[:2] = 0.7
    elif shape.startswith("Pareto"):
        rate = np.clip(0.03 * (1 + draw.pareto(1.2, people)), 0, 0.85)
    else:
        rate[:] = 0.2
    person = draw.integers(0, people, rows)
    overrides = draw.random(rows) < rate[person]
    skill = draw.normal(0, 0.12, people)[person]
    region = draw.integers(0, 3, rows)
    good = draw.random(rows) < np.clip(0.6 + skill - 0.05 * region, 0, 1)
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "consulted": True,
            "recommendation": "approve", "choice": np.where(overrides, "decline", "approve"),
            "x_region": np.array(["n", "e", "s"], object)[region], "outcome": good.astype(float),
        }
    )  # fmt: skip
