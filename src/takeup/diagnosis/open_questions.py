"""What this table cannot tell, why, and what would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles
from takeup.questions.diagnosis import OpenQuestion
from takeup.questions.measures import Measures
from takeup.questions.register import questions
from takeup.stats.answer import CannotSay


def open_questions(measures: Measures, titles: Titles) -> list[OpenQuestion]:
    """Every question that was asked and not answered; `titles` of populations."""
    return [
        OpenQuestion(question, answer.reason, answer.needs, answer.status)
        for question, answer in _asked(measures, titles)
        if isinstance(answer, CannotSay)
    ]


def _asked(measures: Measures, titles: Titles) -> Iterable[tuple[str, Any]]:
    """What readers ask, with the answers: the question itself, and what it says of its parts."""
    for question in questions():
        found = measures.found[question.name]
        if question.asks:
            yield question.asks, found
        if not isinstance(found, CannotSay):
            yield from question.of_part("left_open", "left_open", _nothing)(found, titles)


def _nothing(found: Any, titles: Titles) -> Iterable[tuple[str, Any]]:
    return ()
