"""Kinds of case in which overrides beat the model, or hurt."""

from __future__ import annotations

from collections.abc import Sequence

from takeup.drawing.words import (
    name_of,
    of_kind,
    points,
    points_range,
    upper_first,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.blind_spots.measure import BlindSpot, BlindSpots
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.model_issue import ModelIssues
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import Estimate

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
    """What holds of every level of a covariate that was tried, said once, with the least and the most of them."""
    alone = [(s, s.gain) for s in spots if len(s.kind) == 1 and isinstance(s.gain, Estimate)]
    gains = sorted((gain for _, gain in alone), key=lambda g: g.value)
    lead = f"In every {name_of(covariate)} that was tried"
    return finding(
        spots[0].says,
        covariate,
        f"{lead}, {_SAID[spots[0].says]}",
        f"In all {len(alone)} of them people were right {_how_much_more(gains[0].value)} often than the advice "
        f"they rejected, by {points(gains[0].value)} to {points(gains[-1].value)}. Each was found in one half of the people and confirmed in "
        f"the other; {found.tried_in_words} {found.was} tried.",
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
        f"In {s.overrides:,} judged overrides people were right {_how_much_more(s.gain.value)} often than the "
        f"advice they rejected: {points(s.gain.value)} ({points_range(s.gain)}). Found in one half of the people and confirmed in "
        f"the other; {found.tried_in_words} {found.was} tried{small}.",
        "paired",
        s.overrides * distance80(s.gain),
        scope=s.kind[0][1] if whole else ALL,
        kind=() if whole else s.kind,
        gain=s.gain,
    )


RULES: Rules = (_blind_spots,)
