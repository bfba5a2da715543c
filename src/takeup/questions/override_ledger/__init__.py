"""What became of overrides, reason by reason and kind by kind."""

from takeup.questions.override_ledger.measure import Ledger, LedgerLine
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "Ledger", "LedgerLine"]

QUESTION: Question[Ledger | CannotSay] = Question(
    "override_ledger",
    __name__,
    place=180,
)
