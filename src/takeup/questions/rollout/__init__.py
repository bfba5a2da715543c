"""What having the advice changes, where it was drawn who has it."""

from takeup.questions.question import Question
from takeup.questions.rollout.measure import Effect, Rollout
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Effect", "Rollout"]

QUESTION: Question[Rollout | CannotSay] = Question(
    "rollout",
    __name__,
    asks="What does having the advice change?",
    place=60,
    counts_choices=False,
    definitions=(
        "errors by what was drawn, with few units refused; truth that is a sample is weighted",
        "errors by case too, where many people decide the same ones",
    ),
)
