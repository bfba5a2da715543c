"""Whether the model, not the people, is the finding."""

from takeup.questions.model_issue.measure import (
    Issue,
    ModelIssues,
    SegmentError,
    error_sums,
    error_table,
    is_blind_spot,
    segment_error,
    segment_errors,
)
from takeup.questions.question import Question
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = [
    "QUESTION",
    "Issue",
    "ModelIssues",
    "SegmentError",
    "error_sums",
    "error_table",
    "is_blind_spot",
    "segment_error",
    "segment_errors",
]

QUESTION: Question[ModelIssues | CannotSay] = Question(
    "model_issue",
    __name__,
    asks="Is the model, not the people, the finding?",
    rests_on=(TRUTH,),
    place=20,
    counts_choices=False,
    definitions=(
        "errors by case too, where many people decide the same ones",
        "wrong too often, or harmful, by the end of its interval, not by the point",
    ),
)
