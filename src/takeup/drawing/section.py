"""What a card of the page is made of, and how figures read on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from takeup.drawing.strips import Axis, Chart, Mark, Series, axis_over, axis_strip, strip
from takeup.drawing.words import (
    percent_between,
    percent_ends,
    plain_number,
    points,
    points_range,
    whole_percent,
)
from takeup.stats.answer import Answer, CannotSay, Estimate
from takeup.stats.event_week import EventWeek

STATUS = {
    "insufficient": "Too early to say",
    "not_instrumented": "Not recorded",
    "refused": "Refused",
    "suppressed": "Not shown, on purpose",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a card: what it is about, its strip, and what it says."""

    label: str
    definition: str
    chart: Chart | None
    verdict: str
    detail: str
    inset: bool = False
    gaps: tuple[tuple[str, str, str], ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One card: a finding for a heading, rows or one chart, and the real table behind.

    `key` is the legend; `axis` the row of tick labels. Without rows and chart the table is
    the card. `size` half cards stand side by side; `folded` ones share one card at the end; `first` ones
    stand on the first screen.
    """

    heading: str
    sub: str
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...] = ()
    key: tuple[tuple[Series, str], ...] = ()
    axis: Chart | None = None
    heads: tuple[str, str] = ("", "")
    chart: Chart | None = None
    note: str = ""
    size: Literal["full", "half"] = "full"
    folded: bool = False
    first: bool = False


def figure(answer: Answer, *, as_points: bool = False) -> str:
    """A figure with its interval, or why there is none."""
    if isinstance(answer, CannotSay):
        return STATUS[answer.status]
    if as_points or answer.unit == "points":
        return f"{points(answer.value)} ({points_range(answer)})"
    if answer.unit != "share":
        return f"{number(answer.value)} ({number(answer.low)} to {number(answer.high)})"
    counted = f", {answer.k:,} of {answer.n:,}" if answer.k is not None else ""
    ranged = ""
    if answer.range_low is not None and answer.range_high is not None:
        ranged = f"; with the unknown {100 * answer.range_low:.0f} to {100 * answer.range_high:.0f}"
    return f"{percent_between(answer)}{counted}{ranged}"


def number(value: float) -> str:
    """A number with its sign as on paper: three digits, and no whole ones left out."""
    return plain_number(value).replace("-", "−")


def interval(estimate: Estimate) -> str:
    """`+3 to +9` in the estimate's own unit."""
    if estimate.unit == "points":
        return points_range(estimate)
    if estimate.unit == "share":
        return f"{percent_ends(estimate)}\u00a0%"
    return f"{signed(estimate.low)} to {signed(estimate.high)}"


def signed(value: float) -> str:
    """A number with an explicit sign."""
    return f"{'−' if value < 0 else '+'}{plain_number(abs(value))}"


def difference(estimate: Estimate) -> str:
    """A difference in its unit: `+5.6 points` or `−2.1`."""
    return points(estimate.value) if estimate.unit == "points" else signed(estimate.value)


def in_its_unit(answer: Answer) -> str:
    """A difference with its interval, in points or in its own unit; or why there is none."""
    if isinstance(answer, CannotSay) or answer.unit == "points":
        return figure(answer, as_points=True)
    return f"{difference(answer)} {answer.unit} ({interval(answer)})"


def banded(week: EventWeek, unit: str) -> str:
    """A week's difference with its band, in points or in its own unit."""
    if unit == "points":
        return f"{points(week.value)} ({100 * week.low:.1f} to {100 * week.high:.1f})"
    return f"{signed(week.value)} ({signed(week.low)} to {signed(week.high)})"


def of_looks(every_look: bool) -> str:
    """How often the intervals of a card may be looked at."""
    if every_look:
        return "Intervals hold at every look, however often the page is opened."
    return "Intervals are for one look."


def told(estimate: Estimate, above: str, below: str, *, passed: bool = True) -> str:
    """What a difference says: `above` or `below` zero, else that it cannot tell; where it is one of several
    that were looked at, whether it `passed` beside them."""
    if not estimate.excludes():
        return "cannot tell yet"
    if not passed:
        return "may be chance, as one of several"
    return above if estimate.value > 0 else below


def mark(series: Series, answer: Answer, *, difference_: bool = False) -> Mark | None:
    """A mark for an answer, or nothing to draw."""
    if isinstance(answer, CannotSay):
        return None
    if difference_:
        shown = difference(answer).replace(" points", "").replace(" point", "")
    elif answer.unit in ("share", "points"):
        shown = whole_percent(answer.value)
    else:
        shown = number(answer.value)
    return Mark(series, answer.value, answer.low, answer.high, shown)


def strips(
    rows: Sequence[Sequence[Mark | None]],
    *,
    zero: bool = False,
    percent: bool = True,
    texts: Sequence[str],
) -> tuple[Axis | None, list[Chart | None]]:
    """Strips on one shared axis; a row without a mark has none."""
    drawn = [[m for m in row if m is not None] for row in rows]
    every = [m for row in drawn for m in row]
    if not every:
        return None, [None for _ in rows]
    axis = axis_over(every, zero=zero, percent=percent)
    return axis, [
        strip(axis, row, text) if row else None for row, text in zip(drawn, texts, strict=True)
    ]


def axis_row(axis: Axis | None) -> Chart | None:
    """The row of tick labels."""
    return None if axis is None else axis_strip(axis)
