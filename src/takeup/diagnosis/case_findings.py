"""Findings about kinds of case and circumstances: where overriding pays or hurts, what goes
with not looking, what wrong advice leaves behind, what the pilot had."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from takeup.diagnosis.asked import Asked
from takeup.diagnosis.claim import Claim, chance_of
from takeup.diagnosis.finding import Finding, distance80, finding
from takeup.diagnosis.words import (
    circumstance,
    name_of,
    of_kind,
    points,
    points_range,
    upper_first,
    whole_percent,
)
from takeup.measure.blind_spots import BlindSpot, BlindSpots
from takeup.measure.model_issue import ModelIssues
from takeup.measure.not_consulted import Circumstance, NotConsulted
from takeup.measure.pilot_production import PilotProduction
from takeup.measure.whose import ALL
from takeup.stats.answer import CannotSay, Estimate

_MOST = 3


def _blind_spots(asked: Asked) -> list[Finding]:
    found = asked.measures.blind_spots
    if not isinstance(found, BlindSpots):
        return []
    issues = asked.measures.model_issue
    told = (
        {
            (i.dimension, i.segment)
            for i in issues.issues
            if i.kind in ("blind_spot", "missing_input")
        }
        if isinstance(issues, ModelIssues)
        else set()
    )
    out = []
    for says in ("overrides_better", "overriding_hurts"):
        own = [s for s in found.found if s.says == says]
        everywhere = [c for c in found.levels if found.at_every_level(c, says)]
        out += [_at_every_level(c, [s for s in own if _is_of(s, c)], found) for c in everywhere]
        own = [s for s in own if not any(_is_of(s, c) for c in everywhere)]
        own = [s for s in own if not (len(s.kind) == 1 and s.kind[0] in told)]
        out += [_spot(s, found, asked) for s in own[:_MOST] if isinstance(s.gain, Estimate)]
    return out


def _how_much_more(gain: float) -> str:
    return "more" if gain > 0 else "less"


def _is_of(s: BlindSpot, covariate: str) -> bool:
    """Whether a kind is a level of a covariate, alone or with another."""
    return any(name == covariate for name, _ in s.kind)


_SAID = {"overrides_better": "overrides beat the model", "overriding_hurts": "overriding hurts"}


def _at_every_level(covariate: str, spots: Sequence[BlindSpot], found: BlindSpots) -> Finding:
    """What holds of every level of a covariate, said once, with the least and the most of them."""
    alone = [(s, s.gain) for s in spots if len(s.kind) == 1 and isinstance(s.gain, Estimate)]
    gains = sorted((gain for _, gain in alone), key=lambda g: g.value)
    lead = f"Whatever the {name_of(covariate)}"
    return finding(
        spots[0].says,
        covariate,
        f"{lead}, {_SAID[spots[0].says]}",
        f"At all {len(alone)} levels people were right {_how_much_more(gains[0].value)} often than the advice "
        f"they rejected, by {points(gains[0].value)} to {points(gains[-1].value)}. Each was found in one half of the people and confirmed in "
        f"the other; {found.tried_in_words} were tried.",
        "paired",
        sum(s.overrides * distance80(gain) for s, gain in alone),
        least=min(gains, key=distance80),
    )


def _spot(s: BlindSpot, found: BlindSpots, asked: Asked) -> Finding:
    assert isinstance(s.gain, Estimate)
    where = upper_first(of_kind(s.kind, asked.titles))
    title = f"{where}, {_SAID[s.says]}"
    # What is found of a population alone is told with its name as its scope, as all else that is said of it.
    whole = len(s.kind) == 1 and s.kind[0][0] == "population"
    small = ", a small part of all cases" if s.small else ""
    return finding(
        s.says,
        "+".join(f"{d}={v}" for d, v in s.kind),
        title,
        f"Over {s.overrides:,} judged overrides people were right {_how_much_more(s.gain.value)} often than the "
        f"advice they rejected: {points(s.gain.value)} ({points_range(s.gain)}). Found in one half of the people and confirmed in "
        f"the other; {found.tried_in_words} were tried{small}.",
        "paired",
        s.overrides * distance80(s.gain),
        scope=s.kind[0][1] if whole else ALL,
        kind=() if whole else s.kind,
        gain=s.gain,
    )


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
            f"Over {one.episodes:,} episodes looking falls by {points(one.drop.value)} "
            f"({points_range(one.drop)}) in the next ten cases; {points(beyond.value)} more than "
            f"after right advice.{left}",
            "descriptive",
            one.episodes * 10 * max(beyond.low, 0.0),
            scope=name,
            drop=one.drop,
        )
        out.append(Claim("after wrong advice", name, chance_of(beyond), said))
    return out


def _pilot(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.pilot_production
    if not isinstance(found, PilotProduction):
        return []
    gap = next(g for g in found.gaps if g.figure == "effective_reliance")
    d = gap.difference
    parts = sorted(gap.explained.items(), key=lambda p: p[1].value * (1 if d.value > 0 else -1))
    told = "; ".join(f"{name} {points(e.value)}" for name, e in reversed(parts))
    only = (
        " Nothing tells the phase from "
        + " and ".join(n.replace("_", " ") for n in found.inseparable)
        + ", which only one of the two had."
        if found.inseparable
        else ""
    )
    said = finding(
        "pilot_gap",
        "",
        "What worked in the pilot "
        + ("carries less in production" if d.value < 0 else "carries more in production"),
        f"The advice carried {whole_percent(gap.pilot)} of decisions in the pilot, "
        f"{whole_percent(gap.production)} in production: {points(d.value)} ({points_range(d)}). "
        f"Of that, {told}; left unexplained {points(gap.left.value)} ({points_range(gap.left)}).{only}",
        "adjusted",
        found.production_cases * distance80(d),
        difference=d,
        left=gap.left,
    )
    return [Claim("pilot and production", "", chance_of(d), said)]


RULES: tuple[Callable[[Asked], Sequence[Finding | Claim]], ...] = (
    _blind_spots,
    _not_looked,
    _pilot,
)
