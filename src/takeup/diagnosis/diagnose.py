"""One use case's diagnosis: measures, findings, open questions, a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from takeup.diagnosis.finding import Finding
from takeup.diagnosis.findings import find
from takeup.diagnosis.measures import Measures, disclosed
from takeup.diagnosis.open_questions import OpenQuestion, open_questions
from takeup.diagnosis.verdict import summary, verdict
from takeup.diagnosis.words import name_of
from takeup.disclosure import Audience
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one audience is told about one use case. `every_look`: whether its differences hold however often
    they are looked at; `claims`: what may be said of what differs (diagnosis/claim.py)."""

    use_case: str
    title: str
    audience: Audience
    verdict: str
    summary: str
    measures: Measures
    findings: tuple[Finding, ...]
    cannot_answer: tuple[OpenQuestion, ...]
    titles: dict[str, str]
    every_look: bool = False
    claims: frozenset[str] = frozenset()

    def says(self, family: str, name: str = "") -> bool:
        """Whether the claim that one of a family differs may be said, beside all others of the report."""
        return f"{family}:{name}" in self.claims

    def name(self, key: str) -> str:
        """A population's title, or a code as words."""
        return self.titles.get(key, name_of(key))


def diagnose_use_case(
    name: str,
    use_case: UseCase,
    measures: Measures,
    audience: Audience,
    settings: Settings,
    populations: Mapping[str, Population],
    right: str = "",
    before: Mapping[str, Any] | None = None,
) -> Diagnosis:
    """The diagnosis of `measures` for `audience`. `right`: what right means where nobody declared it; a
    verdict that rests on it says so. `before`: the figures of use of the last document to share."""
    shown = disclosed(measures, audience, settings, before)
    titles = {key: p.title for key, p in populations.items() if p.title}
    ordered, claims = find(shown, settings, titles)
    findings = tuple(ordered)
    return Diagnosis(
        name,
        use_case.title or name_of(name).replace("-", " ").capitalize(),
        audience,
        verdict(shown, findings, right),
        summary(shown),
        shown,
        findings,
        tuple(open_questions(shown, titles)),
        titles,
        settings.looks.again,
        claims,
    )
