"""Rules over 28 days: what holds of a population at the end of a week, and is a signal while it does."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from scipy.special import bdtrc, ndtr

from takeup.questions.signals.week_figures import About
from takeup.questions.signals.weekly_sums import WINDOW, WeeklySums
from takeup.record.population import Population
from takeup.record.settings import Settings, SignalSettings
from takeup.stats.answer import Estimate
from takeup.stats.quantiles import normal_quantile
from takeup.stats.shifts import mean_change

LEAST_CAUGHT, FEWEST_WRONG = 0.30, 20
"""Of wrong advice that was looked at: the share that is to be caught, and the cases that tell."""

SURELY = 0.99
"""Probability of a share below LEAST_CAUGHT at which it is told. Asked anew every week, a point estimate below it
alone would be told several times a year where more are caught (calibration/strangers/caught.py)."""

State = tuple[str, float, float, str, Estimate | None, About]
"""Of a rule: which, the figures it compares, their unit, the change, and what it is about."""


def states_at(
    w: WeeklySums, at: int, facts: Population, settings: Settings, held: Collection[str] = ()
) -> list[State]:
    """The rules of 28 days that hold at the end of week `at`; `held` did the week before."""
    rules = settings.signals
    n, looked, used = (w.over(c, at) for c in ("n", "looked", "used"))
    found: list[State] = []
    if not n:
        return found

    def surely_below(k: float, of: float, limit: float) -> bool:
        p = (k + 0.5) / (of + 1)
        sd = np.sqrt(p * (1 - p) * w.spread / (of + 1))
        return bool(ndtr((limit - p) / sd) >= rules.probability)

    if "nominal" in w.sums and looked >= rules.smallest_consulted:
        nominal = w.over("nominal", at) / n
        if nominal >= settings.high_nominal_rate and surely_below(
            used, n, settings.low_effective_reliance
        ):
            about = About("used", settings.low_effective_reliance)
            found.append(("RR3", nominal, used / n, "share", None, about))
    if "high_n" in w.sums:
        high, low = w.over("high_n", at), w.over("low_n", at)
        if high >= rules.smallest_high_stakes and low >= rules.smallest_high_stakes:
            rate = w.over("low_looked", at) / low
            if rate > 0 and surely_below(
                w.over("high_looked", at), high, rules.high_stakes_ratio * rate
            ):
                about = About("high_looked", rules.high_stakes_ratio * rate)
                found.append(("RR11", rate, w.over("high_looked", at) / high, "share", None, about))
    found += _silence(w, at, looked / n, surely_below(looked, n, SILENT_BELOW))
    found += _over_reliance(w, at, looked, facts, settings, "RR8" in held)
    found += _harm(w, at, rules, settings)
    return found


def _over_reliance(
    w: WeeklySums, at: int, looked: float, facts: Population, settings: Settings, held: bool
) -> list[State]:
    """RR8: fewer overrides than experts would make, or wrong advice let through."""
    ladder = settings.ladder
    benchmark = facts.expert_benchmark
    over = w.over("over", at)
    if benchmark is not None and looked >= ladder.population_consulted:
        p = (over + 0.5) / (looked + 1)
        sd = np.sqrt(p * (1 - p) * w.spread / (looked + 2) + benchmark.sd**2)
        if ndtr((benchmark.rate - ladder.expert_band - p) / sd) >= ladder.probability_of_decline:
            about = About("over", benchmark.rate - ladder.expert_band)
            return [("RR8", benchmark.rate, over / looked, "share", None, about)]
    if "wrong_seen" not in w.sums:
        return []
    wrong, caught = w.over("wrong_seen", at), w.over("caught", at)
    if wrong < FEWEST_WRONG:
        return []
    p = (caught + 0.5) / (wrong + 1)
    sd = np.sqrt(p * (1 - p) * w.spread / (wrong + 2))
    # Once told it holds until as many are caught as are asked for, not told again every other week.
    if ndtr((LEAST_CAUGHT - p) / sd) >= (0.5 if held else SURELY):
        about = About("caught", LEAST_CAUGHT)
        return [("RR8", LEAST_CAUGHT, caught / wrong, "share", None, about)]
    return []


def _harm(w: WeeklySums, at: int, rules: SignalSettings, settings: Settings) -> list[State]:
    """RR12: overrides, or followed cases, lose more than in the four weeks before."""
    for name in ("harm", "followed_loss"):
        if f"{name}_n" not in w.sums:
            continue
        found = mean_change(
            w.sums[f"{name}_s"], w.sums[f"{name}_ss"], w.sums[f"{name}_n"], at, WINDOW
        )
        if found is None:
            continue
        change, se, before = found
        tolerance = rules.loss_tolerance * abs(before)
        if se > 0 and (change - tolerance) / se >= rules.harm_threshold:
            half = normal_quantile(0.5 + settings.confidence / 2) * se
            estimate = Estimate(
                change, change - half, change + half, settings.confidence,
                int(w.over(f"{name}_n", at, 2 * WINDOW)),
                "mean loss of four weeks against the four before", "descriptive",
                unit="loss", se=se,
            )  # fmt: skip
            return [("RR12", before, before + change, "loss", estimate, About(name, before))]
    return []


SILENT_BELOW, LIVING, LEAST_HEARD = 0.5, 5.0, 1.0
"""RR6 looks where fewer than half are looked at: flags per 100 people in 28 days that a living channel has, and under
which it is silent."""
_CHANCE_OF_SILENCE = 0.01


def _silence(w: WeeklySums, at: int, rate: float, seldom: bool) -> list[State]:
    """RR6: little is looked at and nothing is said about it. In few people silence is chance: as many weeks are counted as a
    living channel would hardly be silent in."""
    if not seldom or not {"flagged", "people"} <= set(w.sums):
        return []
    people = float(w.sums["people"][max(at - WINDOW + 1, 0) : at + 1].max())
    if not people:
        return []
    needed = -np.log(_CHANCE_OF_SILENCE) / (LIVING * people / 100 / WINDOW)
    weeks = max(WINDOW, int(np.ceil(needed)))
    if at + 1 < weeks:
        return []
    heard = 100 * w.over("flagged", at, weeks) / people * WINDOW / weeks
    if heard >= LEAST_HEARD:
        return []
    about = About("flagged", LEAST_HEARD)
    return [("RR6", LEAST_HEARD, heard, "flags per 100 people in four weeks", None, about)]


SLOW, SLOW_WEEKS = 0.30, 2


def slow_start(w: WeeklySums, rules: SignalSettings) -> tuple[int, float] | None:
    """RR2: two weeks after a population got the advice, the week and the share that looked, where it is surely below
    `SLOW`. None where it began before the table, or is not surely slow."""
    if w.began is None or w.began + SLOW_WEEKS > len(w.mondays):
        return None
    at = w.began + SLOW_WEEKS - 1
    n, looked = (w.over(name, at, SLOW_WEEKS) for name in ("n", "looked"))
    if n < rules.smallest_week:
        return None
    p = (looked + 0.5) / (n + 1)
    sd = np.sqrt(p * (1 - p) * w.spread / (n + 1))
    return (at, looked / n) if ndtr((SLOW - p) / sd) >= rules.probability else None


FLAGS, TIMES_USUAL, BY_CHANCE = 5, 3.0, 0.0005
"""RR7: flags in a week, times the weekly rate of the four weeks before, and how probable so many of both would be in the one
week by chance (binomial, one part in five); simulated to less than one false alarm a year over twenty kinds of case."""


def flag_cluster(w: WeeklySums, at: int) -> str | None:
    """The kind of case in which flags cluster in week `at`; None where they do in none."""
    found: list[tuple[float, str]] = []
    for kind, weekly in w.flags.items():
        now, before = float(weekly[at]), float(weekly[max(at - WINDOW, 0) : at].sum())
        if at < WINDOW or now < FLAGS or now < TIMES_USUAL * before / WINDOW:
            continue
        chance = float(bdtrc(now - 1, now + before, 1 / (WINDOW + 1)))
        if chance <= BY_CHANCE:
            found.append((chance, kind))
    return min(found)[1] if found else None
