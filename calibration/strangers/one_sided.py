"""Decisions of which a part is never overridden: large amounts, beyond a gap or from the middle of a bin on."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHAPES = ("gap", "end")


def one_sided(shape: str, seed: int, *, rows: int = 2_500, people: int = 40) -> pd.DataFrame:
    """One programme; what comes of a case grows with its amount, and following changes nothing."""
    draw = np.random.default_rng([seed, SHAPES.index(shape)])
    amount = draw.uniform(0, 100, rows)
    large = amount > 45
    if shape == "gap":
        large = draw.random(rows) < 0.335
        amount = np.where(large, draw.normal(350, 15, rows), draw.uniform(1, 20, rows))
    over = ~large & (draw.random(rows) < 0.25)
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in draw.integers(0, people, rows)], "mode": "assist",
            "consulted": True, "recommendation": "grant", "choice": np.where(over, "refuse", "grant"),
            "x_amount": amount.round(1), "outcome": 20 + 0.1 * amount + draw.normal(0, 4, rows),
        }
    )  # fmt: skip
