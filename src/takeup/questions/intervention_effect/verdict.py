"""Moved, not moved, or cannot tell: first whether it was delivered, then what the interval leaves."""

from __future__ import annotations

from typing import Literal

from takeup.record.interventions import DELIVERED, Direction
from takeup.stats.answer import Answer, CannotSay

Verdict = Literal["moved", "not_moved", "cannot_tell"]


def verdict_of(
    effect: Answer, direction: Direction, smallest: float, delivered: bool | None
) -> tuple[Verdict, str]:
    """The verdict, and why in words. `moved`: the interval leaves zero out in the declared direction, and the
    estimate is no smaller than the smallest change that counts; `not_moved`: the interval leaves out every change
    that would count. What was not delivered cannot tell of the action, whatever moved."""
    if delivered is None:
        return "cannot_tell", "nobody wrote down whether its steps were done"
    if not delivered:
        return (
            "cannot_tell",
            f"it was not delivered: fewer than {DELIVERED:.0%} of its steps were done",
        )
    if isinstance(effect, CannotSay):
        return "cannot_tell", effect.reason
    low, value, high = _in_direction(effect.low, effect.value, effect.high, direction)
    if low > 0 and value >= smallest:
        return "moved", "the interval leaves zero out, and the change is one that counts"
    if high < smallest:
        return "not_moved", "the interval leaves out every change that was declared to count"
    return "cannot_tell", "the interval holds both no change and one that counts"


def _in_direction(
    low: float, value: float, high: float, direction: Direction
) -> tuple[float, float, float]:
    return (low, value, high) if direction == "up" else (-high, -value, -low)
