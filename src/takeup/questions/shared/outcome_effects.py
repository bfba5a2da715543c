"""How an effect on an outcome is weighed and read."""

from __future__ import annotations

from takeup.drawing.words import (
    points,
    points_range,
)
from takeup.questions.finding import distance80
from takeup.stats.answer import Estimate


def number_of(e: Estimate) -> str:
    if e.unit == "points":
        return f"{points(e.value)} ({points_range(e)})"
    # A label may have a hyphen of its own.
    told = f"{e.value:+.2f} ({e.low:+.2f} to {e.high:+.2f})".replace("-", "−")
    return f"{told} {e.unit}"


def weight_of(e: Estimate, before: float) -> float:
    """How much a difference is, as a share: of what there was without it where it is no share itself."""
    far = distance80(e)
    return far if e.unit == "points" else min(far / max(abs(before), 1e-9), 1.0)
