"""What goes with not looking at the advice."""

from takeup.questions.not_consulted.measure import Circumstance, NotConsulted
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Circumstance", "NotConsulted"]

QUESTION: Question[NotConsulted | CannotSay] = Question(
    "not_consulted",
    __name__,
    asks="What goes with not looking?",
    place=110,
)
