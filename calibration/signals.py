"""How often signals are told of where nothing changed, and how soon where something did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.signals.measure import signals_of
from takeup.questions.signals.weekly_sums import WeeklySums
from takeup.record.population import Benchmark, Population
from takeup.record.settings import Settings

Record = dict[str, Any]
Floats = NDArray[np.float64]
SETTINGS = Settings()
_WEEKS, _CHANGES = 60, 34
"""Weeks of a signal's population, and the week from which something changes in it."""


@dataclass(frozen=True)
class Year:
    """What is true of a population over more than a year, before and (where it changes) after week `_CHANGES`: shares of
    cases looked at, of those overridden, of wrong advice caught, gone the old way; how often a high-stakes case is looked at
    per other; what an override loses; flags per 100 people in four weeks, and how many times as many in one kind (of 0.3 a week at least)."""

    looked: float
    override: float
    caught: float = 0.7
    legacy: float = 0.3
    high: float = 1.0
    harm: float = 0.0
    flags: float = 5.0
    cluster: float = 1.0
    nominal: float = 0.9


def signals(seed: int, shift: float) -> Record:
    """A year of one population with 300 to 600 cases a week, over-dispersed; nothing changes,
    or looking falls by `shift` in the middle of the year. What holds of it all the time is no false alarm: a share
    of wrong advice caught, or of cases decided with advice, is on the right side of its limit, by five points or more."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(0.35 if not shift else 0.35 + shift, 0.85)
    # Relied on in at least 40 of 100 cases where as many as that are looked at.
    override = rng.uniform(0.05, max(min(0.40, 1 - 0.40 / base), 0.06))
    always = Year(base, override, rng.uniform(0.35, 0.9), nominal=rng.uniform(0.5, 1.0))
    relied = base * (1 - override) >= 0.40
    seen = _seen(rng, always, replace(always, looked=base - shift))
    by: dict[str, int] = {}
    for one, week in seen:
        if (week >= 8 or one == "RR2") and (relied or one != "RR3"):
            by[one] = by.get(one, 0) + 1
    return {
        "alarms": sum(by.values()),
        "by": by,
        "found": any(one == "RR1" and _CHANGES <= week <= _CHANGES + 1 for one, week in seen),
    }


_CHANGED: dict[str, tuple[Year, Year]] = {
    "RR1": (Year(0.70, 0.15), Year(0.50, 0.15)),
    "RR3": (Year(0.60, 0.15), Year(0.30, 0.15)),
    "RR4": (Year(0.70, 0.15), Year(0.70, 0.35)),
    "RR5": (Year(0.70, 0.15, legacy=0.2), Year(0.70, 0.15, legacy=0.4)),
    "RR6": (Year(0.30, 0.15), Year(0.30, 0.15, flags=0.0)),
    "RR7": (Year(0.70, 0.15), Year(0.70, 0.15, cluster=34.0)),
    "RR8": (Year(0.70, 0.15), Year(0.70, 0.05, caught=0.1)),
    "RR11": (Year(0.70, 0.15), Year(0.70, 0.15, high=0.3)),
    "RR12": (Year(0.70, 0.25), Year(0.70, 0.25, harm=1.0)),
}
"""A change that each signal is for: by twenty points, by half, or as large."""


def signal_delays(seed: int) -> Record:
    """Weeks until each signal is told of the change that it is for; of a slow start, until it is told from its first
    week. None: not within half a year."""
    found: dict[str, int | None] = {}
    for place, (code, (before, after)) in enumerate(_CHANGED.items()):
        rng = np.random.default_rng((seed, place))
        weeks = [
            week for one, week in _seen(rng, before, after) if one == code and week >= _CHANGES
        ]
        found[code] = min(weeks) - _CHANGES + 1 if weeks else None
    slow = Year(0.15, 0.15)
    first = [w for one, w in _seen(np.random.default_rng((seed, 99)), slow, slow) if one == "RR2"]
    found["RR2"] = min(first) - _BEGAN + 1 if first else None
    return {"delays": found}


_BEGAN = 4


def _seen(rng: np.random.Generator, before: Year, after: Year) -> list[tuple[str, int]]:
    """Signals of a population for which one thing is true before a week and another after, by the number of their week."""
    weeks, cases = _WEEKS, int(rng.integers(300, 601))

    def each(name: str, sd: float = 0.0, most: float = 0.99) -> Floats:
        series = np.full(weeks, getattr(before, name))
        series[_CHANGES:] = getattr(after, name)
        return np.clip(series + rng.normal(0, sd, weeks), 0, most)

    n = rng.poisson(cases, weeks).astype(float)
    share = np.clip(each("looked", 0.02), 0.01, 0.99)
    high = rng.binomial(n.astype(int), 0.3).astype(float)
    high_share = np.clip(share * each("high", most=1.0), 0, 0.99)
    high_looked = rng.binomial(high.astype(int), high_share).astype(float)
    low_looked = rng.binomial((n - high).astype(int), share).astype(float)
    looked = high_looked + low_looked
    over = rng.binomial(looked.astype(int), each("override", 0.02)).astype(float)
    wrong = rng.binomial(looked.astype(int), 0.12).astype(float)
    used = looked - over
    loss, harm = rng.gamma(np.maximum(used, 1) / 4, 4.0), each("harm", most=9.0)
    harm_s = rng.normal(0, 1, weeks) * np.sqrt(over) + harm * over
    sums = {
        "n": n, "looked": looked, "over": over, "used": used,
        "nominal": np.maximum(looked, rng.binomial(n.astype(int), before.nominal)), "high_n": high,
        "high_looked": high_looked, "low_n": n - high, "low_looked": low_looked, "wrong_seen": wrong,
        "caught": rng.binomial(wrong.astype(int), each("caught")).astype(float),
        "harm_n": over, "harm_s": harm_s, "harm_ss": over + harm**2 * over, "followed_loss_n": used,
        "followed_loss_s": loss, "followed_loss_ss": 5.0 * used,
        "pathed": n, "legacy": rng.binomial(n.astype(int), each("legacy", 0.02)).astype(float),
    }  # fmt: skip
    # A living channel: people flag five times a hundred in four weeks, in ten kinds of case.
    people = float(rng.integers(20, 200))
    rate = each("flags", most=99.0) * people / 100 / 4 / 10
    flags = {f"kind {k}": rng.poisson(rate).astype(float) for k in range(10)}
    flags["kind 0"] = rng.poisson(np.maximum(rate, 0.3) * each("cluster", most=99.0) if after.cluster > 1 else rate).astype(float)  # fmt: skip
    sums |= {"people": np.full(weeks, people), "flagged": np.sum(list(flags.values()), 0)}
    monday = [d.date() for d in pd.date_range("2025-01-06", periods=weeks, freq="W-MON")]
    series = WeeklySums("all", monday, sums, 3.0, [], _BEGAN, flags)
    facts = Population(expert_benchmark=Benchmark(rate=before.override, sd=0.02))
    at = {day.isoformat(): number for number, day in enumerate(monday)}
    return [(s.id, at[s.week]) for s in signals_of(series, facts, SETTINGS)]
