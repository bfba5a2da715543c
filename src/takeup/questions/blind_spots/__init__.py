"""In which kinds of case overrides beat the model, or hurt."""

from takeup.questions.blind_spots.measure import BlindSpot, BlindSpots
from takeup.questions.question import Question
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "BlindSpot", "BlindSpots"]

QUESTION: Question[BlindSpots | CannotSay] = Question(
    "blind_spots",
    __name__,
    asks="Where do overrides beat the model?",
    rests_on=(TRUTH,),
    place=90,
    definitions=("every kind with enough overrides is tried",),
)
