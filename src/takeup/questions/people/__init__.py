"""Whose overrides are reliably better or worse than the advice; counts of people, never names."""

from takeup.questions.people.measure import People, PeopleOf
from takeup.questions.question import Question
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "People", "PeopleOf"]

QUESTION: Question[People | CannotSay] = Question(
    "people",
    __name__,
    asks="Whose overrides are reliably better than the advice?",
    rests_on=(TRUTH,),
    place=100,
    definitions=("better or worse by their own overrides alone",),
)
