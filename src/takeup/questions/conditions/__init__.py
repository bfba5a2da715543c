"""Which of eight organizational conditions of adoption are present, by population."""

from takeup.questions.conditions.measure import (
    EVIDENCE_DAYS,
    ConditionFound,
    Conditions,
    IndicatorFound,
    PopulationConditions,
)
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = [
    "EVIDENCE_DAYS",
    "QUESTION",
    "ConditionFound",
    "Conditions",
    "IndicatorFound",
    "PopulationConditions",
]

QUESTION: Question[Conditions | CannotSay] = Question(
    "conditions",
    __name__,
    place=185,
)
