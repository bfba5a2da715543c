"""A kind of case of which few come in shadow: a gate looked at every week on next to no disagreement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from takeup.questions.shadow.measure import ShadowPlan, shadow_looks
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate
from takeup.stats.anytime import pairs_needed

MARGIN = 0.02
DISAGREE = (0.02, 0.04, 0.07, 0.10)


def looks_of_a_small_kind(seed: int) -> dict[str, object]:
    """A year of weekly looks at a kind with 3 to 30 pairs a week in which the model is behind by the margin:
    how often they disagree goes by the seed. Whether the gate ever passes the kind."""
    draw = np.random.default_rng([seed, 11])
    apart = DISAGREE[seed % len(DISAGREE)]
    people, weekly = int(draw.integers(6, 30)), float(draw.uniform(3, 30))
    busy = draw.gamma(2.0, 1.0, people)
    rows = []
    for week in range(52):
        for person, n in enumerate(draw.poisson(weekly * busy / busy.sum())):
            if n:
                for_person = draw.binomial(n, (apart + MARGIN) / 2)
                for_model = draw.binomial(n - for_person, (apart - MARGIN) / 2)
                rows.append((person, week, n, for_model, for_person))
    cells = pd.DataFrame(rows, columns=["person", "week", "pairs", "w_gain", "w_cost"])
    cells["week"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(7 * cells["week"], "D")
    cells["apart"] = cells["judged"] = cells["w_gain"] + cells["w_cost"]
    cells["w"] = cells["judged"].astype(float)
    cells["wd"] = (cells["w_gain"] - cells["w_cost"]).astype(float)
    plan = ShadowPlan(pairs_needed(MARGIN, 0.20, Settings().confidence))
    passes = [
        isinstance(look.difference, Estimate) and look.difference.low > -MARGIN
        for look in shadow_looks(cells, plan, Settings())
    ]
    return {"false": any(passes), "disagree": apart}
