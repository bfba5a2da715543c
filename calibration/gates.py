"""A gate looked at every week while the model is worse than people by exactly the margin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from takeup.questions.shadow.measure import ShadowPlan, shadow_looks
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate
from takeup.stats.anytime import pairs_needed

MARGIN, DISAGREEMENT = 0.02, 0.20
_FIRST = pd.Timestamp("2026-01-05")


def weekly_cells(
    rng: np.random.Generator, people: int, weekly: int, weeks: int, ahead: float, sd: float
) -> pd.DataFrame:
    """Sums by person and week of shadow pairs in which the model is ahead by `ahead` (negative:
    behind); people differ in that by `sd`."""
    lean = rng.normal(0, sd, people) / 2
    only_model = np.clip((DISAGREEMENT + ahead) / 2 + lean, 0, 1)
    only_person = np.clip((DISAGREEMENT - ahead) / 2 - lean, 0, 1)
    parts = []
    for week in range(weeks):
        n = rng.poisson(weekly / people, people)
        m = rng.binomial(n, only_model)
        p = rng.binomial(n - m, np.clip(only_person / (1 - only_model), 0, 1))
        parts.append(
            pd.DataFrame(
                {
                    "person": np.arange(people), "week": _FIRST + pd.Timedelta(weeks=week),
                    "pairs": n, "apart": m + p, "judged": m + p, "w": (m + p).astype(float),
                    "wd": (m - p).astype(float), "w_gain": m.astype(float),
                    "w_cost": p.astype(float),
                }
            )[n > 0]
        )  # fmt: skip
    return pd.concat(parts)


def ever_passes(
    seed: int, *, people: int, weekly: int, weeks: int, sd: float, ahead: float = -MARGIN
) -> bool:
    """Whether the margin's clause says "passes" at any of the weekly looks."""
    rng = np.random.default_rng(seed)
    cells = weekly_cells(rng, people, weekly, weeks, ahead, sd)
    settings = Settings()
    plan = ShadowPlan(pairs_needed(MARGIN, DISAGREEMENT, settings.confidence))
    return any(
        isinstance(look.difference, Estimate) and look.difference.low > -MARGIN
        for look in shadow_looks(cells, plan, settings)
    )
