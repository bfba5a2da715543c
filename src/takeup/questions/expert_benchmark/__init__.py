"""How often experts with all the facts would override."""

from takeup.questions.expert_benchmark.measure import BenchmarkOf, with_benchmarks
from takeup.questions.question import Question
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay

__all__ = ["QUESTION", "BenchmarkOf", "with_benchmarks"]

QUESTION: Question[tuple[BenchmarkOf, ...] | CannotSay] = Question(
    "expert_benchmark",
    __name__,
    rests_on=(TRUTH,),
    place=170,
    counts_choices=False,
)
