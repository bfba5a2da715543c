"""Two months of the same people: how much a share moved, from what two documents hold of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.same_people.measure import error_of_change, sums_of
from takeup.stats.quantiles import t_half_width

Array = NDArray[np.float64]
FIGURE = "overridden, of those looked at"


def month(
    draw: np.random.Generator, rate: Array, first_day: str, each: float = 100
) -> pd.DataFrame:
    """Four weeks of people who override at these rates."""
    person = np.repeat(np.arange(len(rate)), draw.poisson(each, len(rate)))
    over = draw.random(len(person)) < rate[person]
    seconds = draw.integers(0, 28 * 24 * 3600, len(person))
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "consulted": True,
            "recommendation": "approve", "choice": np.where(over, "decline", "approve"),
            "decided_at": pd.Timestamp(first_day) + pd.to_timedelta(seconds, "s"),
        }
    )  # fmt: skip


def two_months(seed: int, people: int | None = None, shift: float | None = None) -> dict[str, Any]:
    """People who differ in rate and in how busy they are, of whom some override more by `shift` or each by
    their own; a third of the seeds has other people in the second month."""
    draw = np.random.default_rng([seed, 41])
    people = people or int(draw.choice([12, 20, 30, 80]))
    others = shift is None and seed % 3 == 0
    shift = float(draw.choice([0.0, 0.10])) if shift is None else shift
    own = draw.normal(0, 0.05, people) if seed % 3 == 1 else np.zeros(people)
    rate = np.clip(draw.normal(0.4, 0.15, people), 0.1, 0.75)
    busy = draw.gamma(4.0, 25.0, people)
    sums, values, truth = [], [], []
    for second in (False, True):
        if second and others:
            rate = np.clip(draw.normal(0.4, 0.15, people), 0.1, 0.75)
        now = np.clip(rate + second * (shift + own), 0.0, 1.0)
        n = draw.poisson(busy).astype(float)
        k = draw.binomial(n.astype(int), now).astype(float)
        ids = [f"{'q' if second and others else 'p'}{i}" for i in range(people)]
        frame = pd.DataFrame({"k": k, "n": n}, ids)
        sums.append(sums_of(frame[frame["n"] > 0]))
        values.append(k.sum() / n.sum())
        # Of people like these: the rates they are drawn from.
        truth.append(0.4 + second * shift)
    se, df = error_of_change(*sums)
    change, half = values[1] - values[0], t_half_width(0.95, df) * se
    low, high = change - half, change + half
    return {
        "truth": {"change": truth[1] - truth[0]}, "people": people,
        "change": {"value": change, "low": low, "high": high},
        "told": not low <= 0 <= high, "false": shift == 0 and not low <= 0 <= high,
    }  # fmt: skip
