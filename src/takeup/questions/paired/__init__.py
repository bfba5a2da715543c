"""Who is right more often, people or the model, on the same cases."""

from takeup.questions.paired.measure import Paired, PairedGroup
from takeup.questions.question import Question
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Paired", "PairedGroup"]

QUESTION: Question[Paired | CannotSay] = Question(
    "paired",
    __name__,
    asks="Who is right more often, people or the model?",
    rests_on=(TRUTH,),
    place=30,
    definitions=(
        "intervals allow for differences not seen yet, and for cases that many people decide",
    ),
)
