"""What differs between pilot and production."""

from takeup.questions.pilot_production.measure import PilotProduction
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "PilotProduction"]

QUESTION: Question[PilotProduction | CannotSay] = Question(
    "pilot_production",
    __name__,
    asks="What differs between pilot and production?",
    place=120,
)
