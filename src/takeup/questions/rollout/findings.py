"""What having the advice changes, where it was drawn."""

from __future__ import annotations

from dataclasses import replace

from takeup.drawing.words import (
    points,
    points_range,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.knowledge import actions
from takeup.questions.rollout.measure import Effect, Rollout
from takeup.questions.rollout.words import changes_of, told_worse
from takeup.questions.shared.outcome_effects import number_of, weight_of
from takeup.stats.answer import Estimate


def _ends(e: Estimate) -> str:
    return (
        f"{points_range(e)} points"
        if e.unit == "points"
        else f"{e.low:+.2f} to {e.high:+.2f}".replace("-", "−") + f" {e.unit}"
    )


_ENDS = ("outcome:", "misclassification:", "correctness")
"""Quantities of a draw that say how cases end."""


_HARMS = (
    "Give the advice to nobody else, and stop showing it in the kinds of case in which it does harm, until it is "
    "mended: it was drawn at random, so the harm is the advice's doing."
)


_HIDES = ("A-MD1", "A-MD3")
"""What mends an advice that makes decisions worse; nothing that is asked of people does."""


def _harm(e: Effect, said: Finding) -> Finding:
    """An effect for the worse: not decided for. Where it is of right decisions it is the model's, and stands
    with what else is said of it; other outcomes may be weighed against each other."""
    harm = replace(said, first_action=_HARMS, actions=tuple(actions()[key] for key in _HIDES))
    return harm if e.name.startswith("outcome:") else replace(harm, kind="model")


def _rollout(asked: Asked) -> list[Finding | Claim]:
    rollout = asked.measures.rollout
    if not isinstance(rollout, Rollout):
        return []
    n = rollout.with_advice + rollout.without_advice
    known = [(e, e.unadjusted) for e in rollout.effects if isinstance(e.unadjusted, Estimate)]
    found: list[Finding | Claim] = []

    def claim(e: Effect, u: Estimate, said: Finding | None) -> None:
        found.append(Claim("drawn at random", e.name, chance_of(u), said))

    for e, u in known:
        if e.name == "agreement":
            way = "more" if u.value > 0 else "fewer"
            claim(
                e,
                u,
                finding(
                    "advice_taken",
                    "",
                    f"With the advice shown, {abs(100 * u.value):.2g} {way} of 100 choices agree with it than without",
                    f"Choices agree with it in {100 * e.mean_with:.1f}\u00a0% of cases in which it was shown and "
                    f"{100 * e.mean_without:.1f}\u00a0% in which it was not: {points(u.value)} ({points_range(u)}), drawn "
                    "at random.",
                    "randomised",
                    n * distance80(u),
                    effect=u,
                ),
            )
        elif e.name.startswith("choice:"):
            claim(e, u, None)
    outcomes = [(e, u) for e, u in known if e.name.startswith(_ENDS)]
    for e, u in outcomes:
        said = finding(
            "outcome_effect",
            e.name,
            f"Having the advice {changes_of(e)}{told_worse(e)}",
            f"{number_of(u)} with the advice, drawn at random.",
            "randomised",
            n * weight_of(u, e.mean_without),
            effect=u,
        )
        claim(e, u, _harm(e, said) if e.for_the_worse else said)
    if outcomes:
        of, widest = max(
            outcomes, key=lambda pair: (pair[1].unit == "points", pair[1].high - pair[1].low)
        )
        found.append(
            finding(
                "no_outcome_effect",
                "",
                "No effect on outcomes is established",
                f"{_none_of(len(outcomes))}; the widest interval, of {of.label} with the advice minus without, runs {_ends(widest)}. That is not evidence of "
                f"no effect.{_of_all(asked)}",
                "randomised",
                n * 0.001,
                widest=widest,
            )
        )
    return found


def _of_all(asked: Asked) -> str:
    """That an effect over several populations may be none because theirs are opposite."""
    several = len(asked.measures.adoption.groups.get("population", ())) > 1
    return " It is of all populations together: theirs may differ." if several else ""


def _none_of(measures: int) -> str:
    if measures == 1:
        return "The one outcome measured does not differ beyond chance"
    return f"None of {measures} outcome measures differs by more than looking at several explains"


RULES: Rules = (_rollout,)
