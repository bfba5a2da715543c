"""What a use case lost, or saved, in words: one wording for summary and first screen."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.drawing.words import Titles, inside
from takeup.questions.finding import high80, low80
from takeup.questions.shared.whose import ALL
from takeup.questions.value.measure import Value, ValueOf
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Cost:
    """`net`: `381,153 EUR lost`; `between`: its interval, of what was saved where something was, and where neither
    can be told with the word at either end; `over`: over how many decisions, and by what most is lost where something
    is, else what it is held against; `surely_lost`, `surely_saved`: whether that is beyond chance."""

    net: str
    between: str
    over: str
    surely_lost: bool
    surely_saved: bool

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self.net} ({self.between}) {self.over}."


def cost_of(value: Value, population: str, titles: Titles) -> Cost | CannotSay:
    """What was lost, or saved, over all decisions of a population (`ALL`: of all)."""
    whole = value.of(population)
    stake, unit = whole.at_stake, value.unit
    if isinstance(stake, CannotSay):
        return stake
    lost = stake.low > 0
    most = _most(value, titles) if population == ALL else _by(whole)
    return Cost(
        _net(stake, unit),
        _between(stake),
        f"over {whole.eligible:,} decisions{most if lost else _HELD_AGAINST}",
        lost,
        stake.high < 0,
    )


_HELD_AGAINST = ", against following the advice every time"


def _between(stake: Estimate) -> str:
    """`216,458 to 545,848`; which way is told by the words beside it, or stands at either end."""
    if stake.low > 0:
        return f"{_number(stake.low)} to {_number(stake.high)}"
    if stake.high < 0:
        return f"{_number(-stake.high)} to {_number(-stake.low)}"
    return f"from {_number(-stake.low)} saved to {_number(stake.high)} lost"


def losing(value: Value) -> tuple[ValueOf, ...]:
    """Of whom it may be told in which way most is lost: of all where no population contradicts that, else of each
    population in which something is surely lost."""
    whole, *parts = value.populations
    most = loses_most(whole)
    if all(_agrees(part, most) for part in parts):
        return (whole,)
    return tuple(part for part in parts if loses_most(part))


def _agrees(part: ValueOf, most: str) -> bool:
    """Whether a population neither loses more in another way nor saves where all together lose most."""
    own, there = loses_most(part), part.ways().get(most)
    return own in ("", most) and not (there is not None and there.high < 0)


def _by(whole: ValueOf) -> str:
    return f", most by {way}" if (way := most_lost_by(whole)) else ""


_NAMED = 2
"""So many populations are named where each loses in its own way."""


def _most(value: Value, titles: Titles) -> str:
    """By what most is lost, population by population where they differ."""
    told = losing(value)
    if told == value.populations[:1]:
        return _by(told[0])
    sure = sorted(told, key=lambda v: -v.surely_lost()[loses_most(v)].low * v.eligible)
    parts = [
        f"{way} among {inside(v.population, titles)}" for v in sure if (way := most_lost_by(v))
    ]
    more = f" and otherwise in {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    return f", most by {' and by '.join(parts[:_NAMED])}{more}" if parts else ""


def loses_most(whole: ValueOf) -> str:
    """The way in which something is lost beyond chance, and of several the one that loses most; empty where none
    does."""
    known = whole.surely_lost()
    return max(known, key=lambda way: known[way].value, default="")


def most_lost_by(whole: ValueOf) -> str:
    """The way in which more is lost than in any other, beyond chance; empty where none is."""
    ways, most = whole.ways(), loses_most(whole)
    others = [e for way, e in ways.items() if way != most]
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
