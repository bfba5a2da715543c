"""What is lost, and by whom."""

from __future__ import annotations

from dataclasses import replace

from takeup.drawing.words import (
    plain_number,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, finding
from takeup.questions.shared.whose import ALL
from takeup.questions.value.cost import loses_most, losing, most_lost_by
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
    return [one for whole in losing(value) for one in _lost(whole, value.unit, asked)]


def _lost(whole: ValueOf, unit: str, asked: Asked) -> list[Finding | Claim]:
    """What all, or one population, lost: a claim of every way, said of the way that loses most."""
    ways = whole.ways()
    if isinstance(whole.lost, CannotSay) or not ways:
        return []
    scope = whole.population
    known, most = whole.surely_lost(), loses_most(whole)
    named = {way: way if scope == ALL else f"{scope}:{way}" for way in ways}
    out: list[Finding | Claim] = [
        Claim("lost", named[way], chance_of(e)) for way, e in ways.items() if way != most
    ]
    if not most:
        return out
    e = known[most]
    told = "; ".join(f"{n} {_amount(known[n], unit)}" for n in known)
    begins = "Most" if most_lost_by(whole) == most else "Something"
    title = f"{begins} is lost by {most}"
    said = finding(
        "value_lost",
        scope if scope != ALL else "",
        title if scope == ALL else f"{asked.scope(scope)}: {title[0].lower()}{title[1:]}",
        f"Per eligible decision{'' if scope == ALL else ' there'}: {told}. Over all {whole.eligible:,} decisions "
        f"{most} comes to {e.value * whole.eligible:,.0f} {unit} ({e.low * whole.eligible:,.0f} to "
        f"{e.high * whole.eligible:,.0f}).{_overriding(whole, unit)}",
        "paired",
        e.low * whole.eligible / _per_case(asked),
        scope=scope,
        lost=e,
    )
    return [*out, Claim("lost", named[most], chance_of(e), said)]


def _per_case(asked: Asked) -> float:
    """What turns money into cases, as findings are ordered in cases first."""
    per_case = asked.measures.value_per_case
    return per_case.value if isinstance(per_case, Estimate) and per_case.value > 0 else 1.0


def _amount(e: Estimate, unit: str) -> str:
    return f"{plain_number(e.value)} {unit} ({plain_number(e.low)} to {plain_number(e.high)})"


RULES: Rules = (_value,)
