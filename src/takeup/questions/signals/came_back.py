"""After a signal was answered: did the figure that raised it move back?

The weeks from the signal until its response was closed, against four whole weeks after. It moved back where it surely
moved towards what it was and went at least half the way; it did not where half the way is surely not gone; else nothing
can be told. This is an association, never an effect: nobody drew which signals are answered, and what raises a
signal is far from its usual, so that the next weeks are nearer to it whatever is done (regression towards the mean,
Galton 1886). The weeks before the response was closed are taken whole, not the worst of them, which leaves less of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from takeup.questions.signals.week_figures import LOSSES, About, WeekFigure
from takeup.questions.signals.weekly_sums import WINDOW
from takeup.stats.answer import CannotSay, Estimate, insufficient
from takeup.stats.quantiles import normal_quantile

Says = Literal["moved", "not_moved", "cannot_tell"]
WEEKS = WINDOW
FEWEST = 30
"""Cases on either side, below which nothing is told."""
HALF = 0.5
CAVEAT = "an association: a figure that raised a signal was far from its usual, and comes back part of the way by itself"


@dataclass(frozen=True, slots=True)
class CameBack:
    """Figures of the weeks `then` and `since` (shares, flags per 100 people in four weeks, or mean losses), their
    difference with its interval, the share of the `way` back that it is, and what that says."""

    says: Says
    then: float
    since: float
    change: Estimate
    way: float


def came_back(
    about: About,
    signal: float,
    then: Sequence[WeekFigure],
    since: Sequence[WeekFigure],
    confidence: float,
) -> CameBack | CannotSay:
    """Whether the figure, which was `signal` when it raised one, moved back. `then` are the weeks from the signal until
    the response was closed, `since` four whole weeks after. Refused below 30 cases on either side, where a week may not
    be shown, or where it was back before."""
    if len(since) < WEEKS:
        return insufficient("fewer than four whole weeks after it may be shown", f"{WEEKS} weeks", len(since))  # fmt: skip
    fewest = min(sum(w.n for w in weeks) for weeks in (then, since))
    if fewest < FEWEST:
        return insufficient(f"{fewest:.0f} cases", f"{FEWEST} cases", int(fewest))
    (before, var_before), (after, var_after) = _level(then), _level(since)
    sign = 1.0 if about.target > signal else -1.0
    way = sign * (about.target - before)
    if way <= 0:
        return insufficient("it was back before the response was closed", "weeks away from it", len(then))  # fmt: skip
    se = float(np.sqrt(var_before + var_after))
    half = normal_quantile(0.5 + confidence / 2) * se
    moved = sign * (after - before)
    says: Says = "cannot_tell"
    if moved - half > 0 and moved >= HALF * way:
        says = "moved"
    elif moved + half < HALF * way:
        says = "not_moved"
    change = Estimate(
        after - before, after - before - half, after - before + half, confidence,
        int(sum(w.n for w in (*then, *since))),
        f"{WEEKS} whole weeks after the response was closed against those from the signal until then, over-dispersed",
        "descriptive", unit="loss" if about.of in LOSSES else "points", se=se, assumption=CAVEAT,
    )  # fmt: skip
    return CameBack(says, before, after, change, moved / way)


def _level(weeks: Sequence[WeekFigure]) -> tuple[float, float]:
    """The figure over these weeks and its variance."""
    k, n = sum(w.k for w in weeks), sum(w.n for w in weeks)
    first = weeks[0]
    if first.of in LOSSES:
        mean = k / n
        return mean, max(sum(w.kk for w in weeks) / n - mean**2, 0.0) / n
    if first.of == "flagged":
        people = max(w.n for w in weeks)
        scale = 100 * WINDOW / len(weeks) / people
        return k * scale, (k + 0.5) * scale**2
    p = (k + 0.5) / (n + 1)
    return k / n, p * (1 - p) * max(first.spread, 1.0) / (n + 1)
