"""What a use case lost, in words: one wording for summary and first screen."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.drawing.words import Titles, inside
from takeup.questions.finding import high80, low80
from takeup.questions.shared.whose import ALL
from takeup.questions.value.measure import Value, ValueOf
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Cost:
    """`net`: `381,153 EUR lost`; `between`: its interval; `over`: over how many decisions, and by what most is lost;
    `beside`: what following the advice every time would have lost instead; `surely_lost`: whether something is lost
    beyond chance."""

    net: str
    between: str
    over: str
    beside: str
    surely_lost: bool

    @property
    def sentence(self) -> str:
        """What is lost."""
        return f"{self.net} ({self.between}) {self.over}."


def cost_of(value: Value, population: str, titles: Titles) -> Cost | CannotSay:
    """What was lost over all decisions of a population (`ALL`: of all)."""
    whole = value.of(population)
    lost, beyond, unit = whole.lost, whole.beyond_advice, value.unit
    if isinstance(lost, CannotSay):
        return lost
    surely = lost.low > 0
    most = _most(value, titles) if population == ALL else _by(whole)
    return Cost(
        _net(lost, unit),
        _between(lost),
        f"over {whole.eligible:,} decisions{most if surely else ''}",
        "" if isinstance(beyond, CannotSay) else _beside(beyond, unit),
        surely,
    )


def _beside(beyond: Estimate, unit: str) -> str:
    """What was decided, held against following the advice every time."""
    always = "Following the advice every time would have lost"
    if beyond.low > 0:
        return f"{always} {_number(beyond.value)} {unit} less ({_between(beyond)})."
    if beyond.high < 0:
        return f"{always} {_number(-beyond.value)} {unit} more ({_between(beyond)})."
    ends = f"{_number(beyond.high)} {unit} less to {_number(-beyond.low)} more"
    return f"Whether following the advice every time would have lost less cannot be told ({ends})."


def _between(e: Estimate) -> str:
    """`216,458 to 545,848`; which way is told by the words beside it, or stands at either end."""
    if e.low > 0:
        return f"{_number(e.low)} to {_number(e.high)}"
    if e.high < 0:
        return f"{_number(-e.high)} to {_number(-e.low)}"
    return f"from {_number(-e.low)} saved to {_number(e.high)} lost"


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
