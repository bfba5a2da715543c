"""Which reasons do people have for not relying on the advice?

For each population, from behaviour (signatures), a survey and coded interviews, whichever
there are; without survey or interviews the answer is at most *leaning*. Model issues and
access are always beside it, because reasons may be good ones. No person is ever typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from takeup.questions.expert_benchmark import QUESTION as EXPERT_BENCHMARK
from takeup.questions.expert_benchmark import with_benchmarks
from takeup.questions.inquiry import Inquiry
from takeup.questions.model_issue import QUESTION as MODEL_ISSUE
from takeup.questions.model_issue import ModelIssues
from takeup.questions.resistance.reason_score import (
    InterviewResult,
    Scored,
    SurveyResult,
    score,
    score_interviews,
    score_survey,
)
from takeup.questions.resistance.signatures import Behaviour, measure_behaviour
from takeup.questions.shared.after_error import AfterError
from takeup.questions.shared.known_truth import without_uneven_truth
from takeup.questions.shared.whose import ALL
from takeup.record.evidence import Evidence
from takeup.record.population import Population, population_facts
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, suppressed

__all__ = ["PopulationReasons", "Resistance", "measure_resistance"]


@dataclass(frozen=True, slots=True)
class PopulationReasons:
    """The reasons of one population. `access_share`: people without training (None: unknown);
    `model_issues` that hold there, as (kind, segment)."""

    population: str
    people: int
    eligible: int
    scored: Scored | CannotSay
    survey: SurveyResult | None
    interviews: InterviewResult | None
    model_issues: tuple[tuple[str, str | None], ...]
    access_share: float | None
    not_measured: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resistance:
    """Populations in order of size."""

    populations: tuple[PopulationReasons, ...]


def measure_resistance(
    decisions: ir.Table,
    populations: Mapping[str, Population],
    model_issues: ModelIssues | CannotSay,
    after_error: Mapping[str, AfterError] | CannotSay,
    evidence: Evidence,
    settings: Settings,
) -> Resistance | CannotSay:
    """Reasons by population, from the decisions and whatever evidence lies beside them."""
    names = {} if isinstance(model_issues, CannotSay) else _issues(model_issues)
    blind = {
        name: tuple((d, s) for kind, s, d in issues if kind == "blind_spot" and s and d)
        for name, issues in names.items()
    }
    acted = measure_behaviour(
        without_uneven_truth(decisions, settings), populations, after_error, blind
    )
    every = sorted(acted, key=lambda n: -acted[n].eligible)
    asked = _asked(evidence)
    every += sorted(asked - set(every) - {ALL})
    if asked == {ALL} and len(every) == 1:
        evidence = _all_named(evidence, every[0])
    return Resistance(
        tuple(
            _population(name, acted.get(name), populations, names, evidence, settings)
            for name in every
        )
    )


def _asked(evidence: Evidence) -> set[str]:
    return {
        str(name)
        for frame in (evidence.survey, evidence.interviews)
        if frame is not None
        for name in frame["population"].unique()
    }


def _all_named(evidence: Evidence, name: str) -> Evidence:
    """Evidence without populations, as that of the only one."""
    survey, interviews, panel = (
        None if frame is None else frame.assign(population=name)
        for frame in (evidence.survey, evidence.interviews, evidence.panel)
    )
    return replace(evidence, survey=survey, interviews=interviews, panel=panel)


def _issues(found: ModelIssues) -> dict[str, tuple[tuple[str, str | None, str | None], ...]]:
    """Issues by population; those of all hold where there is only one population."""
    scopes = {s.scope for s in found.scopes}
    every = {i.scope for i in found.issues}
    only = scopes == {ALL}
    return {
        scope: tuple((i.kind, i.segment, i.dimension) for i in found.issues if i.scope == scope)
        for scope in every
        if only or scope != ALL
    }


def _population(
    name: str,
    acted: Behaviour | None,
    populations: Mapping[str, Population],
    issues: Mapping[str, tuple[tuple[str, str | None, str | None], ...]],
    evidence: Evidence,
    settings: Settings,
) -> PopulationReasons:
    rules = settings.resistance
    facts = population_facts(dict(populations), name)
    people = facts.people or (acted.people if acted else 0)
    survey = talks = None
    if evidence.survey is not None:
        own = evidence.survey[evidence.survey["population"] == name]
        survey = score_survey(own, people, rules) if len(own) else None
    if evidence.interviews is not None:
        own = evidence.interviews[evidence.interviews["population"] == name]
        talks = score_interviews(own, rules) if len(own) else None
    access = None if facts.trained_share is None else 1 - facts.trained_share
    here = issues.get(name, issues.get(ALL, ()))
    return PopulationReasons(
        name,
        people,
        acted.eligible if acted else 0,
        score(acted, survey, talks, facts, people, access, rules),
        survey,
        talks,
        tuple((kind, segment) for kind, segment, _ in here),
        access,
        tuple(s.rule.id for s in acted.signatures if s.value is None) if acted else (),
    )


def without_figures(one: PopulationReasons) -> PopulationReasons:
    """A population whose reasons may not be shown."""
    return PopulationReasons(one.population, 0, 0, suppressed(), None, None, (), None, ())


def ask(inquiry: Inquiry) -> Resistance | CannotSay:
    """The question, of one use case."""
    return measure_resistance(
        inquiry.decisions,
        with_benchmarks(inquiry.populations, inquiry.measures[EXPERT_BENCHMARK]),
        inquiry.measures[MODEL_ISSUE],
        inquiry.after_error(),
        inquiry.evidence,
        inquiry.settings,
    )
