"""What a use case lost, or saved, in words: one wording for summary and first screen."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.questions.finding import high80, low80
from takeup.questions.value.measure import ValueOf
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Cost:
    """`net`: `381,153 EUR lost`; `between`: its interval, of what was saved where something was; `over`: over how
    many decisions, and by what most is lost; `surely_lost`: whether that is beyond chance."""

    net: str
    between: str
    over: str
    surely_lost: bool

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self.net} ({self.between}) {self.over}."


def cost_of(whole: ValueOf, unit: str) -> Cost | CannotSay:
    """What was lost, or saved, over all decisions of `whole`."""
    stake = whole.at_stake
    if isinstance(stake, CannotSay):
        return stake
    most = f", most by {way}" if (way := most_lost_by(whole)) else ""
    saved = stake.high < 0
    low, high = (-stake.high, -stake.low) if saved else (stake.low, stake.high)
    return Cost(
        _net(stake, unit),
        f"{_number(low)} to {_number(high)}",
        f"over {whole.eligible:,} decisions{most}",
        stake.low > 0,
    )


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
    return "No net loss told from chance"


def _number(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")
