"""A year in which as much wrong advice is caught as is asked for, or next to none, week after week."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from takeup.questions.signals.measure import signals_of
from takeup.questions.signals.weekly_sums import WeeklySums
from takeup.record.population import Population
from takeup.record.settings import Settings

CAUGHT = (0.32, 0.385, 0.45, 0.10)
"""The last is over-reliance; the others are above what the rule asks for."""


def year_of_wrong_advice(seed: int) -> dict[str, object]:
    """60 weeks of 50 to 70 (or 150) decisions of people who are alike; alarms in the last 52."""
    draw = np.random.default_rng([seed, 23])
    share, weekly = CAUGHT[seed % len(CAUGHT)], 150 if seed % 3 == 0 else 0
    n = np.full(60, weekly) if weekly else draw.integers(50, 71, 60)
    looked = draw.binomial(n, 0.85)
    wrong = draw.binomial(looked, 0.15)
    caught = draw.binomial(wrong, share)
    over = caught + draw.binomial(looked - wrong, 0.08)
    sums = {
        name: np.asarray(values, float)
        for name, values in {
            "n": n, "looked": looked, "over": over, "used": looked - over,
            "wrong_seen": wrong, "caught": caught,
        }.items()
    }  # fmt: skip
    mondays = [date(2025, 1, 6) + timedelta(weeks=w) for w in range(60)]
    series = WeeklySums("all", mondays, sums, 1.0, [])
    seen = signals_of(series, Population(), Settings())
    late = [s for s in seen if s.week >= mondays[8].isoformat()]
    return {
        "caught": share, "weekly": weekly or 60, "alarms": len(late),
        "over_reliance": sum(s.id == "RR8" for s in seen),
    }  # fmt: skip
