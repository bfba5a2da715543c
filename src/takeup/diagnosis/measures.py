"""Every measure asked about one use case."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis.expr.types as ir

from takeup.disclosure import Audience, disclose_adoption, disclose_paired
from takeup.measure.adoption import Adoption, measure_adoption
from takeup.measure.paired import Paired, measure_paired
from takeup.measure.reliance import Reliance, measure_reliance
from takeup.measure.rollout import Rollout, measure_rollout
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, suppressed

CASE_DIMENSIONS = ("stakes", "model_version", "phase", "score_band")


@dataclass(frozen=True, slots=True)
class Measures:
    """What each measure answered; a refusal stands where its answer would."""

    adoption: Adoption
    paired: Paired | CannotSay
    reliance: Reliance | CannotSay
    rollout: Rollout | CannotSay


def take_measures(
    decisions: ir.Table,
    use_case: UseCase,
    covariates: list[str],
    outcomes: tuple[str, ...],
    settings: Settings,
) -> Measures:
    """All measures of one use case's narrow table."""
    segments = [s for s in use_case.segment if s in decisions.columns]
    people_and_time = ["population", "team", "week"]
    kinds = [*segments, *(d for d in CASE_DIMENSIONS if d in decisions.columns)]
    return Measures(
        measure_adoption(decisions, [*people_and_time, *kinds], settings),
        measure_paired(decisions, ("population", *segments), settings),
        measure_reliance(decisions, settings),
        measure_rollout(decisions, use_case, covariates, outcomes, settings),
    )


def disclosed(measures: Measures, audience: Audience, settings: Settings) -> Measures:
    """The measures as `audience` may see them."""
    if audience == "public":
        return measures
    adoption = disclose_adoption(measures.adoption, audience, settings.disclosure)
    paired = disclose_paired(measures.paired, adoption, audience, settings.disclosure)
    if not adoption.overall.hidden:
        return replace(measures, adoption=adoption, paired=paired)
    return Measures(adoption, suppressed(), suppressed(), suppressed())
