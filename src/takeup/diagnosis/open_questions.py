"""What this table cannot tell, why, and what would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from takeup.diagnosis.measures import Measures
from takeup.diagnosis.words import Titles, name_of
from takeup.measure.comparison import Comparison
from takeup.measure.ladder import LEVELS, Ladder, LevelRange
from takeup.measure.reliance import Reliance
from takeup.measure.whose import ALL
from takeup.stats.answer import CannotSay


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question this table cannot answer, why, and what would answer it."""

    question: str
    why: str
    needs: str
    status: str


def open_questions(measures: Measures, titles: Titles) -> list[OpenQuestion]:
    """Every question that was asked and not answered; `titles` of populations."""
    return [
        OpenQuestion(question, answer.reason, answer.needs, answer.status)
        for question, answer in _asked(measures, titles)
        if isinstance(answer, CannotSay)
    ]


def _asked(measures: Measures, titles: Titles) -> Iterable[tuple[str, Any]]:
    a = measures.adoption.overall
    yield "How often is the advice looked at?", a.consult_rate
    yield "How many cases go through the AI path?", a.nominal_rate
    yield "Is the model, not the people, the finding?", measures.model_issue
    yield "Who is right more often, people or the model?", measures.paired
    yield "Do people follow right advice and catch wrong advice?", measures.reliance
    if isinstance(measures.reliance, Reliance):
        yield "Who changed their mind, rightly or wrongly?", measures.reliance.rair
    yield from _comparisons(measures.comparison)
    yield "What does having the advice change?", measures.rollout
    yield (
        "What did having the advice change, where cohorts began on different dates?",
        measures.staggered,
    )
    yield from _levels(measures.ladder, titles)
    yield "Where do overrides beat the model?", measures.blind_spots
    yield "Whose overrides are reliably better than the advice?", measures.people
    yield "What goes with not looking?", measures.not_consulted
    yield "What differs between pilot and production?", measures.pilot_production
    if isinstance(measures.team, CannotSay):
        yield "Are people with the advice better than the better of the two?", measures.team
    else:
        yield (
            "Are people with the advice better than the better of the two?",
            measures.team.complementarity,
        )
        yield "Does using take more steps than ignoring?", measures.team.effort
    yield "What changed over the weeks?", measures.signals
    yield "What is lost, and where?", measures.value


def _comparisons(comparison: Comparison | CannotSay) -> Iterable[tuple[str, Any]]:
    question = "Did cases go better when people followed or when they overrode?"
    if isinstance(comparison, CannotSay):
        yield question, comparison
        return
    for one in comparison.outcomes:
        yield f"{question.removesuffix('?')} ({one.label})?", one.adjusted


def _levels(ladder: Ladder | CannotSay, titles: Titles) -> Iterable[tuple[str, Any]]:
    if isinstance(ladder, CannotSay):
        yield "Which level of adoption quality?", ladder
        return
    for p in ladder.populations:
        where = (
            "" if p.population == ALL else f" ({titles.get(p.population, name_of(p.population))})"
        )
        if isinstance(p.level, CannotSay):
            yield f"Which level of adoption quality{where}?", p.level
        elif p.level.why:
            needs = CannotSay(
                "not_instrumented",
                f"not in a table of decisions: {'; '.join(p.level.why)}",
                "a population file that states them (`takeup template` lists it)",
            )
            yield f"Which level of adoption quality: {_either(p.level)}{where}?", needs


def _either(level: LevelRange) -> str:
    """`aware or trial`; `unreached to trial` where more than two are possible."""
    names = LEVELS[level.certain : level.possible + 1]
    return f"{names[0]} {'or' if len(names) == 2 else 'to'} {names[-1]}"
