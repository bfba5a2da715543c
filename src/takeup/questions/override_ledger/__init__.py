"""What became of overrides, reason by reason and kind by kind."""

from takeup.questions.override_ledger.measure import (
    Ledger,
    LedgerLine,
    cannot_score,
    ledger_line,
    overrides_counted,
    told_by_few,
    without_judgement,
)
from takeup.questions.question import Question
from takeup.stats.answer import CannotSay

__all__ = [
    "QUESTION",
    "Ledger",
    "LedgerLine",
    "cannot_score",
    "ledger_line",
    "overrides_counted",
    "told_by_few",
    "without_judgement",
]

QUESTION: Question[Ledger | CannotSay] = Question(
    "override_ledger",
    __name__,
    place=180,
)
