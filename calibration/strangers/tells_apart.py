"""People who tell right advice from wrong, hardly ever or nearly always, few of them or one with half the cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.reliance.measure import Reliance, measure_reliance
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate

KEEPS_AND_CATCHES = ((0.85, 0.5), (0.98, 0.95), (0.995, 0.98))
WAYS = ("equal", "gamma", "pareto", "half")


def border(seed: int, engine: Engine) -> dict[str, object]:
    """J of 5 to 30 people; those who catch more keep less. How often they do goes by the seed."""
    draw = np.random.default_rng([seed, 71])
    keeps, catches = KEEPS_AND_CATCHES[seed % 3]
    people = int(draw.integers(5, 31))
    way = WAYS[seed % 4]
    busy = {
        "equal": np.ones(people), "gamma": 0.02 + draw.gamma(1.0, 1.0, people),
        "pareto": 1 + draw.pareto(1.2, people), "half": np.r_[people - 1.0, np.ones(people - 1)],
    }[way]  # fmt: skip
    wary = draw.normal(0, 1, people)
    n = int(draw.integers(400, 1_500))
    who = draw.choice(people, n, p=busy / busy.sum())
    right = draw.random(n) < 0.8
    # Each person's own chance, whose mean over people is the one declared.
    apart = 0.9 * np.array([min(keeps, 1 - keeps), min(catches, 1 - catches)])
    lean = np.clip(np.outer(wary, apart) / 2 * [-1, 1], -apart, apart)
    own = lean + np.array([keeps, catches])
    over = np.where(right, draw.random(n) >= own[who, 0], draw.random(n) < own[who, 1])
    table = engine.load(
        pa.Table.from_pandas(
            pd.DataFrame(
                {
                    "person_id": [f"p{i}" for i in who], "advice_right": right,
                    "action": np.where(over, "overridden", "followed"),
                }
            ),
            preserve_index=False,
        )
    )  # fmt: skip
    found = measure_reliance(table, Settings())
    assert isinstance(found, Reliance)
    j = found.discrimination
    record: dict[str, object] = {"way": way, "truth": {"j": keeps + catches - 1}, "nothing": False}
    if isinstance(j, Estimate):
        record["j" if seed % 3 == 0 else "at_border"] = {
            "value": j.value,
            "low": j.low,
            "high": j.high,
        }
        record["nothing"] = j.high - j.low < 1e-9
    return record
