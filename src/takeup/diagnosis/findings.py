"""What the measures amount to: findings about the model first, then by what is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from takeup.diagnosis.verdict import MODEL_FIRST
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import passed, split
from takeup.questions.finding import Finding
from takeup.questions.measures import Measures
from takeup.questions.register import questions
from takeup.questions.shared.whose import ALL
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate


def find(
    measures: Measures, settings: Settings, titles: Mapping[str, str]
) -> tuple[list[Finding], frozenset[str]]:
    """Findings in order: the model before people, then by what is at stake. "Not enough
    evidence" is one of them. And the claims that passed, for cards that say the same."""
    asked = Asked(measures, settings, titles)
    rules: list[Rules] = [q.of_part("findings", "RULES", ()) for q in questions()]
    found, claims = split(one for own in rules for rule in own for one in rule(asked))
    may_say = passed(claims)
    for claim in claims:
        said = claim.finding if claim.key in may_say else claim.otherwise
        found += [] if said is None else [said]
    if any(f.rule == "outcome_effect" for f in found):
        found = [f for f in found if f.rule != "no_outcome_effect"]
    found = _without_asking_people_first(_once(found))
    for question in questions():
        gather = question.of_part("findings", "gather")
        found = found if gather is None else gather(found, asked)
    per_case = measures.value_per_case
    if isinstance(per_case, Estimate) and per_case.value > 0:
        found = [
            replace(f, at_stake=f.at_stake * per_case.value, stake_unit=per_case.unit)
            for f in found
        ]
    return sorted(found, key=lambda f: (_ORDER.index(f.kind), -f.at_stake)), may_say


def _once(found: list[Finding]) -> list[Finding]:
    """A signal that says of a population what a finding says of it already is not told a second time."""
    told = {f.scope for f in found if f.rule == "over_reliance"}
    return [
        f for f in found if not (f.id.startswith("signal:RR8") and (f.scope in told or ALL in told))
    ]


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
_ORDER = ("model", "people", "effect", "unknown")
