"""What a use case lost, or saved, in words: one wording for summary and first screen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from takeup.drawing.words import Titles, inside
from takeup.questions.finding import high80, low80
from takeup.questions.shared.whose import ALL
from takeup.questions.value.measure import AGAINST_ADVICE, WAYS, Value, ValueOf
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Cost:
    """What was lost, or saved, against following the advice every time. `net`: `274,197 EUR lost`; `between`: its
    interval, with the word at either end where neither can be told; `against`: what it is held against, and by what
    most is lost; `whole`: all that was lost; `surely_lost`, `surely_saved`: whether that is beyond chance."""

    net: str
    between: str
    against: str
    whole: str
    surely_lost: bool
    surely_saved: bool

    @property
    def sentence(self) -> str:
        """What is lost."""
        return f"{self.net} ({self.between}) {self.against}."


def cost_of(value: Value, population: str, titles: Titles) -> Cost | CannotSay:
    """What was lost, or saved, by the decisions of a population (`ALL`: of all)."""
    of = value.of(population)
    beyond, lost, unit = of.beyond_advice, of.lost, value.unit
    if isinstance(beyond, CannotSay):
        return beyond
    surely = beyond.low > 0
    most = _most(value, titles) if population == ALL else _by(of)
    return Cost(
        _net(beyond, unit),
        _between(beyond),
        f"against the advice alone{most if surely else ''}",
        "" if isinstance(lost, CannotSay) else f"In all {_net(lost, unit)} ({_between(lost)}).",
        surely,
        beyond.high < 0,
    )  # fmt: skip


def _between(e: Estimate) -> str:
    """`216,458 to 545,848`; which way is told by the words beside it, or stands at either end."""
    if e.low > 0:
        return f"{_number(e.low)} to {_number(e.high)}"
    if e.high < 0:
        return f"{_number(-e.high)} to {_number(-e.low)}"
    return f"from {_number(-e.low)} saved to {_number(e.high)} lost"


def losing(value: Value, among: Collection[str] = WAYS) -> tuple[ValueOf, ...]:
    """Of whom it may be told in which way most is lost: of all where no population contradicts that, else of each
    population in which something is surely lost."""
    whole, *parts = value.populations
    most = loses_most(whole, among)
    if all(_agrees(part, most, among) for part in parts):
        return (whole,)
    return tuple(part for part in parts if loses_most(part, among))


def _agrees(part: ValueOf, most: str, among: Collection[str]) -> bool:
    """Whether a population neither loses more in another way nor saves where all together lose most."""
    own, there = loses_most(part, among), part.ways().get(most)
    return own in ("", most) and not (there is not None and there.high < 0)


def _by(whole: ValueOf) -> str:
    return f", most by {way}" if (way := most_lost_by(whole, AGAINST_ADVICE)) else ""


_NAMED = 2
"""So many populations are named where each loses in its own way."""


def _most(value: Value, titles: Titles) -> str:
    """By what most is lost against the advice, population by population where they differ."""
    told = losing(value, AGAINST_ADVICE)
    if told == value.populations[:1]:
        return _by(told[0])
    sure = sorted((v for v in told if not _saves(v)), key=_least_lost, reverse=True)
    parts = [
        f"{way} among {inside(v.population, titles)}"
        for v in sure
        if (way := most_lost_by(v, AGAINST_ADVICE))
    ]
    more = f" and otherwise in {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    return f", most by {' and by '.join(parts[:_NAMED])}{more}" if parts else ""


def _saves(of: ValueOf) -> bool:
    """Whether a population surely saves something in all: what it loses in one way is no part of a loss."""
    return isinstance(of.beyond_advice, Estimate) and of.beyond_advice.high < 0


def _least_lost(of: ValueOf) -> float:
    """What is lost at least in the way that loses most, over all decisions."""
    return of.surely_lost()[loses_most(of, AGAINST_ADVICE)].low * of.eligible


def loses_most(whole: ValueOf, among: Collection[str] = WAYS) -> str:
    """The way in which something is lost beyond chance, and of several the one that loses most; empty where none
    does."""
    known = whole.surely_lost(among)
    return max(known, key=lambda way: known[way].value, default="")


def most_lost_by(whole: ValueOf, among: Collection[str] = WAYS) -> str:
    """The way in which more is lost than in any other, beyond chance; empty where none is."""
    ways, most = whole.ways(), loses_most(whole, among)
    others = [e for way, e in ways.items() if way in among and way != most]
    return most if most and all(low80(ways[most]) > high80(e) for e in others) else ""


def _net(stake: Estimate, unit: str) -> str:
    if stake.low > 0:
        return f"{_number(stake.value)} {unit} lost"
    if stake.high < 0:
        return f"{_number(-stake.value)} {unit} saved"
    told = f"{_number(abs(stake.value))} {unit} {'lost' if stake.value > 0 else 'saved'}"
    return f"{told}, which may be chance"


def _number(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")
