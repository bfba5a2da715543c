"""Benchmarks of the populations that may be shown."""

from __future__ import annotations

from takeup.questions.expert_benchmark.measure import BenchmarkOf
from takeup.questions.shared.hidden_in_use import hidden_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(
    found: tuple[BenchmarkOf, ...] | CannotSay, shown: Shown
) -> tuple[BenchmarkOf, ...] | CannotSay:
    """Benchmarks of the populations that may be shown."""
    adoption = shown.adoption
    if isinstance(found, CannotSay):
        return found
    hidden = hidden_keys(adoption, "population")
    return tuple(b for b in found if b.population not in hidden)
