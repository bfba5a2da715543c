"""Why a population does not rely on the advice."""

from takeup.questions.question import Question
from takeup.questions.resistance.measure import PopulationReasons, Resistance
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "PopulationReasons", "Resistance"]

QUESTION: Question[Resistance | CannotSay] = Question(
    "resistance",
    __name__,
    place=190,
    leans_on=("expert_benchmark", "model_issue"),
    definitions=("a reason that cannot be seen has no belief",),
)
