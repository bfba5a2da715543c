"""What the measures amount to, ranked, each with its evidence and first action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from takeup.diagnosis.measures import Measures
from takeup.diagnosis.words import chance, one_in, percent, points, points_range
from takeup.measure.rollout import Rollout
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `weight` orders them: eligible cases affected × lower bound of the share
    concerned; `kind` is model, people, effect or unknown."""

    id: str
    kind: str
    title: str
    text: str
    first_action: str
    otherwise: str
    grade: str
    weight: float
    evidence: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question this table cannot answer, why, and what would answer it."""

    question: str
    why: str
    needs: str
    status: str


def find(measures: Measures, settings: Settings) -> list[Finding]:
    """Findings in order of weight. "Not enough evidence" is one of them."""
    found = [
        *_high_rate_low_quality(measures, settings),
        *_seldom_seen(measures),
        *_often_overridden(measures),
        *_agreement_only(measures),
        *_paired(measures),
        *_rollout(measures),
        *_hidden(measures),
    ]
    return sorted(found, key=lambda f: -f.weight)


def _high_rate_low_quality(measures: Measures, settings: Settings) -> list[Finding]:
    a = measures.adoption.overall
    nominal, used = a.nominal_rate, a.effective_reliance
    if isinstance(nominal, CannotSay) or isinstance(used, CannotSay):
        return []
    if nominal.value < settings.high_nominal_rate or used.value >= 0.35:
        return []
    return [
        Finding(
            "high_rate_low_quality",
            "people",
            "High rate, low quality",
            f"{percent(nominal)} of eligible cases go through the tool, but the advice carries only "
            f"{percent(used)} of the decisions.",
            "Test the model on the segments people refuse, then read twenty overrides with the people "
            "who made them.",
            "A high rate can be a rule to click through; a refused model can be a wrong model.",
            "descriptive",
            a.eligible * max(nominal.low - used.high, 0),
            figures={"nominal_rate": nominal, "effective_reliance": used},
        )
    ]


def _seldom_seen(measures: Measures) -> list[Finding]:
    a = measures.adoption.overall
    seen = a.consult_rate
    if isinstance(seen, CannotSay) or seen.value >= 0.60:
        return []
    return [
        Finding(
            "seldom_seen",
            "people",
            f"The advice is looked at in {one_in(seen.value)}",
            f"{a.consulted:,} of {a.eligible:,} eligible cases were decided with the advice in view "
            f"({percent(seen)}). What nobody sees cannot help.",
            "Ask five to eight people who rarely look what stands in the way; count the steps with "
            "and without the advice.",
            "Late delivery, extra steps, or good reasons to distrust it: the table alone does not tell "
            "which.",
            "descriptive",
            a.eligible * (1 - seen.high),
            figures={"consult_rate": seen},
        )
    ]


def _often_overridden(measures: Measures) -> list[Finding]:
    a = measures.adoption.overall
    rate = a.override_rate
    if isinstance(rate, CannotSay) or rate.low < 0.20:
        return []
    return [
        Finding(
            "often_overridden",
            "people",
            f"Of advice looked at, {chance(rate.value)} is overridden",
            f"{a.counts.get('overridden', 0):,} of {a.consulted:,} decisions with the advice in view "
            f"went against it ({percent(rate)})."
            if a.counts
            else f"{percent(rate)} of the decisions with the advice in view went against it.",
            "Have 60 cases judged blind (takeup sample) to learn which overrides were right before "
            "asking anyone to override less.",
            "A low override rate is no goal: where the model is wrong, overriding is the job.",
            "descriptive",
            a.consulted * rate.low,
            figures={"override_rate": rate},
        )
    ]


def _agreement_only(measures: Measures) -> list[Finding]:
    a = measures.adoption.overall
    if not isinstance(a.consult_rate, CannotSay) or isinstance(a.agreement, CannotSay):
        return []
    return [
        Finding(
            "agreement_only",
            "unknown",
            f"Choices agree with the advice in {percent(a.agreement, interval=False)}",
            f"Whether anyone looked at the advice is not recorded, so this is agreement, not following. "
            f"{percent(a.agreement)} of {a.agreement.n:,} decisions agree.",
            "Record when the advice is opened; from then on following and overriding can be told apart.",
            "People may agree without looking, and look without agreeing.",
            "descriptive",
            a.eligible * (1 - a.agreement.high),
            figures={"agreement": a.agreement},
        )
    ]


def _paired(measures: Measures) -> list[Finding]:
    paired = measures.paired
    if isinstance(paired, CannotSay):
        return []
    found = []
    parts = [("all", "Over all judged cases", paired.overall)] + [
        (f"{dimension}:{g.key}", f"In {g.key.replace('_', ' ')}", g)
        for dimension, groups in paired.groups.items()
        for g in groups
    ]
    for key, where, group in parts:
        answer = group.person_minus_model
        if isinstance(answer, CannotSay) or not answer.excludes():
            continue
        people_ahead = answer.value > 0
        who = (
            "people are right more often than the model"
            if people_ahead
            else "the model alone is right more often than people with it"
        )
        found.append(
            Finding(
                f"paired:{key}",
                "model" if people_ahead else "people",
                f"{where}, {who}",
                f"On the same {group.judged:,} judged cases, people caught {group.person_only:,} errors of the "
                f"model and made {group.model_only:,} that it did not: {points(answer.value)} "
                f"({points_range(answer)}).",
                "Let people decide these cases and say so on the screen, until the model is mended."
                if people_ahead
                else "Publish where the model is right, by kind of case, and show each person their own "
                "comparison.",
                "The panel or the later truth may itself be wrong in these cases.",
                "paired",
                group.judged
                * min(abs(answer.low), abs(answer.high))
                * (1.0 if key == "all" else 0.9),
                figures={"person_minus_model": answer},
            )
        )
    return found


def _rollout(measures: Measures) -> list[Finding]:
    rollout = measures.rollout
    if not isinstance(rollout, Rollout):
        return []
    n = rollout.with_advice + rollout.without_advice
    clear = [
        e for e in rollout.effects if isinstance(e.unadjusted, Estimate) and e.unadjusted.excludes()
    ]
    agreement = next((e for e in clear if e.name == "agreement"), None)
    outcomes = [e for e in rollout.effects if e.name.startswith(("outcome:", "misclassification:"))]
    settled = [
        e for e in outcomes if isinstance(e.unadjusted, Estimate) and e.unadjusted.excludes()
    ]
    found = []
    if agreement is not None and isinstance(agreement.unadjusted, Estimate):
        u = agreement.unadjusted
        found.append(
            Finding(
                "rollout:agreement",
                "effect",
                "The advice is taken a little more when it is shown"
                if abs(u.value) < 0.10
                else "The advice is taken more when it is shown"
                if u.value > 0
                else "The advice is taken less when it is shown",
                f"Choices agree with it in {agreement.mean_with:.1%} of cases with it and "
                f"{agreement.mean_without:.1%} without: {points(u.value)} ({points_range(u)}), drawn at "
                "random.",
                "Look at which kinds of case move, and whether they should.",
                "Much of the agreement is there without the advice.",
                "randomised",
                n * min(abs(u.low), abs(u.high)),
                figures={"effect": u},
            )
        )
    if outcomes and not settled:
        worst = max(
            (e.unadjusted for e in outcomes if isinstance(e.unadjusted, Estimate)),
            key=lambda u: u.high - u.low,
        )
        found.append(
            Finding(
                "rollout:no_outcome_effect",
                "unknown",
                "No effect on outcomes is established",
                f"For none of {len(outcomes)} outcome measures does the interval leave zero out; the widest "
                f"runs {points_range(worst)}. That is not evidence of no effect.",
                "Keep the random draw going; decide beforehand which difference would matter.",
                "An effect smaller than these intervals can be there.",
                "randomised",
                n * 0.001,
                figures={"widest": worst},
            )
        )
    return found


def _hidden(measures: Measures) -> list[Finding]:
    if not measures.adoption.overall.hidden:
        return []
    return [
        Finding(
            "hidden",
            "unknown",
            "Not shown, on purpose",
            "Too few people, or persons unknown: any figure here could describe a person.",
            "Map person_id so that group sizes are known, or ask for the analyst's view.",
            "Hidden is not zero.",
            "descriptive",
            0.0,
        )
    ]


_QUESTIONS = {
    "consult_rate": "How often is the advice looked at?",
    "nominal_rate": "How many cases go through the AI path?",
    "paired": "Who is right more often, people or the model?",
    "reliance": "Do people follow right advice and catch wrong advice?",
    "rollout": "What does having the advice change?",
}


def open_questions(measures: Measures) -> list[OpenQuestion]:
    """What this table cannot tell, and what would."""
    answers: dict[str, Any] = {
        "consult_rate": measures.adoption.overall.consult_rate,
        "nominal_rate": measures.adoption.overall.nominal_rate,
        "paired": measures.paired,
        "reliance": measures.reliance,
        "rollout": measures.rollout,
    }
    return [
        OpenQuestion(_QUESTIONS[name], answer.reason, answer.needs, answer.status)
        for name, answer in answers.items()
        if isinstance(answer, CannotSay)
    ]
