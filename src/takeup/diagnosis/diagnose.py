"""One use case's diagnosis: measures, findings, open questions, a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from takeup.diagnosis.finding import Finding
from takeup.diagnosis.findings import find
from takeup.diagnosis.measures import Measures, disclosed
from takeup.diagnosis.open_questions import OpenQuestion, open_questions
from takeup.diagnosis.words import chance, name_of, percent, share_in_words
from takeup.disclosure import Audience
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay


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
) -> Diagnosis:
    """The diagnosis of `measures` for `audience`. `right`: what right means where nobody declared it; a
    verdict that rests on it says so."""
    shown = disclosed(measures, audience, settings)
    titles = {key: p.title for key, p in populations.items() if p.title}
    ordered, claims = find(shown, settings, titles)
    findings = tuple(ordered)
    return Diagnosis(
        name,
        use_case.title or name_of(name).replace("-", " ").capitalize(),
        audience,
        _verdict(shown, findings, right),
        _summary(shown),
        shown,
        findings,
        tuple(open_questions(shown)),
        titles,
        settings.looks.again,
        claims,
    )


def _verdict(measures: Measures, findings: tuple[Finding, ...], right: str) -> str:
    a = measures.adoption.overall
    if a.hidden:
        return "Too few people to show anything without showing a person."
    if any(f.id == "high_rate_low_quality" for f in findings):
        first = "High rate, low quality: much passes through the tool, little is decided with it."
    elif not isinstance(a.effective_reliance, CannotSay) and not isinstance(
        a.consult_rate, CannotSay
    ):
        if a.consult_rate.value < 0.995:
            # People may agree without being moved by it: no word of cause.
            used = share_in_words(a.effective_reliance)
            verb = "is" if used.startswith(("one", "no")) else "are"
            first = f"{used[0].upper()}{used[1:]} {verb} decided with the advice."
        elif isinstance(a.override_rate, CannotSay):
            first = "The advice is always in view."
        else:
            first = (
                f"The advice is always in view and overridden in {share_in_words(a.override_rate)}."
            )
    elif not isinstance(a.agreement, CannotSay):
        first = (
            f"{percent(a.agreement, interval=False)} of choices agree with the advice; who looked is "
            "unknown."
        )
    else:
        first = "This table holds too little to say how the advice is used."
    second = next(
        (
            f
            for f in findings
            if f.kind == "model"
            or f.grade in ("paired", "randomised")
            or f.rule == "disagreement_concentrated"
        ),
        None,
    )
    if second is None:
        return first
    judged = second.kind == "model" or second.grade == "paired"
    by = f" {right}." if right and judged and second.rule != "value_lost" else ""
    return f"{first} {second.sentence}{by}"


def _summary(measures: Measures) -> str:
    a = measures.adoption.overall
    if a.hidden:
        return "Hidden is not zero: the analyst who holds the rows can see more."
    who = f"{a.people:,} people had " if a.people else "There were "
    text = f"{who}{a.eligible:,} eligible cases"
    if not isinstance(a.consult_rate, CannotSay):
        rounded_away = a.consult_rate.k is None
        seen = percent(a.consult_rate, interval=False) if rounded_away else f"{a.consulted:,}"
        text += f"; {seen} were decided with the advice in view"
        if not isinstance(a.override_rate, CannotSay):
            text += f", and {chance(a.override_rate.value)} of those against it"
    elif not isinstance(a.agreement, CannotSay):
        text += f"; {percent(a.agreement)} of the choices agree with the advice"
    return text + "."
