"""The pooled tests of a population's level: every clause with what is now and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.ladder.people import COUNTS, SKILL, GradedPeople, shares_at
from takeup.record.population import Population
from takeup.record.settings import LadderSettings
from takeup.stats.answer import CannotSay
from takeup.stats.rates import (
    Array,
    Posterior,
    clustered_posterior,
    probability_at_most,
    probability_within,
    rate_posterior,
    share,
    sum_of_shares,
    trend,
)

LEVELS = ("unreached", "aware", "trial", "active", "integrated", "advocate")
PEOPLE_AT = "people at L"
_BENCHMARK = "expert benchmark missing: r* in the population file"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a level: `met` is None where nobody knows."""

    text: str
    met: bool | None
    now: str
    needs: str


@dataclass(frozen=True, slots=True)
class LevelRange:
    """The level that is certain and the highest that is possible; `why` names what keeps
    them apart."""

    certain: int
    possible: int
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.certain == self.possible:
            return f"L{self.certain} {LEVELS[self.certain]}"
        return f"L{self.certain} to L{self.possible}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one person or population in a window. E, C, U as in adoption; `used` = F + M."""

    eligible: float = 0
    consulted: float = 0
    unknown: float = 0
    used: float = 0
    overridden: float = 0
    high: float = 0
    high_consulted: float = 0
    high_unknown: float = 0
    low: float = 0
    low_consulted: float = 0
    on_path: float = 0

    def consult(self) -> tuple[float, float]:
        """Lowest and highest consult rate the unknown allow."""
        return _range(self.consulted, self.unknown, self.eligible)

    def reliance(self) -> tuple[float, float]:
        """Lowest and highest effective reliance the unknown allow."""
        return _range(self.used, self.unknown, self.eligible)

    def high_consult(self) -> tuple[float, float]:
        """Lowest and highest consult rate of high-stakes cases."""
        return _range(self.high_consulted, self.high_unknown, self.high)

    @property
    def override_rate(self) -> float:
        """O/C; NaN where nothing was consulted."""
        return self.overridden / self.consulted if self.consulted else float("nan")


@dataclass(frozen=True, slots=True)
class Skill:
    """What truth says of overriding: R_c, R_w counts and the net value of overrides."""

    right_kept: float = 0
    right: float = 0
    wrong_caught: float = 0
    wrong: float = 0
    gain: float = 0
    gain_squares: float = 0
    gains: float = 0

    def discrimination(self) -> float | None:
        """J = R_c + R_w − 1; None where one of the two has no case."""
        if not self.right or not self.wrong:
            return None
        return self.right_kept / self.right + self.wrong_caught / self.wrong - 1


def discrimination_low(kept: Array, right: Array, caught: Array, wrong: Array) -> float:
    """The lower end of J's 80 % interval from counts by person: kept of right advice, caught of wrong."""
    one, other = share(kept, right, 0.8), share(caught, wrong, 0.8)
    if isinstance(one, CannotSay) or isinstance(other, CannotSay):
        return float("nan")
    return sum_of_shares(one, other, (kept, caught), (right, wrong))[0] - 1


def _range(k: float, unknown: float, n: float) -> tuple[float, float]:
    return (k / n, (k + unknown) / n) if n else (float("nan"), float("nan"))


def _at_least(range_: tuple[float, float], limit: float) -> bool | None:
    """True where even the lowest rate reaches `limit`, False where even the highest does not."""
    low, high = range_
    if np.isnan(low):
        return None
    return True if low >= limit else (False if high < limit else None)


def _shown(range_: tuple[float, float]) -> str:
    low, high = range_
    if np.isnan(low):
        return "not known"
    if round(low, 2) == round(high, 2):
        return _percent(low)
    return f"{100 * low:.0f} to {_percent(high)}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"


def _evaluate(
    rules: Sequence[tuple[int, list[Clause]]], unknown_of_people: Sequence[str]
) -> LevelRange:
    """From each level's clauses: the highest with all met, the highest with none failed.

    Why the two differ is told by the clauses nobody knows; for shares of people, by what is
    unknown of them.
    """
    certain = possible = 0
    why: list[str] = []
    for level, clauses in rules:
        met = [c.met for c in clauses]
        if all(m is True for m in met):
            certain = level
        if all(m is not False for m in met):
            possible = level
    for level, clauses in rules:
        if certain < level <= possible:
            for clause in clauses:
                if clause.met is None:
                    people = clause.text.startswith(PEOPLE_AT)
                    why += unknown_of_people if people else [clause.text]
    return LevelRange(certain, possible, tuple(dict.fromkeys(why)))


class Pooled:
    """A population's pooled tests, and what grading its people needs from it."""

    def __init__(
        self,
        recent: pd.DataFrame,
        part: pd.DataFrame,
        whole: Counts,
        skill: Skill,
        facts: Population,
        stakes: bool,
        rules: LadderSettings,
    ) -> None:
        self.whole, self.skill, self.facts, self.rules = whole, skill, facts, rules
        self.stakes = stakes
        by_person = _by_person(recent, COUNTS)
        previous = part[part["window"] == recent["window"].min() + 1]
        before = _by_person(previous, COUNTS)
        self.consulting = _posterior(by_person, "consulted", "eligible")
        self.overriding = _posterior(by_person, "overridden", "consulted")
        self.skill_of = _by_person(part, SKILL)
        self.overriding_before = (
            _posterior(before, "overridden", "consulted") if len(previous) else None
        )

    def _integrated_reliance(self, now: Counts) -> Clause:
        benchmark = self.facts.expert_benchmark
        if benchmark is None:
            return Clause("decided with the advice", None, _BENCHMARK, "depends on r*")
        limit = self.rules.l4_slope * (1 - benchmark.rate) + self.rules.l4_offset
        return _rate("decided with the advice", now.reliance(), limit)

    def trend_clause(self, now: Posterior, before: Posterior | None) -> Clause:
        """Declining, or at most r* + .10; without r*: what holds for every r* of a model fit for use."""
        rules, benchmark = self.rules, self.facts.expert_benchmark

        def below(limit: float, variance: float = 0.0) -> bool:
            return probability_at_most(now, limit, variance) >= rules.l3_probability

        text, shown = "overrides near the experts', or falling", _percent(now.mean)
        if self._trend(now, before) == "declining" or below(rules.l3_band):
            return Clause(text, True, shown, "falling, or near the experts'")
        if benchmark is None:
            met = None if below(rules.model_unfit_benchmark + rules.l3_band) else False
            return Clause(text, met, f"{shown}; {_BENCHMARK}", "depends on r*")
        met = below(benchmark.rate + rules.l3_band, benchmark.sd**2)
        return Clause(text, met, shown, f"near experts' {_percent(benchmark.rate)}")

    def _trend(self, now: Posterior, before: Posterior | None) -> str:
        if before is None:
            return "unknown"
        r = self.rules
        return trend(
            before, now, p_decline=r.probability_of_decline, smallest=r.smallest_decline,
            p_stable=r.probability_of_stable, delta=r.stable_within,
        )  # fmt: skip

    def _at_expert_level(self, now: Posterior, before: Posterior | None) -> list[Clause]:
        rules, benchmark = self.rules, self.facts.expert_benchmark
        if benchmark is None:
            return [Clause("overrides at the experts' level", None, _BENCHMARK, "r*")]
        p = probability_within(
            now.mean, now.variance, benchmark.rate, rules.expert_band, benchmark.sd**2
        )
        below = (
            probability_at_most(now, benchmark.rate - rules.expert_band, benchmark.sd**2) >= 0.90
        )
        steady = None if before is None else self._trend(now, before) == "stable"
        return [
            Clause("overrides at the experts' level", p >= rules.l3_probability and not below,
                   _percent(now.mean), f"{_percent(benchmark.rate)} ± {_percent(rules.expert_band)}"),
            Clause("overrides steady", steady, "one window only" if before is None else "moving", "steady"),
        ]  # fmt: skip

    def level(self, graded: GradedPeople) -> tuple[LevelRange, tuple[Clause, ...]]:
        """The population's level and the clauses of the one after."""
        tests: list[tuple[int, Callable[[], list[Clause]]]] = [
            (1, self._reached),
            (2, self._tried),
            (3, self._active),
            (4, self._integrated),
            (5, self._advocates),
        ]
        rules = [(step, [*test(), self._share_at(graded, step)]) for step, test in tests]
        found = _evaluate(rules, graded.unknown)
        gaps = next((clauses for step, clauses in rules if step == found.certain + 1), [])
        return found, tuple(c for c in gaps if c.met is not True)

    def _share_at(self, graded: GradedPeople, step: int) -> Clause:
        needed = self.rules.l5_population_share if step == 5 else self.rules.population_share
        low, high = shares_at(graded.certain, step), shares_at(graded.possible, step)
        return _rate(f"{PEOPLE_AT}{step}", (low, high), needed)

    def _reached(self) -> list[Clause]:
        share = self.facts.trained_share
        met = None if share is None else share >= 0.80
        return [
            Clause(
                "trained", met, "not recorded" if share is None else _percent(share), "80\u00a0%"
            )
        ]

    def _tried(self) -> list[Clause]:
        low = self.consulting.quantile(0.10)
        high = (low * self.whole.eligible + self.whole.unknown) / max(self.whole.eligible, 1)
        return [_rate("looked at, lower 80 % bound", (low, max(low, high)), self.rules.l2_consult)]

    def _enough_consulted(self, needed: int) -> Clause:
        n = self.whole.consulted
        met = True if n >= needed else None if n + self.whole.unknown >= needed else False
        return Clause("decisions with the advice in view", met, f"{n:.0f}", f"{needed}")

    def _active(self) -> list[Clause]:
        share = self.facts.comparison_available_share
        return [
            _rate("looked at", self.whole.consult(), self.rules.l3_consult),
            _rate("decided with the advice", self.whole.reliance(), self.rules.l3_effective_reliance),
            self.trend_clause(self.overriding, self.overriding_before),
            Clause("comparison available", None if share is None else share >= 0.50,
                   "not recorded" if share is None else _percent(share), "50\u00a0%"),
            self._enough_consulted(self.rules.population_consulted),
        ]  # fmt: skip

    def _integrated(self) -> list[Clause]:
        share = self.facts.contributing_share
        j = self.skill.discrimination()
        enough = self.skill.right >= 30 and self.skill.wrong >= 10
        low = discrimination_low(
            *(self.skill_of[name] for name in ("right_kept", "right", "wrong_caught", "wrong"))
        )
        return [
            _rate("looked at", self.whole.consult(), self.rules.l4_consult),
            self._integrated_reliance(self.whole),
            *self._at_expert_level(self.overriding, self.overriding_before),
            self._enough_consulted(self.rules.population_consulted_stable),
            Clause("tells right advice from wrong",
                   (j or 0) >= self.rules.l4_discrimination and low >= self.rules.l4_discrimination_low
                   if enough else None,
                   f"J {j:.2f}, at least {low:.2f}" if enough and j is not None else "not known",
                   f"J {self.rules.l4_discrimination:.2f}, at least {self.rules.l4_discrimination_low:.2f}"),
            Clause("people who contribute", None if share is None else share >= 0.40,
                   "not recorded" if share is None else _percent(share), "40\u00a0%"),
        ]  # fmt: skip

    def _advocates(self) -> list[Clause]:
        share = self.facts.advocate_share
        met = None if share is None else share >= self.rules.l5_population_share
        now = "not recorded" if share is None else _percent(share)
        return [*self._integrated(), Clause("advocates", met, now, "25\u00a0%")]

    def markers(self, graded: GradedPeople) -> tuple[str, ...]:
        """What to say beside the level."""
        found = []
        if self.over_reliance():
            found.append("over_reliance")
        moving = self._trend(self.overriding, self.overriding_before)
        if moving == "declining" and not self.over_reliance():
            found.append("improving")
        if self.stakes and graded.selective >= 0.5 * graded.graded:
            found.append("selective")
        if self.facts.comparison_available_share == 0:
            found.append("provisional")
        return tuple(found)

    def over_reliance(self) -> bool:
        """Below the experts' band, or wrong advice let through."""
        benchmark, rules = self.facts.expert_benchmark, self.rules
        if benchmark is not None and self.whole.consulted >= rules.population_consulted:
            limit = benchmark.rate - rules.expert_band
            if limit > 0 and probability_at_most(self.overriding, limit, benchmark.sd**2) >= 0.90:
                return True
        if self.skill.wrong < 20 or self.skill.wrong_caught / self.skill.wrong >= 0.30:
            return False
        caught = rate_posterior(self.skill.wrong_caught, self.skill.wrong)
        return probability_at_most(caught, 0.5) >= 0.90


def _rate(text: str, range_: tuple[float, float], limit: float) -> Clause:
    return Clause(text, _at_least(range_, limit), _shown(range_), _percent(limit))


def _by_person(part: pd.DataFrame, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Sums of each person, in the order of the people; hundreds of populations are asked, so without `groupby`."""
    at, people = pd.factorize(part["person"], sort=True)
    return {
        name: np.bincount(at, part[name].to_numpy(float), len(people)).astype(float)
        for name in names
    }


def _posterior(by_person: dict[str, NDArray[np.float64]], k: str, n: str) -> Posterior:
    return clustered_posterior(by_person[k], by_person[n])
