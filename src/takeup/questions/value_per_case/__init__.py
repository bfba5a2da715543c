"""What one case is worth, in the unit of its outcome."""

from takeup.questions.question import Question
from takeup.questions.value_per_case.measure import UNNAMED_VALUE
from takeup.stats.answer import Answer

__all__ = ["QUESTION", "UNNAMED_VALUE"]

QUESTION: Question[Answer] = Question(
    "value_per_case",
    __name__,
    rests_on=("value",),
    place=160,
    counts_choices=False,
)
