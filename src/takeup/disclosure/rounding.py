"""Shares of few people are told to five points, and counts of what they did to one digit."""

from __future__ import annotations

import math
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, overload, runtime_checkable

from takeup.stats.answer import Answer, CannotSay, Estimate

AT_MOST, AT_LEAST = "at most 5 %", "at least 95 %"


def rounded(answer: Answer) -> Answer:
    """A share to five points, without its counts; what would be 0 or 1 is said to be `AT_MOST` or `AT_LEAST`.
    Always inside its interval, which gives nothing away that was rounded."""
    if isinstance(answer, CannotSay) or answer.unit != "share":
        return answer
    if answer.k is None and answer.note in (AT_MOST, AT_LEAST, _ROUNDED):
        return answer
    if not all(map(math.isfinite, (answer.value, answer.low, answer.high))):
        return replace(answer, k=None)
    value = round(answer.value * 20) / 20
    low = math.floor(round(answer.low * 20, 9)) / 20
    high = math.ceil(round(answer.high * 20, 9)) / 20
    note = _ROUNDED
    if value == 0:
        value, high, note = 0.05, max(high, 0.05), AT_MOST
    elif value == 1:
        value, low, note = 0.95, min(low, 0.95), AT_LEAST
    return replace(answer, value=value, low=low, high=high, k=None, se=None, note=note)


_ROUNDED = "rounded to 5 points: fewer than 20 people"


@runtime_checkable
class Coarsened(Protocol):
    """What holds shares as plain numbers, or counts that would tell what a share was rounded for."""

    def coarsened(self) -> Any:
        """Itself with those rounded, or left out."""
        ...


def rounded_throughout(value: Any) -> Any:
    """Every share that stands anywhere in `value` (a measure), and every count of what people did, rounded alike:
    none may tell what another one was rounded for."""
    if isinstance(value, Estimate):
        return replace(rounded(value), n=to_one_digit(value.n))
    if isinstance(value, CannotSay):
        return _without_counts(value)
    if isinstance(value, Coarsened):
        value = value.coarsened()
    if is_dataclass(value) and not isinstance(value, type):
        held = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        shown = {
            name: to_one_digit(v)
            if name in COUNTS and isinstance(v, int)
            else rounded_throughout(v)
            for name, v in held.items()
        }
        return replace(value, **{n: v for n, v in shown.items() if v is not held[n]})
    if isinstance(value, dict):
        return {key: rounded_throughout(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(rounded_throughout(v) for v in value)
    return value


_COUNTED = re.compile(
    r"\b(\d[\d,]*)(?= (?:judged |known |eligible )?(?:overrides|cases|decisions|choices|episodes|disagreements))"
)
"""A number in a sentence that counts what people did."""


def _without_counts(answer: CannotSay) -> CannotSay:
    """Why something cannot be said, its counts told as roughly as others are."""

    def roughly(found: re.Match[str]) -> str:
        return f"about {to_one_digit(int(found[1].replace(',', ''))):,}"

    n = None if answer.n is None else to_one_digit(answer.n)
    return replace(answer, reason=_COUNTED.sub(roughly, answer.reason), n=n)


COUNTS = frozenset(
    {"consulted", "contradictions", "disagreements", "episodes", "followed", "judged", "model_only", "n",
     "only_model", "only_person", "overridden", "overrides", "overrides_gained", "overrides_judged", "overrides_lost",
     "person_only"}
)  # fmt: skip
"""Fields that count what people did; how many cases there were, and how many people, tells nothing of that."""


def to_one_digit(count: int) -> int:
    """`702` is 700, `146` is 100, `7` is 10: far too rough for the share that was rounded, unless the whole lies just beyond
    the border of a digit."""
    if count < 10:
        return 10 if count else 0
    return int(round(count, 1 - len(str(count))))


@overload
def to_five_points(rate: float) -> float: ...
@overload
def to_five_points(rate: None) -> None: ...
@overload
def to_five_points(rate: float | None) -> float | None: ...
def to_five_points(rate: float | None) -> float | None:
    """A plain share to five points, neither 0 nor 1."""
    if rate is None or not math.isfinite(rate):
        return rate
    return min(max(round(rate * 20) / 20, 0.05), 0.95)
