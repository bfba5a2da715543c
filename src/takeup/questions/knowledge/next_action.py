"""Which action comes next for a reason: the order of the domain, until runs of the same action speak.

A share of runs that moved what they were to move, for each action and reason: a beta whose mean is drawn to that of
the action over all other reasons, and that one to the place of the action in its reason's order (a hierarchy of
three, with fixed weights: the runs of one company are too few to find them). Runs that cannot tell are counted and
teach nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from takeup.questions.knowledge import read_knowledge
from takeup.stats.quantiles import beta_quantile

_FIRST, _LATER, _LEAST = 0.50, 0.04, 0.25
"""Prior share of runs that move something: of the first action of an order, less for each place behind it."""
_PRIOR_RUNS, _ELSEWHERE, _MOST_BORROWED = 4.0, 0.5, 10.0
"""How many runs the place in the order counts for; how much of a run one for another reason; and at most how many runs
all of that."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was checked: of which action, for which reason, and what came of it."""

    action: str
    reason: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """An action for a reason: the share of its runs that is expected to move what they should (`low`, `high`: 80 %
    of what is likely), after `runs` that told something for this reason and `elsewhere` for others; `untold`
    could not tell."""

    action: str
    share: float
    low: float
    high: float
    runs: int
    elsewhere: int
    untold: int


@cache
def sequence(reason: str) -> tuple[str, ...]:
    """Actions for a reason, the first one first; empty for a reason that is none."""
    found: dict[str, Any] = read_knowledge("sequences.toml")
    return tuple(found.get(reason, ()))


def next_actions(
    reason: str, past: Sequence[PastRun], known: Iterable[str] = (), done: Collection[str] = ()
) -> tuple[Suggested, ...]:
    """Actions for a reason, the most promising first: by the upper end of what is likely, which gives what was
    tried less the benefit of the doubt (Kaufmann, Cappé & Garivier 2012, Bayes-UCB). `known`: actions that a company
    added; one counts from its first run for this reason on. `done`: those that the population had."""
    order = list(sequence(reason))
    tried = {r.action for r in past if r.reason == reason}
    order += [action for action in known if action in tried and action not in order]
    found = [
        _suggested(action, reason, place, past)
        for place, action in enumerate(order)
        if action not in done
    ]
    return tuple(sorted(found, key=lambda one: -one.high))


def _suggested(action: str, reason: str, place: int, past: Sequence[PastRun]) -> Suggested:
    own = [r for r in past if r.action == action and r.reason == reason]
    other = [r for r in past if r.action == action and r.reason != reason]
    k, n = _counted(own)
    a, b = _posterior(place, (k, n), _counted(other))
    return Suggested(
        action, a / (a + b), beta_quantile(0.1, a, b), beta_quantile(0.9, a, b), n,
        _counted(other)[1], len(own) - n,
    )  # fmt: skip


def _posterior(place: int, own: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    prior = max(_FIRST - _LATER * place, _LEAST)
    weight = _PRIOR_RUNS + _ELSEWHERE * other[1]
    mean = (_PRIOR_RUNS * prior + _ELSEWHERE * other[0]) / weight
    weight = min(weight, _MOST_BORROWED)
    return weight * mean + own[0], weight * (1 - mean) + own[1] - own[0]


def _counted(runs: Iterable[PastRun]) -> tuple[int, int]:
    """How many moved something, of those that told."""
    told = [r.verdict == "moved" for r in runs if r.verdict in ("moved", "not_moved")]
    return sum(told), len(told)
