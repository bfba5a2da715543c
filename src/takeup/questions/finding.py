"""One finding, and how it is weighed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from takeup.questions.knowledge import Action, Kind, rule
from takeup.stats.answer import Estimate

_Z80, _Z95 = 1.2816, 1.96


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `id` is the rule and where it holds; `at_stake` orders findings: eligible
    cases affected × lower 80 % bound of the share concerned (in money where outcomes carry
    it). It holds of the population `scope` and there of the kind of case `where` (columns and their values;
    none: of all). `sentence` is how a verdict would say it; `evidence` holds sentences, `figures` the
    estimates behind them."""

    id: str
    rule: str
    kind: Kind
    title: str
    text: str
    first_action: str
    actions: tuple[Action, ...]
    otherwise: str
    grade: str
    at_stake: float
    stake_unit: str = "cases"
    scope: str = "all"
    sentence: str = ""
    evidence: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    where: tuple[tuple[str, str], ...] = ()


def finding(
    key: str,
    where: str,
    title: str,
    text: str,
    grade: str,
    at_stake: float,
    *,
    scope: str = "all",
    kind: tuple[tuple[str, str], ...] = (),
    sentence: str = "",
    evidence: tuple[str, ...] = (),
    **figures: Any,
) -> Finding:
    """A finding of the rule `key`; `where` tells it from others of that rule (empty: the only one)."""
    known = rule(key)
    return Finding(
        f"{key}:{where}" if where else key,
        key,
        known.kind,
        title,
        text,
        known.first,
        known.actions,
        known.otherwise,
        grade,
        float(max(at_stake, 0.0)),
        scope=scope,
        sentence=sentence or f"{title}.",
        evidence=evidence,
        figures=figures,
        where=kind,
    )


def low80(estimate: Estimate) -> float:
    """Lower bound of the 80 % interval, from the distance to the 95 % one."""
    return estimate.value - (estimate.value - estimate.low) * _Z80 / _Z95


def high80(estimate: Estimate) -> float:
    """Upper bound of the 80 % interval."""
    return estimate.value + (estimate.high - estimate.value) * _Z80 / _Z95


def distance80(estimate: Estimate) -> float:
    """How far the 80 % interval of a difference stays from zero; 0 where it does not."""
    return max(low80(estimate), -high80(estimate), 0.0)
