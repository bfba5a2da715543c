"""Who is right more often, on the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takeup.drawing.words import (
    listed,
    name_of,
    of_kind,
    points,
    points_range,
    upper_first,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.paired.measure import Paired, PairedGroup
from takeup.stats.answer import CannotSay


def _paired(asked: Asked) -> list[Finding | Claim]:
    paired = asked.measures.paired
    if not isinstance(paired, Paired):
        return []
    found = _paired_group("", "Over all judged cases", paired.overall, 1.0)
    for dimension, groups in paired.groups.items():
        # One kind of case alone is the whole.
        for g in groups if len(groups) > 1 else ():
            lead = upper_first(of_kind(((dimension, g.key),), asked.titles))
            found += _paired_group(dimension, lead, g, 0.9)
    return [*found]


def gather(found: Sequence[Finding], asked: Asked) -> list[Finding]:
    """Who is right more often over all, if it is so at every level of a covariate, is said once with its name;
    if it is the other way round on some kinds of case, with those."""
    paired = asked.measures.paired
    whole = next((f for f in found if f.id in ("people_ahead", "model_ahead")), None)
    if whole is None or not isinstance(paired, Paired):
        return [*found]
    said = {f.id for f in found}
    everywhere = {
        dimension: {f"{whole.rule}:{dimension}:{g.key}" for g in groups}
        for dimension, groups in paired.groups.items()
        if len(groups) > 1 and {f"{whole.rule}:{dimension}:{g.key}" for g in groups} <= said
    }
    if not everywhere:
        return _with_exceptions(found, whole, paired, asked)
    gone = {key for keys in everywhere.values() for key in keys}
    levels = listed([f"every {name_of(dimension)}" for dimension in everywhere])
    one = replace(whole, text=f"{whole.text} So for {levels}.")
    return [one if f is whole else f for f in found if f.id not in gone]


_NAMED = 4
"""So many kinds of case that are the other way round are named."""

_IN_PART = (
    "Let people decide the kinds of case in which they are right more often, and say on the screen where the "
    "model is."
)


def _with_exceptions(
    found: Sequence[Finding], whole: Finding, paired: Paired, asked: Asked
) -> list[Finding]:
    """`found`, in which the whole names the kinds of case that are the other way round: people are not given
    those."""
    other = "model_ahead" if whole.rule == "people_ahead" else "people_ahead"
    said = {f.id for f in found}
    against = [
        of_kind(((dimension, g.key),), asked.titles)
        for dimension, groups in paired.groups.items()
        for g in groups
        if f"{other}:{dimension}:{g.key}" in said
    ]
    if not against:
        return [*found]
    more = f"{len(against) - _NAMED:,} more kinds of case"
    names = listed(against if len(against) <= _NAMED else [*against[:_NAMED], more])
    one = replace(whole, text=f"{whole.text} It is the other way round {names}.")
    if whole.rule == "people_ahead":
        one = replace(one, first_action=_IN_PART)
    return [one if f is whole else f for f in found]


def _paired_group(dimension: str, where: str, g: PairedGroup, weight: float) -> list[Claim]:
    answer = g.person_minus_model
    if isinstance(answer, CannotSay):
        return []
    ahead = answer.value > 0
    who = (
        "people are right more often than the model"
        if ahead
        else "the model alone is right more often than people with it"
    )
    said = finding(
        "people_ahead" if ahead else "model_ahead",
        f"{dimension}:{g.key}" if dimension else "",
        f"{where}, {who}",
        f"On the same {g.judged:,} judged cases that were looked at{_caught(g)}: {points(answer.value)} "
        f"({points_range(answer)}) for people minus model{_weighted(g, answer.value)}.",
        "paired",
        g.judged * distance80(answer) * weight,
        scope=g.key if dimension == "population" else "all",
        kind=((dimension, g.key),) if dimension not in ("", "population") else (),
        person_minus_model=answer,
    )
    family = f"paired by {dimension}" if dimension else "paired"
    return [Claim(family, g.key if dimension else "", chance_of(answer), said)]


def _caught(g: PairedGroup) -> str:
    if g.person_only is None or g.model_only is None:
        return ""
    return (
        f" people caught {g.person_only:,} error{'s' * (g.person_only != 1)} of the model and made {g.model_only:,} that it "
        "did not"
    )


_SEEN = 0.0005
"""A twentieth of a point: less is not told."""


def _weighted(g: PairedGroup, value: float) -> str:
    """Says why the figure is not what the counts beside it give, where a reader who divides would miss it."""
    if g.person_only is None or g.model_only is None:
        return ""
    counted = (g.person_only - g.model_only) / g.judged
    if abs(counted - value) < _SEEN:
        return ""
    return ", each case counted by how seldom one like it was judged"


RULES: Rules = (_paired,)
