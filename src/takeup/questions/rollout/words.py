"""How an effect is told."""

from __future__ import annotations

from takeup.questions.rollout.measure import Effect
from takeup.stats.answer import Estimate

_SHARES = {
    "correctness": "the share of right decisions", "agreement": "the share of choices that agree with it",
}  # fmt: skip


def changes_of(e: Effect) -> str:
    """Which way the advice moves a quantity of a draw: `raises quality score`."""
    what = _SHARES.get(e.name, e.label)
    up = isinstance(e.unadjusted, Estimate) and e.unadjusted.value > 0
    return f"{'raises' if up else 'lowers'} {what}"


def told_worse(e: Effect) -> str:
    """Added where a move in an outcome of one's own is not good: which way is, the name alone may not tell."""
    return ", for the worse" if e.name.startswith("outcome:") and e.for_the_worse else ""
