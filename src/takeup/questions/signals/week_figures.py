"""What a signal is about, week by week, so that it can be told afterwards whether it moved back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from takeup.questions.signals.weekly_sums import WeeklySums

SHARES = {
    "looked": ("looked", "n"), "over": ("over", "looked"), "used": ("used", "n"),
    "legacy": ("legacy", "pathed"), "caught": ("caught", "wrong_seen"),
    "high_looked": ("high_looked", "high_n"),
}  # fmt: skip
"""Shares by name: of what, of how many. Beside them `flagged` (per 100 people in four weeks) and losses."""
LOSSES = ("harm", "followed_loss")


@dataclass(frozen=True, slots=True)
class About:
    """What a signal is about: the figure `of` (one of SHARES, `flagged` or one of LOSSES), and the `target` at which it
    would be no signal."""

    of: str
    target: float


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """One population's week (its Monday) of one figure: `k` of `n`; of losses their sum, squares (`kk`) and number.
    `spread` inflates the variance of a share over people."""

    of: str
    population: str
    week: str
    k: float
    n: float
    kk: float = 0.0
    spread: float = 1.0


def week_figures(w: WeeklySums) -> Iterable[WeekFigure]:
    """Every figure of every week that there is."""
    sums = w.sums
    pairs = dict(SHARES) | {"flagged": ("flagged", "people")}
    for at, monday in enumerate(w.mondays):
        week = monday.isoformat()
        for of, (k, n) in pairs.items():
            if k in sums and n in sums:
                yield WeekFigure(
                    of, w.population, week, float(sums[k][at]), float(sums[n][at]), spread=w.spread
                )
        for of in LOSSES:
            if f"{of}_n" in sums:
                total, squares, n_of = (float(sums[f"{of}_{x}"][at]) for x in ("s", "ss", "n"))
                yield WeekFigure(of, w.population, week, total, n_of, squares)
