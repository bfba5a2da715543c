"""How use moved between the first week and the last, over all and population by population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd
from scipy.special import ndtr, stdtr

from takeup.disclosure.release.inner_counts import COUNTED, InnerCounts
from takeup.questions.adoption.measure import Adoption, GroupAdoption, Stayed
from takeup.questions.shared.whose import ALL
from takeup.record.vocabulary import CONSULTED_ACTIONS, Action
from takeup.stats.answer import CannotSay, Estimate

FEWEST_WEEKS = 3
FAMILY = "first and last weeks"
"""The family of claims that one of these figures moved."""

_Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure (`consult_rate`, `override_rate` or `agreement`) of a population in its first and last week."""

    population: str
    figure: str
    first_week: str
    first: Estimate
    last_week: str
    last: Estimate

    @property
    def name(self) -> str:
        """What a claim that it moved is about."""
        return f"{self.population}:{self.figure}"

    @property
    def fell(self) -> bool:
        """Whether the last week is below the first."""
        return self.last.value < self.first.value

    @property
    def p(self) -> float:
        """The two-sided chance of as much between two weeks alike, from the interval's ends that face each
        other. Weeks of the same people go together: then it is larger than it need be."""
        high, low = (self.first, self.last) if self.fell else (self.last, self.first)
        half = math.hypot(high.value - high.low, low.high - low.value)
        off = high.value - low.value
        return float(2 * ndtr(-off * _Z95 / half)) if half else 1.0


def weeks_of(adoption: Adoption) -> dict[str, Sequence[GroupAdoption]]:
    """The weeks that may be shown: by population where several have enough of them, else of all."""
    by_population = {
        key: shown
        for key, weeks in adoption.weeks_by_population.items()
        if len(shown := [w for w in weeks if not w.hidden]) >= FEWEST_WEEKS
    }
    if len(by_population) > 1:
        return {**by_population}
    return {ALL: [w for w in adoption.groups.get("week", ()) if not w.hidden]}


def figures_of(adoption: Adoption, *, whole: bool) -> tuple[str, ...]:
    """What weeks are told by: looking, and of the `whole` also overriding; agreement where nobody recorded who
    looked."""
    seen = adoption.overall.consult_rate
    if isinstance(seen, CannotSay):
        return ("agreement",)
    if seen.value > 0.995:
        return ("override_rate",)
    return ("consult_rate", "override_rate") if whole else ("consult_rate",)


def moved(adoption: Adoption) -> list[Moved]:
    """First and last week of each figure that is known in enough weeks: of populations where several have
    enough of them, and of all together, whose fall many small populations may be too small to show."""
    weeks = weeks_of(adoption)
    alone = ALL in weeks
    every = [w for w in adoption.groups.get("week", ()) if not w.hidden]
    found = []
    for population, groups in {**weeks, ALL: every}.items():
        for figure in figures_of(adoption, whole=alone):
            known = _usual(
                [(g.key, a) for g in groups if isinstance(a := getattr(g, figure), Estimate)]
            )
            if len(known) >= FEWEST_WEEKS:
                (first_week, first), (last_week, last) = known[0], known[-1]
                found.append(Moved(population, figure, first_week, first, last_week, last))
    return found


_BESIDE = 4
"""A week is held against so many beside it."""


def _usual(weeks: list[tuple[str, Estimate]]) -> list[tuple[str, Estimate]]:
    """Weeks without those at either end of which most people were away: a holiday, or an extract that ends on a
    Tuesday, tells of those who were there."""
    known = list(weeks)
    while len(known) > FEWEST_WEEKS and _most_were_away(known[-1][1], known[-1 - _BESIDE : -1]):
        known.pop()
    while len(known) > FEWEST_WEEKS and _most_were_away(known[0][1], known[1 : 1 + _BESIDE]):
        known.pop(0)
    return known


def _most_were_away(week: Estimate, beside: Sequence[tuple[str, Estimate]]) -> bool:
    usual = median(a.people or 0 for _, a in beside)
    return week.people is not None and week.people < usual / 2


def who_stayed(adoption: Adoption, inner: InnerCounts | None, least: int) -> dict[str, Stayed]:
    """By population what looking did among those who stayed, of whom there must be `least`: between the weeks that
    `adoption` shows, from `inner`. Empty where persons are unknown."""
    if inner is None:
        return {}
    return {
        m.population: found
        for m in moved(adoption)
        if m.figure == "consult_rate" and (found := _stayed(inner, m, least)) is not None
    }


def _stayed(inner: InnerCounts, m: Moved, least: int) -> Stayed | None:
    first, last = (_looking(inner, m.population, week) for week in (m.first_week, m.last_week))
    if first is None or last is None:
        return None
    both = first.index.intersection(last.index)
    others = 1 - min(w.loc[both, "known"].sum() / max(w["known"].sum(), 1.0) for w in (first, last))
    if len(both) < max(least, 2):
        return Stayed(float(others))
    parts = [_by_person(w.loc[both]) for w in (first, last)]
    change = parts[1][0] - parts[0][0]
    se = math.sqrt(float(((parts[1][1] - parts[0][1]) ** 2).sum()) * len(both) / (len(both) - 1))
    p = float(2 * stdtr(len(both) - 1, -abs(change) / se)) if se else float(change == 0)
    return Stayed(float(others), change < 0, p)


def _by_person(week: pd.DataFrame) -> tuple[float, pd.Series[float]]:
    """The rate of a week, and how far each person pulls it off."""
    rate = float(week["seen"].sum() / week["known"].sum())
    return rate, (week["seen"] - rate * week["known"]) / week["known"].sum()


def _looking(inner: InnerCounts, population: str, week: str) -> pd.DataFrame | None:
    """Who decided cases in a week of which it is known whether they looked, and in how many they did."""
    group = ("week", week, None) if population == ALL else ("population week", week, population)
    found = inner.groups.get(group)
    if found is None:
        return None
    by_kind = pd.DataFrame(found.counts, index=found.people, columns=list(COUNTED))
    seen = by_kind[[a.value for a in CONSULTED_ACTIONS]].sum(axis=1)
    frame = pd.DataFrame({"seen": seen, "known": seen + by_kind[Action.NOT_CONSULTED.value]})
    return frame[frame["known"] > 0]
