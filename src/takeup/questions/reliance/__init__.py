"""Whether people follow right advice and catch wrong advice."""

from takeup.questions.question import Question
from takeup.questions.reliance.measure import Discriminated, Reliance, discrimination_by
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Discriminated", "Reliance", "discrimination_by"]

QUESTION: Question[Reliance | CannotSay] = Question(
    "reliance",
    __name__,
    asks="Do people follow right advice and catch wrong advice?",
    rests_on=(TRUTH,),
    place=40,
    definitions=("errors by case too, where many people decide the same ones",),
)
