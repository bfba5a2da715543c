"""Where choices differ from the advice, how often, and on which side."""

from takeup.questions.disagreement.measure import (
    Direction,
    Disagreement,
    KindOfCase,
    OneSidedOutcome,
)
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Direction", "Disagreement", "KindOfCase", "OneSidedOutcome"]

QUESTION: Question[Disagreement | CannotSay] = Question(
    "disagreement",
    __name__,
    place=165,
    definitions=(
        "the kind that differs most is told against the same people's other cases, for all kinds at once",
    ),
)
