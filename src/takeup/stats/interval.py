"""How wide an interval is, by how often it is looked at.

What is read once has the t interval. What stands on a page that is looked at again and again, while
cases come in, would leave the truth out sooner or later; it has a confidence sequence, which holds at
every look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scipy.special import stdtr

from takeup.stats.anytime import clustered_chance, clustered_half_width
from takeup.stats.quantiles import t_half_width


@dataclass(frozen=True, slots=True)
class Interval:
    """The rule of a report's intervals: their `confidence`, and for those that hold at every look the
    cases at which they are narrowest (`expected`, fixed before the first look; None: looked at once)."""

    confidence: float
    expected: float | None = None

    def half(self, se: float, df: float, n: float) -> float:
        """Half the width for an estimate from `n` cases with this error and degrees of freedom."""
        if self.expected is None:
            return t_half_width(self.confidence, max(df, 1.0)) * se
        return clustered_half_width(
            se, max(n, 1.0), df, confidence=self.confidence, expected=self.expected
        )

    def around(self, value: float, se: float, df: float, n: float) -> tuple[float, float]:
        """Both ends."""
        half = self.half(se, df, n)
        return value - half, value + half

    def chance(self, value: float, se: float, df: float, n: float) -> float:
        """The two-sided chance of a value so far from zero where it is zero: the level at which the interval
        just reaches zero."""
        if se <= 0:
            return 1.0 if value == 0 else 0.0
        df = max(df, 1.0)
        if self.expected is None:
            return float(2 * stdtr(df, -abs(value) / se))
        return clustered_chance(
            value, se, max(n, 1.0), df, confidence=self.confidence, expected=self.expected
        )

    def of(self, several: int) -> Interval:
        """The interval by which any of `several` figures is told, so that one of all is wrong no more often
        than a single one would be (Bonferroni)."""
        return replace(self, confidence=1 - (1 - self.confidence) / max(several, 1))

    def named(self, method: str) -> str:
        """The method with how often it may be looked at."""
        return method if self.expected is None else f"{method}; holds at every look"
