"""What reliance leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles
from takeup.questions.reliance.measure import Reliance


def left_open(found: Reliance, titles: Titles) -> Iterable[tuple[str, Any]]:
    """Questions, and what is known of each."""
    yield "Who changed their mind, rightly or wrongly?", found.rair
