"""What the figures of use leave open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles
from takeup.questions.adoption.measure import Adoption


def left_open(found: Adoption, titles: Titles) -> Iterable[tuple[str, Any]]:
    """Questions, and what is known of each."""
    yield "How often is the advice looked at?", found.overall.consult_rate
    yield "How many cases go through the AI path?", found.overall.nominal_rate
