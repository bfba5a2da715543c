"""Keeping and reading what snapshots say of reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from takeup.drawing.words import whole_percent
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.resistance import Resistance
from takeup.questions.resistance.card import terms_section, verdict_of
from takeup.questions.resistance.findings import hardly_missing
from takeup.questions.resistance.measure import PopulationReasons
from takeup.questions.resistance.reason_score import Scored
from takeup.questions.shared.group_of import group_of
from takeup.record.questionnaire import TYPE_NAMES
from takeup.report.html import render_card
from takeup.server.deployment.day import Day
from takeup.server.foundation.pages.for_people import page_words, words
from takeup.server.showing.reasons.models import ReasonsOf
from takeup.stats.answer import CannotSay

HIDDEN, NOTHING_MISSING = "", "nothing_missing"


@transaction.atomic
def take_reasons(day: Day) -> None:
    """Keep what may be shown of every population, in place of what was said before."""
    made = [one for diagnosis in day.shared for one in _told(diagnosis, day)]
    ReasonsOf.objects.filter(use_case=day.use_case).delete()
    ReasonsOf.objects.bulk_create(made)


def _told(diagnosis: Diagnosis, day: Day) -> Iterator[ReasonsOf]:
    found = diagnosis.measures.resistance
    if not isinstance(found, Resistance):
        return
    for place, one in enumerate(found.populations):
        yield _population(one, diagnosis, day.use_case, day.today, place)


def _population(
    p: PopulationReasons, diagnosis: Diagnosis, use_case: str, today: date, place: int
) -> ReasonsOf:
    made = ReasonsOf(use_case=use_case, population=p.population, day=today, place=place)
    scored = p.scored
    if isinstance(scored, CannotSay):
        made.heading = diagnosis.name(p.population)
        return made
    used = group_of(diagnosis.measures, p.population).effective_reliance
    made.verdict = NOTHING_MISSING if hardly_missing(used) else scored.verdict
    made.heading = words(verdict_of(p, scored, diagnosis))[:300]
    made.told = _beside(p, scored)
    terms = replace(terms_section(p, scored, diagnosis), heading=_("Every term of the evidence"))
    made.card = page_words(render_card(terms))
    return made


def _beside(p: PopulationReasons, scored: Scored) -> dict[str, object]:
    """What stands beside the verdict: what comes first, what contradicts, what to collect next."""
    return {
        "people": p.people, "eligible": p.eligible, "named": list(scored.named),
        "issues": [
            {"kind": kind.replace("_", " "), "segment": (segment or "").replace("_", " ")}
            for kind, segment in p.model_issues
        ],
        "access": None if p.access_share is None else whole_percent(p.access_share),
        "contradictions": [TYPE_NAMES[t] for t in scored.contradictions],
        "next": [words(text) for text in scored.next_evidence],
        "mix": [
            {"reason": TYPE_NAMES.get(t, "none of them"), "low": round(100 * m.low), "high": round(100 * m.high)}
            for t, m in sorted(scored.mix.items(), key=lambda pair: -pair[1].mean)
        ],
        "survey": None if p.survey is None else {
            "respondents": p.survey.respondents, "usable": p.survey.usable,
            "response": None if p.survey.response is None else round(100 * min(p.survey.response, 1.0)),
        },
        "interviews": None if p.interviews is None else {
            "talks": p.interviews.interviews, "usable": p.interviews.usable, "themes": [theme.replace("_", " ") for theme in p.interviews.themes],
        },
        "not_measured": [s.rule.words for terms in scored.terms.values() for s in terms.signatures if s.value is None],
    }  # fmt: skip


def reasons_in(use_case: str, populations: Collection[str] | None = None) -> list[ReasonsOf]:
    """Every population's (or of these), those with most cases first."""
    found = ReasonsOf.objects.filter(use_case=use_case)
    if populations is not None:
        found = found.filter(population__in=populations)
    return list(found.defer("card").order_by("place"))


def reasons_of(use_case: str, population: str) -> ReasonsOf | None:
    """One population's; None where no snapshot says anything of it."""
    return ReasonsOf.objects.filter(use_case=use_case, population=population).first()


def said_of(populations: set[str]) -> list[ReasonsOf]:
    """What is said of these populations, in any use case."""
    return list(
        ReasonsOf.objects.filter(population__in=populations).exclude(verdict="").defer("card")
    )


def forget_reasons(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    ReasonsOf.objects.filter(use_case=use_case).delete()
