"""What the measures amount to: findings about the model first, then by what is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from takeup.diagnosis import (
    case_findings,
    effect_findings,
    model_findings,
    reason_findings,
    signal_findings,
    use_findings,
)
from takeup.diagnosis.asked import Asked
from takeup.diagnosis.claim import passed, split
from takeup.diagnosis.finding import Finding
from takeup.diagnosis.measures import Measures
from takeup.diagnosis.verdict import MODEL_FIRST
from takeup.measure.whose import ALL
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate


def find(
    measures: Measures, settings: Settings, titles: Mapping[str, str]
) -> tuple[list[Finding], frozenset[str]]:
    """Findings in order: the model before people, then by what is at stake. "Not enough
    evidence" is one of them. And the claims that passed, for cards that say the same."""
    asked = Asked(measures, settings, titles)
    found, claims = split(one for rule in _RULES for one in rule(asked))
    may_say = passed(claims)
    for claim in claims:
        said = claim.finding if claim.key in may_say else claim.otherwise
        found += [] if said is None else [said]
    if any(f.rule == "outcome_effect" for f in found):
        found = [f for f in found if f.rule != "no_outcome_effect"]
    found = _without_asking_people_first(_once(found))
    found = effect_findings.told_once(use_findings.fell_together(found, asked), asked)
    per_case = measures.value_per_case
    if isinstance(per_case, Estimate) and per_case.value > 0:
        found = [
            replace(f, at_stake=f.at_stake * per_case.value, stake_unit=per_case.unit)
            for f in found
        ]
    return sorted(found, key=lambda f: (_ORDER.index(f.kind), -f.at_stake)), may_say


def _once(found: list[Finding]) -> list[Finding]:
    """A signal that says of a population what a finding says of it already is not told a second time."""
    told = {(f.title, f.scope) for f in found if f.rule != "signal"}
    return [f for f in found if f.rule != "signal" or (f.title, f.scope) not in told]


def _without_asking_people_first(found: list[Finding]) -> list[Finding]:
    """Where the advice is wrong too often, nothing is asked of people before that is mended:
    findings about their use of it fall away there, and reasons wait."""
    wrong = {f.scope for f in found if f.rule in MODEL_FIRST}
    kept = []
    for f in found:
        if wrong and f.scope == ALL and f.rule in _ASKS_PEOPLE:
            f = replace(
                f,
                first_action=f"Only where the advice is not wrong too often: {_lower(f.first_action)}",
            )
        if f.scope in wrong and f.kind == "people":
            if f.rule in _ASKS_PEOPLE:
                continue
            f = replace(f, first_action=f"Once the model is mended: {_lower(f.first_action)}")
        kept.append(f)
    return kept


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


_ASKS_PEOPLE = (
    "often_overridden",
    "seldom_seen",
    "use_fell",
    "overriding_hurts",
    "high_rate_low_quality",
)
_RULES = (
    *model_findings.RULES,
    *use_findings.RULES,
    *case_findings.RULES,
    *effect_findings.RULES,
    *reason_findings.RULES,
    *signal_findings.RULES,
)
_ORDER = ("model", "people", "effect", "unknown")
