"""Whether cases went better where people followed the advice or overrode it."""

from takeup.questions.comparison.measure import CORRECTNESS, Comparison, OutcomeComparison
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["CORRECTNESS", "QUESTION", "Comparison", "OutcomeComparison"]

QUESTION: Question[Comparison | CannotSay] = Question(
    "comparison",
    __name__,
    asks="Did cases go better when people followed or when they overrode?",
    place=50,
    definitions=(
        "adjusted for all that is recorded before the decision, not for covariates alone",
        "errors by case too, where many people decide the same ones",
        "no bin of a number spans a gap, or the end of one of the two actions",
    ),
)
