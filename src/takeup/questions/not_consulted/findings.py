"""What goes with not looking."""

from __future__ import annotations

from takeup.drawing.words import (
    circumstance,
    points,
    points_range,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.not_consulted.measure import Circumstance, NotConsulted
from takeup.stats.answer import CannotSay, Estimate

_MOST = 3


def _not_looked(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.not_consulted
    if not isinstance(found, NotConsulted):
        return []
    less = [c for c in found.circumstances if c.difference.high < -0.02]
    once: dict[str, Circumstance] = {}
    for one in less:
        once.setdefault(one.name, one)
    told = list(once.values())[:_MOST]
    out: list[Finding | Claim] = [
        Claim("not looking", f"{c.name}={c.level}", chance_of(c.difference))
        for c in found.circumstances
        if c not in told
    ]
    for one in told:
        d = one.difference
        late = one.name == "late"
        words = circumstance(one.name, one.level)
        said = finding(
            "late_advice" if late else "not_looked_at",
            "" if late else f"{one.name}={one.level}",
            f"{words[0].upper()}{words[1:]}, the advice is looked at less",
            f"In {whole_percent(one.looked)} of {one.cases:,} cases; {points(d.value)} "
            f"({points_range(d)}) against the others, all else recorded alike. An association.",
            "adjusted",
            one.cases * distance80(d),
            kind=((one.name, one.level),),
            difference=d,
        )
        out.append(Claim("not looking", f"{one.name}={one.level}", chance_of(d), said))
    return [*out, *_after_error(found, asked)]


def _after_error(found: NotConsulted, asked: Asked) -> list[Finding | Claim]:
    if isinstance(found.after_error, CannotSay):
        return []
    out: list[Finding | Claim] = []
    for name, one in found.after_error.items():
        beyond = one.beyond_usual
        if isinstance(beyond, CannotSay) or isinstance(one.drop, CannotSay):
            continue
        if beyond.value <= 0:
            out.append(Claim("after wrong advice", name, chance_of(beyond)))
            continue
        who = asked.scope(name)
        later = one.recovery[-1]
        left = (
            f" Thirty cases later {points(later.value)} ({points_range(later)}) of it is left."
            if isinstance(later, Estimate)
            else ""
        )
        said = finding(
            "after_error",
            name if who else "",
            f"{who}: after wrong advice people look less"
            if who
            else "After wrong advice people look less",
            f"Over {one.episodes:,} episodes looking falls by {points(one.drop.value).lstrip('+')} "
            f"({points_range(one.drop)}) in the next ten cases; {points(beyond.value)} more than "
            f"after right advice.{left}",
            "descriptive",
            one.episodes * 10 * max(beyond.low, 0.0),
            scope=name,
            drop=one.drop,
        )
        out.append(Claim("after wrong advice", name, chance_of(beyond), said))
    return out


RULES: Rules = (_not_looked,)
