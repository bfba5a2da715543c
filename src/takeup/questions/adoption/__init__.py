"""How the advice is used: looked at, followed, changed, overridden, passed by; by group and week."""

from takeup.questions.adoption.measure import PAIRS, Adoption, GroupAdoption, Spread
from takeup.questions.question import Question

__all__ = ["PAIRS", "QUESTION", "Adoption", "GroupAdoption", "Spread"]

QUESTION: Question[Adoption] = Question(
    "adoption",
    __name__,
    place=10,
    definitions=(
        "intervals of few people are as wide as Student's t; cases that nobody answered are nobody's",
    ),
)
