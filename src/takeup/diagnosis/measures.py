"""Every measure asked about one use case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import ibis.expr.types as ir

from takeup.disclosure import (
    Audience,
    coarse,
    disclose_adoption,
    disclose_benchmark,
    disclose_blind_spots,
    disclose_comparison,
    disclose_disagreement,
    disclose_ladder,
    disclose_ledger,
    disclose_model_issue,
    disclose_not_consulted,
    disclose_paired,
    disclose_people,
    disclose_pilot,
    disclose_resistance,
    disclose_signals,
    disclose_value,
    rounded_throughout,
    untold,
)
from takeup.measure.adoption import Adoption, GroupAdoption, measure_adoption
from takeup.measure.after_error import AfterError, measure_after_error
from takeup.measure.blind_spots import BlindSpots, measure_blind_spots
from takeup.measure.comparison import Comparison, measure_comparison
from takeup.measure.disagreement import Disagreement, measure_disagreement
from takeup.measure.expert_benchmark import (
    BenchmarkOf,
    measure_expert_benchmark,
    with_benchmarks,
)
from takeup.measure.ladder import Ladder, measure_ladder
from takeup.measure.model_issue import ModelIssues, measure_model_issue
from takeup.measure.not_consulted import NotConsulted, measure_not_consulted
from takeup.measure.override_ledger import Ledger, measure_override_ledger
from takeup.measure.paired import Paired, measure_paired
from takeup.measure.people import People, measure_people
from takeup.measure.pilot_production import PilotProduction, measure_pilot_production
from takeup.measure.reliance import Reliance, measure_reliance
from takeup.measure.resistance import Resistance, measure_resistance
from takeup.measure.rollout import Rollout, measure_rollout
from takeup.measure.same_people import SamePeople, measure_same_people
from takeup.measure.signals import Signals, measure_signals
from takeup.measure.staggered import Staggered, measure_staggered
from takeup.measure.team import Team, measure_team
from takeup.measure.value import Value, measure_value
from takeup.measure.value_per_case import measure_value_per_case
from takeup.record.evidence import Evidence
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, not_instrumented, suppressed

NO_EVIDENCE = Evidence()
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
    staggered: Staggered | CannotSay
    value_per_case: Answer
    expert_benchmark: tuple[BenchmarkOf, ...] | CannotSay
    blind_spots: BlindSpots | CannotSay
    people: People | CannotSay
    not_consulted: NotConsulted | CannotSay
    pilot_production: PilotProduction | CannotSay
    team: Team | CannotSay
    resistance: Resistance | CannotSay
    signals: Signals | CannotSay
    value: Value | CannotSay
    override_ledger: Ledger | CannotSay
    same_people: SamePeople | CannotSay


QUESTIONS: tuple[str, ...] = tuple(f.name for f in fields(Measures))
"""The names of all measures, as `only` takes them."""


def take_measures(
    decisions: ir.Table,
    use_case: UseCase,
    populations: dict[str, Population],
    covariates: list[str],
    outcomes: tuple[str, ...],
    settings: Settings,
    evidence: Evidence = NO_EVIDENCE,
    only: Sequence[str] | None = None,
    step: Callable[[str], None] = lambda _: None,
    not_searched: Collection[str] = (),
) -> Measures:
    """All measures of one use case's narrow table; with `only`, those and adoption. `step` is
    told the name of each before it is taken. In columns `not_searched` no kinds of case are looked for."""
    segments = [s for s in use_case.segment if s in decisions.columns]
    kinds = [*segments, *(d for d in CASE_DIMENSIONS if d in decisions.columns)]
    dimensions = ["population", "team", "week", *kinds]
    searched = _searched(decisions, segments, covariates)
    searched = tuple(c for c in searched if c not in not_searched)
    taken: dict[str, Any] = {}
    left_out = not_instrumented("this measure was not asked for", "leave `only` out")
    wanted = (
        None
        if only is None
        else {"adoption", *only, *(n for o in only for n in _LEANS_ON.get(o, ()))}
    )

    def take(name: str, measure: Callable[[], Any]) -> Any:
        """The measure, if it is asked for or another one leans on it."""
        if wanted is not None and name not in wanted:
            taken[name] = left_out
        else:
            step(name.replace("_", " "))
            taken[name] = measure()
        return taken[name]

    take(
        "adoption",
        lambda: measure_adoption(decisions, dimensions, settings, ["population", *segments]),
    )
    benchmark = take(
        "expert_benchmark",
        lambda: measure_expert_benchmark(decisions, populations, evidence, settings),
    )
    facts = with_benchmarks(populations, benchmark)
    take("ladder", lambda: measure_ladder(decisions, facts, settings, use_case.major_versions))
    issues = take(
        "model_issue", lambda: measure_model_issue(decisions, use_case, segments, settings)
    )
    take("paired", lambda: measure_paired(decisions, ("population", *segments), settings))
    take("reliance", lambda: measure_reliance(decisions, settings))
    take(
        "comparison",
        lambda: measure_comparison(decisions, use_case, covariates, outcomes, settings),
    )
    take(
        "disagreement",
        lambda: measure_disagreement(decisions, use_case, segments, outcomes, settings),
    )
    take(
        "rollout",
        lambda: measure_rollout(decisions, use_case, covariates, outcomes, settings),
    )
    take("staggered", lambda: measure_staggered(decisions, use_case, outcomes, settings))
    take("value_per_case", lambda: measure_value_per_case(decisions, use_case, settings))
    take("value", lambda: measure_value(decisions, use_case, settings))
    take("team", lambda: measure_team(decisions, segments, settings))
    take("blind_spots", lambda: measure_blind_spots(decisions, searched, settings))
    take("override_ledger", lambda: measure_override_ledger(decisions, segments, settings))
    take("people", lambda: measure_people(decisions, settings))
    after_error: dict[str, AfterError] | CannotSay = left_out
    if wanted is None or wanted & {"not_consulted", "resistance"}:
        step("after wrong advice")
        after_error = measure_after_error(decisions, settings)
    take(
        "not_consulted",
        lambda: measure_not_consulted(decisions, segments, after_error, settings),
    )
    take(
        "pilot_production",
        lambda: measure_pilot_production(decisions, segments, settings),
    )
    take(
        "same_people",
        lambda: measure_same_people(decisions, taken["adoption"], issues, taken["paired"]),
    )
    take("signals", lambda: measure_signals(decisions, facts, settings))
    take(
        "resistance",
        lambda: measure_resistance(decisions, facts, issues, after_error, evidence, settings),
    )
    return Measures(**taken)


_LEANS_ON: dict[str, tuple[str, ...]] = {
    "ladder": ("expert_benchmark",),
    "same_people": ("model_issue", "paired"),
    "signals": ("expert_benchmark",),
    "resistance": ("model_issue", "expert_benchmark"),
}


def _searched(
    decisions: ir.Table, segments: Sequence[str], covariates: Sequence[str]
) -> tuple[str, ...]:
    """What blind spots are searched by: declared segments and covariates of words, the model's
    score bands, stakes and the population."""
    schema = decisions.schema()
    texts = [c for c in covariates if c in schema and schema[c].is_string()]
    more = [c for c in ("score_band", "stakes", "population") if c in schema]
    return tuple(dict.fromkeys((*segments, *texts, *more)))


def disclosed(
    measures: Measures,
    audience: Audience,
    settings: Settings,
    before: Mapping[str, Any] | None = None,
) -> Measures:
    """The measures as `audience` may see them; `before`: the figures of use of the last document to share."""
    if audience == "public":
        return measures
    rules = settings.disclosure
    looked_for = measures.signals
    signalled = () if isinstance(looked_for, CannotSay) else [s.population for s in looked_for.seen]
    adoption = disclose_adoption(measures.adoption, audience, rules, signalled, before)
    if adoption.overall.hidden:
        gone = suppressed()
        others = {f.name: gone for f in fields(Measures) if f.name != "adoption"}
        return Measures(adoption, **others)
    # What follows counts ids, of which retention gives a person one a quarter.
    inner = measures.adoption.inner
    rules = rules.where_people_have(1 if inner is None else inner.ids_of_one)
    settings = settings.model_copy(update={"disclosure": rules})
    shown = replace(
        measures,
        adoption=adoption,
        ladder=disclose_ladder(measures.ladder, adoption, audience, rules),
        model_issue=disclose_model_issue(measures.model_issue, adoption, audience, rules),
        paired=disclose_paired(measures.paired, adoption, audience, rules),
        comparison=disclose_comparison(measures.comparison, adoption, audience, rules),
        disagreement=disclose_disagreement(measures.disagreement, adoption, audience, rules),
        expert_benchmark=disclose_benchmark(measures.expert_benchmark, adoption),
        blind_spots=disclose_blind_spots(measures.blind_spots, adoption, audience, settings),
        people=disclose_people(measures.people, adoption, audience),
        not_consulted=disclose_not_consulted(measures.not_consulted, adoption, audience, settings),
        pilot_production=disclose_pilot(measures.pilot_production, adoption, audience, settings),
        resistance=disclose_resistance(measures.resistance, adoption, audience, settings),
        signals=disclose_signals(measures.signals, adoption, audience, settings),
        value=disclose_value(measures.value, adoption),
        override_ledger=disclose_ledger(measures.override_ledger, adoption, audience, settings),
        same_people=suppressed() if audience == "share" else measures.same_people,
    )
    if untold(adoption.overall):
        answers: dict[str, Any] = {name: getattr(shown, name) for name in _OF_CHOICES}
        told = [name for name, answer in answers.items() if not _is_not_recorded(answer)]
        shown = replace(shown, **(answers | dict.fromkeys(told, suppressed())))
    if not coarse(adoption, audience, rules):
        return shown
    rounded = {f.name: rounded_throughout(getattr(shown, f.name)) for f in fields(Measures)}
    # A ledger is nothing but counts.
    return replace(shown, **(rounded | {"override_ledger": suppressed()}))


def _is_not_recorded(answer: object) -> bool:
    return isinstance(answer, CannotSay) and answer.status == "not_instrumented"


_OF_CHOICES = (
    "ladder", "paired", "reliance", "comparison", "disagreement", "blind_spots", "people", "not_consulted",
    "pilot_production", "team", "resistance", "value", "override_ledger",
)  # fmt: skip
"""Measures of what all people together looked at and chose."""


def group_of(measures: Measures, population: str) -> GroupAdoption:
    """How a population uses the advice; how all do where there is one population."""
    groups = measures.adoption.groups.get("population", ())
    return next((g for g in groups if g.key == population), measures.adoption.overall)
