"""People with the advice beside people alone and the model alone."""

from __future__ import annotations

from dataclasses import replace

from takeup.drawing.words import (
    points,
    points_range,
    seconds,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.team.measure import Complementarity, Effort, Team
from takeup.stats.answer import CannotSay, Estimate


def _team(asked: Asked) -> list[Finding | Claim]:
    team = asked.measures.team
    if not isinstance(team, Team) or isinstance(team.complementarity, CannotSay):
        return []
    c = team.complementarity
    return [*_with_against_alone(c, team), *_with_against_best(c)]


def _with_against_alone(c: Complementarity, team: Team) -> list[Claim]:
    """What the advice adds to the same people on the same cases."""
    d = c.joint_minus_alone
    if d.grade != "paired":
        return []
    better = d.value > 0
    time = team.effort.seconds if isinstance(team.effort, Effort) else None
    took = f" {seconds(time)}" if isinstance(time, Estimate) else ""
    said = finding(
        "advice_helps" if better else "advice_hurts",
        "",
        f"The same people decide the same cases {'better' if better else 'worse'} with the advice",
        f"Right in {whole_percent(c.joint.value)} of cases with it and in {whole_percent(c.alone.value)} "
        f"alone (known from {c.source}): {points(d.value)} ({points_range(d)}).{took}",
        "paired",
        d.n * distance80(d),
        joint_minus_alone=d,
    )
    return [Claim("with and alone", "", chance_of(d), said)]


def _with_against_best(c: Complementarity) -> list[Claim]:
    d = c.joint_minus_best
    ahead = d.value > 0
    best = "people alone" if c.alone.value >= c.model.value else "the model alone"
    said = finding(
        "team_ahead" if ahead else "team_behind",
        "",
        "People with the advice beat the better of the two alone"
        if ahead
        else f"People with the advice stay behind {best}",
        f"Right in {whole_percent(c.joint.value)} of cases together; people alone "
        f"{whole_percent(c.alone.value)}, the model alone {whole_percent(c.model.value)} (known "
        f"from {c.source}). Against the better one: {points(d.value)} ({points_range(d)}).",
        c.joint.grade,
        d.n * distance80(d),
        joint_minus_best=d,
    )
    if c.joint.grade == "paired":
        said = replace(said, otherwise=_IN_WHICH_ORDER)
    return [Claim("both together", "", chance_of(d), said)]


_IN_WHICH_ORDER = (
    "What was decided alone came first: people may have learned from it, or grown tired."
)


RULES: Rules = (_team,)
