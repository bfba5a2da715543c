"""What the comparison leaves open, outcome by outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles
from takeup.questions.comparison.measure import Comparison


def left_open(found: Comparison, titles: Titles) -> Iterable[tuple[str, Any]]:
    """Questions, and what is known of each."""
    for one in found.outcomes:
        yield (
            f"Did cases go better when people followed or when they overrode ({one.label})?",
            one.adjusted,
        )
