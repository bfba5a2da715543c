"""How the advice is used: looked at, followed, changed, overridden, passed by; by group and week."""

from takeup.questions.adoption.measure import PAIRS, Adoption, GroupAdoption, Spread
from takeup.questions.adoption.release import TOO_FEW_GAVE
from takeup.questions.question import Question

__all__ = ["PAIRS", "QUESTION", "TOO_FEW_GAVE", "Adoption", "GroupAdoption", "Spread"]

QUESTION: Question[Adoption] = Question(
    "adoption",
    __name__,
    place=10,
    counts_choices=False,
    definitions=(
        "intervals of few people are as wide as Student's t; cases that nobody answered are nobody's",
    ),
)
