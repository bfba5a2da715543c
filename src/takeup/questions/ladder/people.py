"""Levels of persons, all at once: arrays in, arrays out; only counts of people leave.

Each clause of a level is met (1), failed (0) or unknown (NaN) for every person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from takeup.record.population import Population
from takeup.record.settings import LadderSettings

Array = NDArray[np.float64]
Clauses = list[tuple[str, Array]]

COUNTS = (
    "eligible",
    "consulted",
    "unknown",
    "used",
    "overridden",
    "high",
    "high_consulted",
    "high_unknown",
    "low",
    "low_consulted",
    "on_path",
)
SKILL = ("right_kept", "right", "wrong_caught", "wrong", "gain", "gain_squares", "gains")
SHRINK_SKILL = 40.0


@dataclass(frozen=True, slots=True)
class GradedPeople:
    """`people` had eligible cases lately; `graded` had enough. `certain` and `possible` are
    the graded ones' levels; `unknown` names what keeps the two apart. `selective` counts
    those who look at low stakes much more than at high."""

    people: int
    certain: NDArray[np.int64]
    possible: NDArray[np.int64]
    unknown: tuple[str, ...]
    selective: int

    @property
    def graded(self) -> int:
        """How many people have a level."""
        return len(self.certain)


def grade_people(
    part: pd.DataFrame, facts: Population, stakes: bool, rules: LadderSettings
) -> GradedPeople:
    """Levels of the persons of one population. `part` has person, window (28-day steps back
    from the last decision) and the columns of COUNTS and SKILL."""
    people, recent = _people_of(part, facts, stakes, rules)
    certain, possible, unknown = people.levels()
    return GradedPeople(recent, certain, possible, unknown, people.selective())


@dataclass(frozen=True, slots=True)
class GradedPerson:
    """One person's own level, for that person alone: `certain` and `possible`, and of the next level
    the clauses that `failed` and those nobody knows (`unknown`). `eligible` cases were looked at."""

    certain: int
    possible: int
    eligible: int
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


def grade_person(
    part: pd.DataFrame, facts: Population, stakes: bool, rules: LadderSettings
) -> GradedPerson | None:
    """The level of the one person in `part` (as for `grade_people`); None with too few cases."""
    people, _ = _people_of(part, facts, stakes, rules)
    if people.n != 1:
        return None
    certain, possible, _ = people.levels()
    failed, unknown = people.lacks(int(certain[0]) + 1)
    return GradedPerson(
        int(certain[0]), int(possible[0]), int(people.now["eligible"][0]), failed, unknown
    )


def _people_of(
    part: pd.DataFrame, facts: Population, stakes: bool, rules: LadderSettings
) -> tuple[_People, int]:
    """Those with enough cases, and how many had cases lately."""
    codes, names = pd.factorize(part["person"])
    longest = rules.lookback_days[-1] // rules.window_days
    steps = 2 * longest
    window = np.minimum(part["window"].to_numpy(np.int64), steps)
    counts = np.zeros((len(names), steps + 1, len(COUNTS)))
    np.add.at(counts, (codes, window), part[list(COUNTS)].to_numpy(float))
    skill = np.zeros((len(names), len(SKILL)))
    np.add.at(skill, codes, part[list(SKILL)].to_numpy(float))
    recent = counts[:, :longest].sum(1)[:, 0] > 0
    now = np.zeros((len(names), len(COUNTS)))
    before = np.zeros_like(now)
    chosen = np.zeros(len(names), bool)
    for days in rules.lookback_days:
        width = days // rules.window_days
        current = counts[:, :width].sum(1)
        take = ~chosen & (current[:, 0] >= rules.person_eligible)
        now[take] = current[take]
        before[take] = counts[take][:, width : 2 * width].sum(1)
        chosen |= take
    people = _People(now[chosen], before[chosen], skill[chosen], facts, stakes, rules)
    return people, int(recent.sum())


def at_least(low: Array, high: Array, limit: float) -> Array:
    """1 where even the lowest rate reaches `limit`, 0 where even the highest does not."""
    met = np.where(low >= limit, 1.0, np.where(high < limit, 0.0, np.nan))
    return np.where(np.isnan(low), np.nan, met)


def _flag(values: NDArray[np.bool_]) -> Array:
    return values.astype(float)


class _People:
    def __init__(
        self,
        now: Array,
        before: Array,
        skill: Array,
        facts: Population,
        stakes: bool,
        rules: LadderSettings,
    ) -> None:
        self.now = {name: now[:, i] for i, name in enumerate(COUNTS)}
        self.before = {name: before[:, i] for i, name in enumerate(COUNTS)}
        self.skill = {name: skill[:, i] for i, name in enumerate(SKILL)}
        self.facts, self.stakes, self.rules = facts, stakes, rules
        self.n = len(now)
        pooled = self.now["consulted"].sum()
        self.pooled_override = self.now["overridden"].sum() / pooled if pooled else 0.0

    def levels(self) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
        """Certain level, possible level, and the clauses nobody knows that part them."""
        clauses = self._clauses()
        certain = np.zeros(self.n, np.int64)
        possible = np.zeros(self.n, np.int64)
        for level, found in clauses:
            met = np.stack([values for _, values in found])
            certain[(met == 1).all(0)] = level
            possible[(met != 0).all(0)] = level
        unknown: dict[str, None] = {}
        for level, found in clauses:
            open_ = (certain < level) & (possible >= level)
            for text, values in found:
                if (open_ & np.isnan(values)).any():
                    unknown[text] = None
        return certain, possible, tuple(unknown)

    def _clauses(self) -> list[tuple[int, Clauses]]:
        integrated = self._integrated()
        return [
            (1, self._aware()),
            (2, self._trial()),
            (3, self._active()),
            (4, integrated),
            (5, [*integrated, ("help to others", self._all(np.nan))]),
        ]

    def lacks(self, level: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of the first person: the clauses of `level` that fail, and those nobody knows."""
        found = dict(self._clauses()).get(level, [])
        failed = dict.fromkeys(text for text, met in found if met[0] == 0)
        unknown = dict.fromkeys(text for text, met in found if np.isnan(met[0]))
        return tuple(failed), tuple(text for text in unknown if text not in failed)

    def selective(self) -> int:
        """People who look at low stakes at least 20 points more often than at high."""
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = (
                self.now["low_consulted"] / self.now["low"]
                - self.now["high_consulted"] / self.now["high"]
            )
        return int((gap >= 0.20).sum())

    def _all(self, value: float) -> Array:
        return np.full(self.n, value)

    def _rate(self, k: str, of: str, unknown: str = "unknown") -> tuple[Array, Array]:
        with np.errstate(invalid="ignore", divide="ignore"):
            n = self.now[of]
            return self.now[k] / n, (self.now[k] + self.now[unknown]) / n

    def _aware(self) -> Clauses:
        share = self.facts.trained_share
        trained = self._all(1.0 if share == 1 else 0.0 if share == 0 else np.nan)
        trained[self.now["consulted"] > 0] = 1.0
        return [("training", trained)]

    def _trial(self) -> Clauses:
        looked = np.where(
            self.now["consulted"] >= 3, 1.0, np.where(self.now["unknown"] > 0, np.nan, 0.0)
        )
        rate = at_least(*self._rate("consulted", "eligible"), self.rules.l2_consult)
        return [("looking at the advice", rate), ("looking at the advice", looked)]

    def _active(self) -> Clauses:
        r = self.rules
        return [
            *self._rates(r.l3_consult, r.l3_high_consult, r.l3_effective_reliance),
            (
                "the expert benchmark"
                if self.facts.expert_benchmark is None
                else "overrides over two windows",
                self._trend_clause(),
            ),
            ("whether the own comparison was opened", self._all(self._opened())),
        ]

    def _integrated(self) -> Clauses:
        r, benchmark = self.rules, self.facts.expert_benchmark
        limit = r.l4_slope * (1 - benchmark.rate) + r.l4_offset if benchmark else np.nan
        share = self.facts.contributing_share
        contributes = 1.0 if share == 1 else 0.0 if share == 0 else np.nan
        return [
            *self._rates(r.l4_consult, r.l4_high_consult, limit),
            *self._expert_level(),
            ("right answers", self._discriminates()),
            ("what overrides gained", self._not_losing()),
            ("contributions", self._all(contributes)),
        ]

    def _rates(self, consult: float, high: float, reliance: float) -> Clauses:
        used = self._all(np.nan)
        if not np.isnan(reliance):
            used = at_least(*self._rate("used", "eligible"), reliance)
        return [
            ("looking at the advice", at_least(*self._rate("consulted", "eligible"), consult)),
            ("stakes of cases", self._high(high)),
            ("the expert benchmark" if np.isnan(reliance) else "effective reliance", used),
        ]

    def _high(self, limit: float) -> Array:
        if not self.stakes:
            return self._all(np.nan)
        rate = at_least(*self._rate("high_consulted", "high", "high_unknown"), limit)
        return np.where(self.now["high"] < 10, 1.0, rate)

    def _opened(self) -> float:
        available, share = self.facts.comparison_available_share, self.facts.comparison_opened_share
        if available == 0:
            return 1.0
        # Nobody opened what may not be there.
        never = 0.0 if available is not None else np.nan
        return 1.0 if share == 1 else never if share == 0 else np.nan

    def _override(self, counts: dict[str, Array]) -> tuple[Array, Array]:
        """Mean and variance of each override rate, leaning on the population's where there
        is little."""
        k, n = counts["overridden"], counts["consulted"]
        weight = np.where(n < 30, self.rules.shared_evidence_weight, 0.0)
        k, n = k + weight * self.pooled_override, n + weight
        mean = (k + 0.5) / (n + 1)
        return mean, mean * (1 - mean) / (n + 2)

    def _moved(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Declining, stable, and whether there is an earlier window to say so."""
        r = self.rules
        mean, variance = self._override(self.now)
        was, was_variance = self._override(self.before)
        spread = np.sqrt(variance + was_variance)
        declining = (ndtr((was - mean) / spread) >= r.probability_of_decline) & (
            was - mean >= r.smallest_decline
        )
        within = ndtr((r.stable_within - mean + was) / spread) - ndtr(
            (-r.stable_within - mean + was) / spread
        )
        rising = (ndtr((mean - was) / spread) >= r.probability_of_decline) & (
            mean - was >= r.smallest_decline
        )
        known = self.before["consulted"] > 0
        stable = (within >= r.probability_of_stable) & ~declining & ~rising
        return declining & known, stable & known, known

    def _trend_clause(self) -> Array:
        mean, variance = self._override(self.now)
        declining, _, _ = self._moved()
        benchmark, r = self.facts.expert_benchmark, self.rules

        def below(limit: float, spread: float = 0.0) -> NDArray[np.bool_]:
            p = ndtr((limit - mean) / np.sqrt(variance + spread**2))
            return np.asarray(p >= r.l3_probability)

        # Near whatever the experts do, and beyond what they would do with a model that is fit for use.
        near = declining | below(r.l3_band)
        if benchmark is None:
            met = np.where(below(r.model_unfit_benchmark + r.l3_band), np.nan, 0.0)
            return np.where(near, 1.0, met)
        return _flag(near | below(benchmark.rate + r.l3_band, benchmark.sd))

    def _expert_level(self) -> Clauses:
        benchmark, r = self.facts.expert_benchmark, self.rules
        if benchmark is None:
            return [("the expert benchmark", self._all(np.nan))]
        mean, variance = self._override(self.now)
        spread = np.sqrt(variance + benchmark.sd**2)
        above = ndtr((benchmark.rate + r.expert_band - mean) / spread)
        below = ndtr((benchmark.rate - r.expert_band - mean) / spread)
        at = (above - below >= r.l3_probability) & (below < 0.90)
        _, stable, known = self._moved()
        return [
            ("overrides at the experts' level", _flag(at)),
            ("overrides over two windows", np.where(known, _flag(stable), np.nan)),
        ]

    def _discriminates(self) -> Array:
        s = self.skill
        right, wrong = s["right"], s["wrong"]
        if not right.sum() or not wrong.sum():
            return self._all(np.nan)
        few = (right < 30) | (wrong < 10)
        weight = np.where(few, SHRINK_SKILL, 0.0)
        kept = s["right_kept"] + weight * s["right_kept"].sum() / right.sum()
        caught = s["wrong_caught"] + weight * s["wrong_caught"].sum() / wrong.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            j = kept / (right + weight) + caught / (wrong + weight) - 1
        return _flag(j >= self.rules.l4_discrimination)

    def _not_losing(self) -> Array:
        s = self.skill
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = s["gain"] / s["gains"]
            variance = np.maximum(s["gain_squares"] / s["gains"] - mean**2, 1e-12) / s["gains"]
            losing = ndtr(-mean / np.sqrt(variance)) >= 0.9
        return _flag((s["gains"] < 2) | ~losing)


def shares_at(levels: NDArray[np.int64], step: int) -> float:
    """Share of people on level `step` or above."""
    return float((levels >= step).mean())
