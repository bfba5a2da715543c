"""What people with the advice leave open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles
from takeup.questions.team.measure import Team


def left_open(found: Team, titles: Titles) -> Iterable[tuple[str, Any]]:
    """Questions, and what is known of each."""
    yield (
        "Are people with the advice better than the better of the two?",
        found.complementarity,
    )
    yield "Does using take more steps than ignoring?", found.effort
