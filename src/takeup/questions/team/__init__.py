"""Whether people with the advice are better than the better of the two alone."""

from takeup.questions.question import Question
from takeup.questions.team.measure import Complementarity, Effort, Team
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Complementarity", "Effort", "Team"]

QUESTION: Question[Team | CannotSay] = Question(
    "team",
    __name__,
    asks="Are people with the advice better than the better of the two?",
    rests_on=(TRUTH,),
    place=130,
    definitions=(
        "the interval allows for the better of the two being picked",
        "beside shadow mode errors by case too, and nobody who saw the advice there",
    ),
)
