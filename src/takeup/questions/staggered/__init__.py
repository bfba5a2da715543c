"""What having the advice changed, where cohorts began on different dates."""

from takeup.questions.question import Question
from takeup.questions.staggered.measure import Staggered
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Staggered"]

QUESTION: Question[Staggered | CannotSay] = Question(
    "staggered",
    __name__,
    asks="What did having the advice change, where cohorts began on different dates?",
    place=70,
    counts_choices=False,
)
