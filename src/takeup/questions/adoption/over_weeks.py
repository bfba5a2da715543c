"""How use moved between the first week and the last, population by population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtr

from takeup.questions.adoption.measure import Adoption, GroupAdoption
from takeup.questions.shared.whose import ALL
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
    """First and last week of each figure that is known in enough weeks."""
    weeks = weeks_of(adoption)
    found = []
    for population, groups in weeks.items():
        for figure in figures_of(adoption, whole=population == ALL):
            known = [(g.key, a) for g in groups if isinstance(a := getattr(g, figure), Estimate)]
            if len(known) >= FEWEST_WEEKS:
                (first_week, first), (last_week, last) = known[0], known[-1]
                found.append(Moved(population, figure, first_week, first, last_week, last))
    return found
