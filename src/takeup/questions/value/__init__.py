"""What is lost, or saved, and where."""

from takeup.questions.question import Question
from takeup.questions.value.cost import Cost, cost_of
from takeup.questions.value.measure import Value, ValueOf
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Cost", "Value", "ValueOf", "cost_of"]

QUESTION: Question[Value | CannotSay] = Question(
    "value",
    __name__,
    asks="What is lost, and where?",
    rests_on=(TRUTH,),
    place=150,
    definitions=(
        "gains of overriding are set off against its losses",
        "what all decisions lost or saved is held against the advice alone",
    ),
)
