"""What is lost, and by whom."""

from __future__ import annotations

from dataclasses import replace

from takeup.drawing.words import (
    plain_number,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, finding
from takeup.questions.value.cost import loses_most, most_lost_by
from takeup.questions.value.measure import Value, ValueOf
from takeup.stats.answer import CannotSay, Estimate


def _overriding(whole: ValueOf, unit: str) -> str:
    """What overriding loses and saves, both named."""
    net, lost, saved = whole.overriding, whole.wrong_overrides, whole.gained_by_overrides
    if not isinstance(net, Estimate) or isinstance(lost, CannotSay) or isinstance(saved, CannotSay):
        return ""
    gain = replace(net, value=-net.value, low=-net.high, high=-net.low)
    which = (
        f"loses {_amount(net, unit)}"
        if net.low > 0
        else f"saves {_amount(gain, unit)}"
        if gain.low > 0
        else "neither loses nor saves as far as can be told"
    )
    return (
        f" Overriding {which}: wrong overrides lose {plain_number(lost.value)}, right ones save "
        f"{plain_number(saved.value)}."
    )


def _value(asked: Asked) -> list[Finding | Claim]:
    value = asked.measures.value
    if not isinstance(value, Value) or not value.populations:
        return []
    whole = value.populations[0]
    ways = whole.ways()
    if isinstance(whole.at_stake, CannotSay) or not ways:
        return []
    known, most = whole.surely_lost(), loses_most(whole)
    out: list[Finding | Claim] = [
        Claim("lost", name, chance_of(e)) for name, e in ways.items() if name != most
    ]
    if not most:
        return out
    e = known[most]
    told = "; ".join(f"{n} {_amount(known[n], value.unit)}" for n in known)
    said = finding(
        "value_lost",
        "",
        f"{'Most' if most_lost_by(whole) == most else 'Something'} is lost by {most}",
        f"Per eligible decision: {told}. Over all {whole.eligible:,} decisions {most} comes to "
        f"{e.value * whole.eligible:,.0f} {value.unit} ({e.low * whole.eligible:,.0f} to "
        f"{e.high * whole.eligible:,.0f}).{_overriding(whole, value.unit)}",
        "paired",
        e.low * whole.eligible / _per_case(asked),
        lost=e,
    )
    return [*out, Claim("lost", most, chance_of(e), said)]


def _per_case(asked: Asked) -> float:
    """What turns money into cases, as findings are ordered in cases first."""
    per_case = asked.measures.value_per_case
    return per_case.value if isinstance(per_case, Estimate) and per_case.value > 0 else 1.0


def _amount(e: Estimate, unit: str) -> str:
    return f"{plain_number(e.value)} {unit} ({plain_number(e.low)} to {plain_number(e.high)})"


RULES: Rules = (_value,)
