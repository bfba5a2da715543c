"""What is lost, or saved, and where."""

from takeup.questions.question import Question
from takeup.questions.value.measure import Value, ValueOf
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Value", "ValueOf"]

QUESTION: Question[Value | CannotSay] = Question(
    "value",
    __name__,
    asks="What is lost, and where?",
    place=150,
    definitions=("gains of overriding are set off against its losses",),
)
