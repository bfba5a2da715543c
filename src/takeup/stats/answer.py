"""Every figure is an estimate with its interval and sample, or says why it cannot be given."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Grade = Literal["randomised", "paired", "staggered", "adjusted", "bounds", "descriptive"]
Status = Literal["insufficient", "not_instrumented", "refused", "suppressed"]

_POSSIBLE = {"share": (0.0, 1.0), "points": (-1.0, 1.0)}
"""What a figure of a unit can be; others know no ends."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure. `value`, `low`, `high` share `unit`; `confidence` is the interval's level.

    `n` is the number of decisions behind it, `people` of clusters. `k` is the count where
    the figure is an observed share k/n. `p` is, of a difference, the two-sided chance of one so large
    where there is none (at every look, where the interval holds so). `range_low` and `range_high` bound it where some
    rows are unknown. `assumption` says in words what the grade rests on. An interval ends where what it
    is of ends: no share is below none, no difference of shares beyond all of them.
    """

    value: float
    low: float
    high: float
    confidence: float
    n: int
    method: str
    grade: Grade
    unit: str = "share"
    k: int | None = None
    people: int | None = None
    se: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    assumption: str | None = None
    note: str | None = None
    p: float | None = None

    def __post_init__(self) -> None:
        if (possible := _POSSIBLE.get(self.unit)) is None:
            return
        least, most = possible
        object.__setattr__(self, "low", max(self.low, min(least, self.value)))
        object.__setattr__(self, "high", min(self.high, max(most, self.value)))

    def excludes(self, null: float = 0.0) -> bool:
        """Whether the interval leaves `null` out."""
        return self.low > null or self.high < null

    def to_json(self) -> dict[str, Any]:
        """The estimate as JSON, without what it does not have."""
        out: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None:
                finite = not isinstance(value, float) or math.isfinite(value)
                out[name] = value if finite else None
        return out


@dataclass(frozen=True, slots=True)
class CannotSay:
    """Why a figure is not given (`reason`) and what would make it possible (`needs`)."""

    status: Status
    reason: str
    needs: str
    n: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The refusal as JSON."""
        out: dict[str, Any] = {"status": self.status, "reason": self.reason, "needs": self.needs}
        if self.n is not None:
            out["n"] = self.n
        return out


Answer: TypeAlias = Estimate | CannotSay


def not_recorded(answer: object) -> bool:
    """Whether nobody could tell; other refusals tell how few there are."""
    return isinstance(answer, CannotSay) and answer.status == "not_instrumented"


def insufficient(reason: str, needs: str, n: int | None = None) -> CannotSay:
    """Not enough evidence yet."""
    return CannotSay("insufficient", reason, needs, n)


def not_instrumented(reason: str, needs: str) -> CannotSay:
    """The table does not record what the figure needs."""
    return CannotSay("not_instrumented", reason, needs)


def refused(reason: str, needs: str, n: int | None = None) -> CannotSay:
    """The figure could be computed and would mislead."""
    return CannotSay("refused", reason, needs, n)


def suppressed(reason: str = "too few people to show without showing a person") -> CannotSay:
    """Not shown, on purpose."""
    return CannotSay("suppressed", reason, "nothing; that is deliberate")
