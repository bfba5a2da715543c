"""Actions that moved what they were declared to move, and those that did not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from takeup.drawing.words import listed, points, points_range
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.intervention_effect.measure import ActionEffect, InterventionEffect
from takeup.questions.intervention_effect.verdict import Verdict
from takeup.stats.answer import Estimate

_MOVED, _SHORT = "actions that moved something", "actions that moved too little"


def _actions(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.intervention_effect
    if not isinstance(found, InterventionEffect):
        return []
    return [claim for one in found.actions for claim in _claims(one, asked)]


def _claims(one: ActionEffect, asked: Asked) -> list[Claim]:
    """One claim for what was compared together, one for each run that was not."""
    if isinstance(one.effect, Estimate):
        where = listed([asked.scope(run.population) for run in one.runs])
        return _claimed(one, f"{one.action}:{one.indicator}", "all", where, one.effect, one.verdict)
    return [
        claim
        for run in one.runs
        if isinstance(run.effect, Estimate)
        for claim in _claimed(
            one, run.run, run.population, asked.scope(run.population), run.effect, run.verdict
        )
    ]


def _claimed(
    one: ActionEffect, name: str, scope: str, where: str, effect: Estimate, verdict: Verdict
) -> list[Claim]:
    """It was looked whether it moved, and whether it moved too little; what a verdict says is said."""
    short = _short_of(one, effect)
    moved = _told("action_moved", one, name, scope, where, effect, change=effect)
    missed = _told("action_not_moved", one, name, scope, where, effect, short_of=short)
    return [
        Claim(_MOVED, name, chance_of(effect), moved if verdict == "moved" else None),
        Claim(_SHORT, name, chance_of(short), missed if verdict == "not_moved" else None),
    ]


def _short_of(one: ActionEffect, effect: Estimate) -> Estimate:
    """The change in the declared direction, less the smallest that counts."""
    value, low, high = effect.value, effect.low, effect.high
    if one.direction == "down":
        value, low, high = -value, -high, -low
    return replace(
        effect, value=value - one.smallest, low=low - one.smallest, high=high - one.smallest, p=None
    )


def _told(
    key: str, one: ActionEffect, name: str, scope: str, where: str, e: Estimate, **figures: Any
) -> Finding:
    said = "moved" if key == "action_moved" else "did not move as declared"
    own = (
        ""
        if e.grade == "staggered"
        else " Nothing was compared with it: it is an association in time."
    )
    return finding(
        key, name, f"{where}: {one.words} {said} after what was done",
        f"Done: {one.did}. Declared: {one.direction} by {points(one.smallest).lstrip('+')} or more; found: {points(e.value)} "
        f"({points_range(e)}).{own}",
        e.grade, e.n * max(distance80(e), 0.001), scope=scope, **figures,
    )  # fmt: skip


RULES: Rules = (_actions,)
