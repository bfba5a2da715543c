"""Sums over people, by which a later diagnosis of the same people is paired."""

from takeup.questions.question import Question
from takeup.questions.same_people.measure import SamePeople, error_of_change
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "SamePeople", "error_of_change"]

QUESTION: Question[SamePeople | CannotSay] = Question(
    "same_people",
    __name__,
    place=200,
    counts_choices=False,
    leans_on=("adoption", "model_issue", "paired"),
)
