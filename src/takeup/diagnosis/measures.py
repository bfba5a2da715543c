"""Every question asked of one use case, and what of the answers an audience may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from takeup.disclosure.group_size import Audience
from takeup.disclosure.release.cells import WHOLE
from takeup.disclosure.release.inner_counts import ALL, Group
from takeup.disclosure.release.known import known_of_few
from takeup.disclosure.rounding import rounded_throughout
from takeup.questions.adoption import QUESTION as ADOPTION
from takeup.questions.adoption import Adoption
from takeup.questions.inquiry import NO_EVIDENCE, Inquiry
from takeup.questions.measures import Measures
from takeup.questions.question import Question
from takeup.questions.register import in_order_of_need, questions, with_what_they_lean_on
from takeup.questions.shared.hidden_in_use import coarse, untold, without_groups
from takeup.questions.shared.rounded_parts import coarse_parts, rounded_parts
from takeup.questions.shown import Before, Shown
from takeup.questions.signals import QUESTION as SIGNALS
from takeup.record.evidence import Evidence
from takeup.record.interventions import Run
from takeup.record.population import Population
from takeup.record.settings import DisclosureSettings, Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, not_instrumented, not_recorded, suppressed

CASE_DIMENSIONS = ("stakes", "model_version", "phase", "score_band")


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
    runs: Mapping[str, Run] | None = None,
) -> Measures:
    """All questions of one use case's narrow table; with `only`, those and adoption. `step` is
    told the name of each before it is asked. In columns `not_searched` no kinds of case are looked for.
    `runs`: actions on its populations, by name."""
    segments = [s for s in use_case.segment if s in decisions.columns]
    searched = _searched(decisions, segments, covariates)
    inquiry = Inquiry(
        decisions,
        use_case,
        populations,
        covariates,
        outcomes,
        settings,
        evidence,
        segments,
        [*segments, *(d for d in CASE_DIMENSIONS if d in decisions.columns)],
        tuple(c for c in searched if c not in not_searched),
        step,
        runs or {},
    )
    left_out = not_instrumented("this measure was not asked for", "leave `only` out")
    wanted = None if only is None else with_what_they_lean_on((ADOPTION.name, *only))
    for question in in_order_of_need():
        if wanted is not None and question.name not in wanted:
            answer: Any = left_out
        else:
            step(question.name.replace("_", " "))
            answer = question.of_part("measure", "ask")(inquiry)
        inquiry.measures = inquiry.measures.but(**{question.name: answer})
    return inquiry.measures


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
    before: Before | None = None,
) -> Measures:
    """The measures as `audience` may see them; `before`: what was shared last."""
    if audience == "public":
        return measures
    looked_for = measures[SIGNALS]
    signalled = () if isinstance(looked_for, CannotSay) else [s.population for s in looked_for.seen]
    used = measures[ADOPTION]
    of_use = Shown(audience, settings, signalled=signalled, before=before or Before())
    adoption = ADOPTION.of_part("disclose", "disclose")(used, of_use)
    others = [q for q in questions() if q.name != ADOPTION.name]
    if adoption.overall.hidden:
        return Measures({q.name: suppressed() for q in others}).but(adoption=adoption)
    # What follows counts ids, of which retention gives a person one a quarter.
    rules = settings.disclosure.where_people_have(
        1 if used.inner is None else used.inner.ids_of_one
    )
    shown = Shown(audience, settings.model_copy(update={"disclosure": rules}), adoption)
    looked, decided = _thin(used, audience, settings)
    told = {
        q.name: _of_enough(
            q, measures.found[q.name], shown, looked if q.counts_choices else decided
        )
        for q in others
    }
    found = Measures(told).but(adoption=adoption)
    if untold(adoption.overall):
        found = found.but(
            **{
                q.name: suppressed()
                for q in others
                if q.counts_choices and not not_recorded(found.found[q.name])
            }
        )
    if not coarse(adoption, audience, settings.disclosure):
        return found if audience != "share" else _parts_rounded(found, settings.disclosure)
    rounded = {name: rounded_throughout(answer) for name, answer in found.items()}
    # A ledger is nothing but counts.
    return Measures(rounded).but(override_ledger=suppressed())


def _parts_rounded(found: Measures, rules: DisclosureSettings) -> Measures:
    adoption = found[ADOPTION]
    parts, fewest = coarse_parts(adoption, "share", rules), rules.round_below_people
    others = {name: one for name, one in found.items() if name != ADOPTION.name}
    return found.but(**{n: rounded_parts(one, parts, fewest) for n, one in others.items()})


_Thin = Mapping[str, frozenset[Group]]


def _thin(used: Adoption, audience: Audience, settings: Settings) -> tuple[_Thin, _Thin]:
    """By fact the groups in which too few people's decisions have it: of those that were seen or overridden, too;
    and of all."""
    inner = used.inner
    if audience != "share" or inner is None:
        return {}, {}
    looked, decided = (
        {fact: known_of_few(inner, settings.disclosure, fact, kinds) for fact in inner.known}
        for kinds in ((WHOLE, "seen", "overridden"), (WHOLE,))
    )
    return looked, decided


def _of_enough(question: Question[Any], found: Any, shown: Shown, thin: _Thin) -> Any:
    """What may be told of an answer that rests on facts which too few people's decisions may have."""
    of_few = [fact for fact in question.rests_on if fact in thin]
    if any(ALL in thin[fact] for fact in of_few) and not not_recorded(found):
        return suppressed()
    groups = frozenset(group for fact in of_few for group in thin[fact])
    adoption = without_groups(shown.adoption, groups) if groups else shown.adoption
    return _told(
        question.of_part("disclose", "disclose"),
        found,
        replace(shown, adoption=adoption, thin=thin),
    )


def _told(disclose: Callable[[Any, Shown], Any] | None, found: Any, shown: Shown) -> Any:
    """A question that does not say what of it may travel tells nothing to those it would travel to."""
    if disclose is not None:
        return disclose(found, shown)
    return suppressed() if shown.audience == "share" else found
