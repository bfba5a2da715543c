"""Predicates of evidence: what a figure must reach, over populations, in one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.sprint.milestone import Known, Seen

Unit = Literal["share", "number", "days", "yes"]
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Reaches:
    """A fact reaches a figure (`at_least`, or `at_most`) from `fewest` cases on, in a share of the populations
    (`in_share`, 0..1). What is known of the use case as a whole stands for populations of which nothing is known by
    themselves; `cohorts`: judged over those of which something is known. Of a figure that may not be shown it is known which end it
    reaches: that must be `at_least` or `at_most`, or `unshown_from` where that is named."""

    fact: str
    at_least: float | None = None
    at_most: float | None = None
    fewest: int = 0
    in_share: float = 1.0
    unit: Unit = "share"
    cohorts: bool = False
    unknown: str = "nothing is known of this yet"
    unshown_from: float | None = None

    def __call__(self, known: Known) -> Seen:
        """What the evidence says on that day."""
        held = known.of(self.fact)
        if not held:
            return Seen(None, self.unknown)
        if set(held) == {""}:
            return self._of_all(held[""])
        return over_populations(known, held, self._holds, self._told, self.in_share, self.cohorts)

    def _of_all(self, one: MilestoneRecord) -> Seen:
        holds = self._holds(one)
        return Seen(holds, self._told(one), one.n, one.path, one.attested)

    def _holds(self, one: MilestoneRecord) -> bool | None:
        figure = one.figure
        if figure is None and one.reaches is not None:
            return self._unshown(one.reaches)
        if figure is None or (one.n is not None and one.n < self.fewest):
            return None
        return (self.at_least is None or figure >= self.at_least - _ROUNDING) and (
            self.at_most is None or figure <= self.at_most + _ROUNDING
        )

    def _unshown(self, end: float) -> bool | None:
        """Whether a figure that may not be shown reaches it; None where its grade does not say so much."""
        least = self.unshown_from if self.unshown_from is not None else self.at_least
        enough = (least is None or end >= least - _ROUNDING) and (
            self.at_most is None or end <= self.at_most + _ROUNDING
        )
        return True if enough else None

    def _told(self, one: MilestoneRecord) -> str:
        if one.figure is None and one.reaches is not None:
            sign = "at least" if self.at_most is None else "at most"
            told = figure_words(one.reaches, self.unit)
            return f"{sign} {told}; the figure is not shown, as few people are on one side of it"
        if one.figure is None:
            return "too few to say"
        told = figure_words(one.figure, self.unit)
        # A number is one of something: "0 populations in which …".
        joint = " " if self.unit == "number" and one.n is None else "; "
        beside = f"{joint}{one.words}" if one.words else ""
        of = f" of {one.n:,}" if one.n is not None and self.unit != "yes" else ""
        few = f" (at least {self.fewest} are needed)" if one.n is not None and one.n < self.fewest else ""  # fmt: skip
        return f"{told}{of}{few}{beside}"


def over_populations(
    known: Known,
    held: Mapping[str, MilestoneRecord],
    holds: Callable[[MilestoneRecord], bool | None],
    told: Callable[[MilestoneRecord], str],
    in_share: float = 1.0,
    cohorts: bool = False,
) -> Seen:
    """In how many populations a fact holds; the page behind it is that of the first in which it does not."""
    keys = [key for key in held if key] if cohorts else list(known.people)
    found = {key: held.get(key, held.get("")) for key in keys}
    said = {key: None if one is None else holds(one) for key, one in found.items()}
    lacking = tuple(key for key, it in said.items() if not it)
    if not keys or all(it is None for it in said.values()):
        return Seen(None, "nothing is known of this yet", len(keys))
    passed = len(keys) - len(lacking)
    noun = "cohorts" if cohorts else "populations"
    # One population's figure says more than "1 of 1".
    only = found[keys[0]] if len(keys) == 1 else None
    unknown = sum(it is None for it in said.values())
    beside = f"; nothing is known of {unknown}" if unknown else ""
    words = told(only) if only is not None else f"{passed} of {len(keys)} {noun}{beside}"
    first = next((one for key in lacking if (one := found[key])), None) or next(one for one in found.values() if one)  # fmt: skip
    attested = any(one.attested for one in found.values() if one)
    enough = passed >= in_share * len(keys) - _ROUNDING
    return Seen(enough, words, len(keys), first.path, attested, lacking)


def figure_words(figure: float, unit: Unit) -> str:
    """A figure as people read it."""
    if unit == "share":
        return f"{100 * figure:.0f} %"
    if unit == "yes":
        return "yes" if figure >= 1 else "no"
    told = f"{figure:,.2f}".rstrip("0").rstrip(".")
    return f"{told} days" if unit == "days" else told
