"""One use case's diagnosis: measures, findings, open questions, a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from takeup.diagnosis.findings import find
from takeup.diagnosis.measures import disclosed
from takeup.diagnosis.open_questions import open_questions
from takeup.diagnosis.verdict import summary, verdict
from takeup.disclosure.group_size import Audience
from takeup.drawing.words import name_of
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.measures import Measures
from takeup.questions.shown import Before
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase


def diagnose_use_case(
    name: str,
    use_case: UseCase,
    measures: Measures,
    audience: Audience,
    settings: Settings,
    populations: Mapping[str, Population],
    right: str = "",
    before: Before | None = None,
) -> Diagnosis:
    """The diagnosis of `measures` for `audience`. `right`: what right means where nobody declared it; a
    verdict that rests on it says so. `before`: what was shared last."""
    shown = disclosed(measures, audience, settings, before)
    titles = {key: p.title for key, p in populations.items() if p.title}
    ordered, claims = find(shown, settings, titles)
    findings = tuple(ordered)
    return Diagnosis(
        name,
        use_case.title or name_of(name).replace("-", " ").capitalize(),
        audience,
        verdict(shown, findings, right),
        summary(shown, titles),
        shown,
        findings,
        tuple(open_questions(shown, titles)),
        titles,
        settings.looks.again,
        claims,
    )
