"""Wrong advice that is let through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from takeup.drawing.words import (
    listed,
    percent,
    percent_between,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.finding import Finding, finding, low80
from takeup.questions.ladder import Ladder, PopulationLevel
from takeup.questions.shared.group_of import group_of
from takeup.stats.answer import CannotSay, Estimate

Passing = Literal["rarer", "more often", "about as often", "no measure"]
"""How wrong advice gets through: overridden more rarely than experts would, more often, about as often, or there is
nothing to hold the rate against."""


def _passing(p: PopulationLevel, rate: Estimate) -> Passing:
    if p.benchmark is None:
        return "no measure"
    experts, off = p.benchmark.rate, _SD95 * p.benchmark.sd
    return (
        "rarer"
        if rate.high < experts - off
        else "more often"
        if rate.low > experts + off
        else "about as often"
    )


def _let_through(how: Passing, rate: Estimate, experts: str = "") -> str:
    """What lets wrong advice through; `rate`: how often it is overridden, `experts`: how often they would."""
    told, would = percent(rate), f" ({experts})" if experts else ""
    if how == "no measure":
        return (
            f"Wrong advice is let through, though {percent_between(rate)} of advice is overridden. How often is no "
            "success or failure here: most wrong advice is followed."
        )
    if how == "rarer":
        return (
            f"Overrides are rarer ({told}) than experts would make them{would}. A low override rate is no success "
            "here."
        )
    if how == "more often":
        return (
            f"Overrides are more frequent ({told}) than experts would make them{would}, and yet most wrong advice is "
            "followed."
        )
    return (
        f"Overrides ({told}) are not clearly rarer than experts would make them{would}, and most wrong advice is "
        "followed."
    )


_SD95 = 1.96


def _over_reliance(asked: Asked) -> list[Finding]:
    ladder = asked.measures.ladder
    if not isinstance(ladder, Ladder):
        return []
    over = [p for p in ladder.populations if "over_reliance" in p.markers]
    graded = [p for p in ladder.populations if not isinstance(p.level, CannotSay)]
    found, how = [], set()
    for p in over:
        who, of = asked.scope(p.population), group_of(asked.measures, p.population)
        text = "Most wrong advice is followed."
        if isinstance(rate := of.override_rate, Estimate):
            how.add(_passing(p, rate))
            experts = whole_percent(p.benchmark.rate) if p.benchmark else ""
            text = _let_through(_passing(p, rate), rate, experts)
        found.append(
            finding(
                "over_reliance",
                p.population if who else "",
                f"{who}: wrong advice is followed too" if who else "Wrong advice is followed too",
                text,
                "descriptive",
                (of.consulted or 0) * _wrong(p.population, asked),
                scope=p.population,
            )
        )
    rate = asked.measures.adoption.overall.override_rate
    if len(over) < max(len(graded), 2) or len(how) != 1 or isinstance(rate, CannotSay):
        return found
    return [_in_every_population(found, _let_through(how.pop(), rate), asked)]


def _in_every_population(found: Sequence[Finding], text: str, asked: Asked) -> Finding:
    """What holds of every population, said once."""
    names = listed([asked.inside(f.scope) for f in found])
    return finding(
        "over_reliance", "", "In every population wrong advice is followed too", f"{text} So among {names}.",
        "descriptive", sum(f.at_stake for f in found),
    )  # fmt: skip


def _wrong(population: str, asked: Asked) -> float:
    """The least share of advice that is wrong; unknown, one case in twenty."""
    issues = asked.measures.model_issue
    scopes = () if isinstance(issues, CannotSay) else issues.scopes
    errors = [s.error for s in scopes if s.scope == population]
    return next((low80(e) for e in errors if isinstance(e, Estimate)), 0.05)


RULES: Rules = (_over_reliance,)
