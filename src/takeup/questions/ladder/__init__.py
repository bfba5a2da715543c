"""Which of five levels of adoption quality each population has reached."""

from takeup.questions.ladder.measure import LEVELS, Ladder, LevelRange, PopulationLevel
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["LEVELS", "QUESTION", "Ladder", "LevelRange", "PopulationLevel"]

QUESTION: Question[Ladder | CannotSay] = Question(
    "ladder",
    __name__,
    asks="Which level of adoption quality?",
    place=80,
    leans_on=("expert_benchmark",),
    definitions=("level 4 asks for the lower bound of discrimination too",),
)
