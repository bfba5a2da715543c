"""Whether cases went better where people followed or overrode."""

from __future__ import annotations

from takeup.drawing.words import (
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.comparison.measure import CORRECTNESS, LOSS, Comparison, OutcomeComparison
from takeup.questions.finding import Finding, finding
from takeup.questions.paired import Paired
from takeup.questions.shared.outcome_effects import number_of, weight_of
from takeup.questions.value import Value
from takeup.stats.answer import CannotSay, Estimate


def _comparison(asked: Asked) -> list[Finding | Claim]:
    comparison = asked.measures.comparison
    if not isinstance(comparison, Comparison):
        return []
    found: list[Finding | Claim] = []
    for one in comparison.outcomes:
        if isinstance(one.adjusted, Estimate):
            said = _association(one, one.told) if one.told else []
            if _on_the_same_cases(one.outcome, asked):
                said = []
            # All ways to adjust must say it: the chance is that of the least sure.
            least = chance_of(one.told) if one.told else max(chance_of(one.adjusted), 0.5)
            found += [Claim("followed against overridden", one.outcome, least, f) for f in said]
            if not said:
                found.append(Claim("followed against overridden", one.outcome, least))
    return [*found, *_refused(comparison, asked)]


def _on_the_same_cases(outcome: str, asked: Asked) -> bool:
    """Whether the same cases answer it, of which each was decided and advised: that answer is the one to go by."""
    measures = asked.measures
    if outcome == LOSS:
        return isinstance(measures.value, Value) and bool(measures.value.populations[0].ways())
    return outcome == CORRECTNESS and isinstance(measures.paired, Paired)


def _refused(comparison: Comparison, asked: Asked) -> list[Finding]:
    """One finding for all outcomes on which a comparison would mislead."""
    refused = [
        (one, one.raw)
        for one in comparison.outcomes
        if isinstance(one.raw, CannotSay) and one.raw.status == "refused"
    ]
    if not refused:
        return []
    labels = " or ".join(one.label for one, _ in refused[:2])
    more = "" if len(refused) < 3 else f" or {len(refused) - 2} more"
    why = refused[0][1].reason
    return [
        finding(
            "comparison_refused",
            refused[0][0].outcome,
            f"Whether following does better than overriding ({labels}{more})",
            f"{why[0].upper()}{why[1:]}.",
            "refused",
            (asked.measures.adoption.overall.consulted or 0) * 0.1,
            bounds=refused[0][0].bounds,
        )
    ]


def _association(one: OutcomeComparison, adjusted: Estimate) -> list[Finding]:
    before = one.mean_overridden.value if isinstance(one.mean_overridden, Estimate) else 1.0
    at_stake = (one.followed + one.overridden) * weight_of(adjusted, before)
    found = []
    if one.reversed and isinstance(one.raw, Estimate):
        found.append(
            finding(
                "reversal",
                one.outcome,
                "The raw comparison points the wrong way",
                f"Followed minus overridden on {one.label}: {number_of(one.raw)} as recorded, "
                f"{number_of(adjusted)} like with like. People override other cases than they follow.",
                "adjusted",
                at_stake,
                raw=one.raw,
                adjusted=adjusted,
            )
        )
    better = one.better
    good = (adjusted.value > 0) == (better != "lower")
    who = (
        "Followed and overridden cases differ"
        if better is None
        else "Followed cases went better"
        if good
        else "Overridden cases went better"
    )
    robust = (
        f" Something not recorded would erase it if it explained {whole_percent(one.robustness)} of what is still "
        "open, both in who follows and in how cases go."
        if one.robustness is not None and one.robustness == one.robustness
        else ""
    )
    found.append(
        finding(
            "association",
            one.outcome,
            f"{who} on {one.label}, like with like: an association",
            f"{number_of(adjusted)} for followed minus overridden, adjusted for what is recorded "
            f"before the decision{_how(one, adjusted)}.{robust}",
            "adjusted",
            at_stake,
            adjusted=adjusted,
            raw=one.raw,
        )
    )
    return found


def _how(one: OutcomeComparison, told: Estimate) -> str:
    """Which of the ways to adjust the difference that is told comes from."""
    if told is one.with_readiness:
        return " and for each person's own tendency"
    return ", among decisions that say all of it" if told is one.without_blanks else ""


RULES: Rules = (_comparison,)
