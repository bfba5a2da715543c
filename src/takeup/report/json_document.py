"""Everything the report shows, as JSON (docs/reference/json.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from takeup.diagnosis.diagnose import Diagnosis
from takeup.diagnosis.measures import Measures
from takeup.measure.comparison import OutcomeComparison
from takeup.measure.rollout import Rollout
from takeup.report.plain import plain
from takeup.stats.answer import CannotSay, Estimate


def measures_json(measures: Measures) -> dict[str, Any]:
    """One key per measure; headline figures directly under it."""
    adoption = measures.adoption
    return {
        "adoption": {
            **plain(adoption.overall),
            "groups": plain(adoption.groups),
            "reasons": adoption.reasons,
            "reasons_by": adoption.reasons_by,
            "override_spread": plain(adoption.override_spread),
            "confidence_by_action": plain(adoption.confidence_by_action),
            "weeks_by_population": plain(adoption.weeks_by_population),
            "version_starts": adoption.version_starts,
            "contradictions": adoption.contradictions,
        },
        "ladder": plain(measures.ladder),
        "model_issue": plain(measures.model_issue),
        "comparison": _comparison(measures),
        "disagreement": plain(measures.disagreement),
        "paired": _paired(measures),
        "reliance": plain(measures.reliance),
        "rollout": _rollout(measures),
        "value_per_case": plain(measures.value_per_case),
        **{name: plain(getattr(measures, name)) for name in _AS_THEY_ARE},
    }


_AS_THEY_ARE = (
    "staggered",
    "expert_benchmark",
    "blind_spots",
    "override_ledger",
    "same_people",
    "people",
    "not_consulted",
    "pilot_production",
    "team",
    "resistance",
    "signals",
    "value",
)


def _comparison(measures: Measures) -> dict[str, Any]:
    """The first outcome's figures directly, every outcome's under `by_outcome`."""
    comparison = measures.comparison
    if isinstance(comparison, CannotSay):
        refusal = comparison.to_json()
        return {**refusal, "raw": refusal, "standardised": refusal, "adjusted": refusal}
    found = {c.outcome: one_comparison_json(c) for c in comparison.outcomes}
    return {**found[comparison.first.outcome], "by_outcome": found}


def one_comparison_json(found: OutcomeComparison) -> dict[str, Any]:
    document: dict[str, Any] = plain(replace(found, cells=None, balance=None))
    if found.balance is not None:
        document["balance"] = found.balance.to_dict("records")
    return document


def _paired(measures: Measures) -> dict[str, Any]:
    paired = measures.paired
    if isinstance(paired, CannotSay):
        return {**paired.to_json(), "person_minus_model": paired.to_json()}
    return {
        "scope": paired.scope,
        **plain(paired.overall),
        "groups": plain(paired.groups),
        "loss_difference": plain(paired.loss_difference),
    }


def _rollout(measures: Measures) -> dict[str, Any]:
    rollout = measures.rollout
    if not isinstance(rollout, Rollout):
        refusal = rollout.to_json()
        return {**refusal, "unadjusted": refusal, "adjusted": refusal}
    return {
        "unadjusted": {e.name: plain(e.unadjusted) for e in rollout.effects},
        "adjusted": {e.name: plain(e.adjusted) for e in rollout.effects},
        "means": {
            e.name: {"with_advice": e.mean_with, "without_advice": e.mean_without}
            for e in rollout.effects
            if isinstance(e.unadjusted, Estimate)
        },
        "with_advice": rollout.with_advice,
        "without_advice": rollout.without_advice,
        "sample_ratio_p": rollout.sample_ratio_p,
        "balance_p": rollout.balance_p,
        "alerts": list(rollout.alerts),
    }


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """One diagnosis."""
    return {
        "use_case": diagnosis.use_case,
        "title": diagnosis.title,
        "audience": diagnosis.audience,
        "verdict": diagnosis.verdict,
        "summary": diagnosis.summary,
        "measures": measures_json(diagnosis.measures),
        "findings": plain(diagnosis.findings),
        "cannot_answer": plain(diagnosis.cannot_answer),
    }
