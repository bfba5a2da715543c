"""Whether the advice is overridden more often late in the day."""

from late_hours.measure import LateHours
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "LateHours"]

QUESTION: Question[LateHours | CannotSay] = Question(
    "late_hours",
    __name__,
    asks="Is the advice overridden more often late in the day?",
    place=155,
)
