"""Every measure asked about one use case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir

from takeup.disclosure import (
    Audience,
    disclose_adoption,
    disclose_comparison,
    disclose_disagreement,
    disclose_ladder,
    disclose_model_issue,
    disclose_paired,
)
from takeup.measure.adoption import Adoption, measure_adoption
from takeup.measure.comparison import Comparison, measure_comparison
from takeup.measure.disagreement import Disagreement, measure_disagreement
from takeup.measure.ladder import Ladder, measure_ladder
from takeup.measure.model_issue import ModelIssues, measure_model_issue
from takeup.measure.paired import Paired, measure_paired
from takeup.measure.reliance import Reliance, measure_reliance
from takeup.measure.rollout import Rollout, measure_rollout
from takeup.measure.value_per_case import measure_value_per_case
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, not_instrumented, suppressed

CASE_DIMENSIONS = ("stakes", "model_version", "phase", "score_band")


@dataclass(frozen=True, slots=True)
class Measures:
    """What each measure answered; a refusal stands where its answer would."""

    adoption: Adoption
    ladder: Ladder | CannotSay
    model_issue: ModelIssues | CannotSay
    paired: Paired | CannotSay
    reliance: Reliance | CannotSay
    comparison: Comparison | CannotSay
    disagreement: Disagreement | CannotSay
    rollout: Rollout | CannotSay
    value_per_case: Answer


def take_measures(
    decisions: ir.Table,
    use_case: UseCase,
    populations: dict[str, Population],
    covariates: list[str],
    outcomes: tuple[str, ...],
    settings: Settings,
    only: Sequence[str] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Measures:
    """All measures of one use case's narrow table; with `only`, those and adoption. `step` is
    told the name of each before it is taken."""
    segments = [s for s in use_case.segment if s in decisions.columns]
    kinds = [*segments, *(d for d in CASE_DIMENSIONS if d in decisions.columns)]
    dimensions = ["population", "team", "week", *kinds]
    asked: dict[str, Callable[[], Any]] = {
        "ladder": lambda: measure_ladder(decisions, populations, settings),
        "model_issue": lambda: measure_model_issue(decisions, use_case, segments, settings),
        "paired": lambda: measure_paired(decisions, ("population", *segments), settings),
        "reliance": lambda: measure_reliance(decisions, settings),
        "comparison": lambda: measure_comparison(
            decisions, use_case, covariates, outcomes, settings
        ),
        "disagreement": lambda: measure_disagreement(
            decisions, use_case, segments, outcomes, settings
        ),
        "rollout": lambda: measure_rollout(decisions, use_case, covariates, outcomes, settings),
        "value_per_case": lambda: measure_value_per_case(decisions, use_case, settings),
    }
    left_out = not_instrumented("this measure was not asked for", "leave `only` out")
    step("adoption")
    adoption = measure_adoption(decisions, dimensions, settings, ["population", *segments])
    taken: dict[str, Any] = {}
    for name, measure in asked.items():
        step(name.replace("_", " "))
        taken[name] = measure() if only is None or name in only else left_out
    return Measures(adoption=adoption, **taken)


def disclosed(measures: Measures, audience: Audience, settings: Settings) -> Measures:
    """The measures as `audience` may see them."""
    if audience == "public":
        return measures
    rules = settings.disclosure
    adoption = disclose_adoption(measures.adoption, audience, rules)
    if adoption.overall.hidden:
        gone = suppressed()
        return Measures(adoption, gone, gone, gone, gone, gone, gone, gone, gone)
    return replace(
        measures,
        adoption=adoption,
        ladder=disclose_ladder(measures.ladder, adoption, audience, rules),
        model_issue=disclose_model_issue(measures.model_issue, adoption, audience, rules),
        paired=disclose_paired(measures.paired, adoption, audience, rules),
        comparison=disclose_comparison(measures.comparison, adoption, audience, rules),
        disagreement=disclose_disagreement(measures.disagreement, adoption, audience, rules),
    )
