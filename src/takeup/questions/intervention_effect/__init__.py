"""Whether actions on populations moved what they were declared to move."""

from takeup.questions.intervention_effect.measure import ActionEffect, InterventionEffect, RunEffect
from takeup.questions.intervention_effect.verdict import Verdict
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "ActionEffect", "InterventionEffect", "RunEffect", "Verdict"]

QUESTION: Question[InterventionEffect | CannotSay] = Question(
    "intervention_effect",
    __name__,
    place=75,
)
