"""What changed over the weeks, beyond what chance changes."""

from takeup.questions.question import Question
from takeup.questions.signals.measure import FIRST_RESPONSE, Signals, SignalSeen
from takeup.stats.answer import CannotSay

__all__ = ["FIRST_RESPONSE", "QUESTION", "SignalSeen", "Signals"]

QUESTION: Question[Signals | CannotSay] = Question(
    "signals",
    __name__,
    asks="What changed over the weeks?",
    place=140,
    counts_choices=False,
    leans_on=("expert_benchmark",),
    definitions=("over-reliance (RR8) needs a probability, not the point alone",),
)
