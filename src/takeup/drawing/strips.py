"""Strips: one row of a table-like figure as SVG, on an axis that it shares with its neighbours, in a wide and a
narrow version. Colours are CSS variables; words stand beside them in HTML.

Drawn by hand, as they are five kinds of element and a page has sixty of them: a chart of Vega takes 160 ms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from takeup.drawing.fitting import fitted, width_of

FONT = "Inter, system-ui, sans-serif"
WIDE, NARROW = 430, 300
LANE = 19
"""Height of one mark's lane, pixels."""
LETTER = 6.6
"""About how wide a letter of a label is, pixels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in two widths, and what it shows in words for those who cannot see it."""

    wide: str
    narrow: str
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series keeps its colour (a token) and shape everywhere."""

    name: str
    token: str
    shape: str
    filled: bool = True


FOLLOWED = Series("followed", "followed", "circle")
OVERRIDDEN = Series("overridden", "overridden", "diamond")
MODEL = Series("model alone", "model", "square")
PEOPLE = Series("people with the advice", "followed", "circle")
AGREED = Series("agreed with the advice", "followed", "circle")
RAW = Series("as recorded", "second", "circle", False)
LIKE_WITH_LIKE = Series("like with like", "model", "square")


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval in one lane of a strip; `shown` is the figure beside it, `promised` a value that was
    promised."""

    series: Series
    value: float
    low: float
    high: float
    shown: str
    promised: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """What the strips of one figure share: ends, ticks and how a tick reads; `marked`: a place
    declared beforehand, drawn dashed."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    zero: bool = False
    marked: float | None = None


def axis_over(marks: Sequence[Mark], *, zero: bool, percent: bool, whole: bool = False) -> Axis:
    """An axis that holds all intervals; `whole` runs from 0 to 1."""
    if whole:
        low, high = 0.0, 1.0
    else:
        low, high = min(m.low for m in marks), max(m.high for m in marks)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        # Beside the line at zero labels keep to the outer side: there must be room for one.
        pad = (high - low) * (0.25 if zero else 0.12) or 0.05
        low, high = low - pad, high + pad
        if percent and not zero:
            low, high = max(low, 0.0), min(high, 1.0)
    step = _nice((high - low) / 4)
    first = int(-(-low // step))
    ticks = [i * step for i in range(first, int(high // step) + 1)]
    return Axis(low, high, tuple(ticks), tuple(_tick(t, zero, percent) for t in ticks), zero)


def _nice(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= step)


def _tick(value: float, signed: bool, percent: bool) -> str:
    if percent and not signed:
        return f"{100 * value:.0f} %"
    number = 100 * value if percent else value
    text = f"{abs(number):.3g}"
    if not signed or number == 0:
        return text if number >= 0 else f"−{text}"
    return f"{'−' if number < 0 else '+'}{text}"


def axis_strip(axis: Axis) -> Chart:
    """The axis' own row: tick labels over their places."""
    wide, narrow = (axis_drawn(axis, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, "")


def axis_drawn(axis: Axis, width: int) -> str:
    """The same, `width` pixels wide."""
    ticks = [
        _label(width * x, 12, label, "var(--third)", _side(x), bold=False)
        for t, label in zip(axis.ticks, axis.labels, strict=True)
        for x in [_place(axis, t)]
    ]
    return _svg(width, 16, ticks)


def _side(x: float) -> str:
    """At the ends inside: a wider drawing would be scaled, and no tick stand over its line."""
    return "start" if x < 0.05 else "end" if x > 0.95 else "middle"


def strip(axis: Axis, marks: Sequence[Mark], text: str) -> Chart:
    """Points with intervals, one lane each, on a shared axis."""
    wide, narrow = (strip_drawn(axis, marks, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, text)


def strip_drawn(axis: Axis, marks: Sequence[Mark], width: int) -> str:
    """The same, `width` pixels wide."""
    height = LANE * max(len(marks), 1) + 4
    drawn = [*_grid(axis, width, height)]
    if axis.marked is not None:
        x = width * _place(axis, axis.marked)
        drawn.append(_upright(x, height, "var(--text)", 1.4, ' stroke-dasharray="3,3"'))
    for i, m in enumerate(marks):
        drawn += _lane(axis, m, width, 2 + LANE * (i + 0.5))
    return _svg(width, height, drawn)


def _lane(axis: Axis, m: Mark, width: int, y: float) -> list[str]:
    """The interval, what was promised, the point, the figure."""
    low, high = (
        width * _place(axis, end) for end in (max(m.low, axis.low), min(m.high, axis.high))
    )
    ink = f"var(--{m.series.token})"
    at, left = _beside(axis, m, min(width, NARROW))
    beside = width * at - 8 if left else width * at + 8
    fill = ink if m.series.filled else "var(--card)"
    drawn = [
        f'<line x1="{_n(start)}" x2="{_n(end)}" y1="{_n(y)}" y2="{_n(y)}" '
        f'stroke="var(--{interval_token(m.series.token)})" stroke-width="7" stroke-linecap="round"/>'
        for start, end in _around(low, high, beside, m.shown, left)
    ]
    if m.promised is not None:
        drawn.append(
            _point("square", width * _place(axis, m.promised), y, "var(--card)", "var(--third)")
        )
    drawn.append(_point(m.series.shape, width * _place(axis, m.value), y, fill, ink))
    if m.shown:
        drawn.append(_label(beside, y + 4, m.shown, ink, "end" if left else "start"))
    return drawn


_GAP = 7
"""Between an interval, whose ends are round, and a label in its midst."""


def _around(
    low: float, high: float, beside: float, shown: str, left: bool
) -> list[tuple[float, float]]:
    """The parts of an interval that its label leaves free, pixels."""
    wide = width_of(shown)
    start, end = (beside - wide, beside) if left else (beside, beside + wide)
    if not shown or end + _GAP <= low or start - _GAP >= high:
        return [(low, high)]
    parts = [(low, min(high, start - _GAP)), (max(low, end + _GAP), high)]
    return [(one, other) for one, other in parts if other - one > 1]


_SHAPES = {
    "circle": "M4.2,0A4.2,4.2,0,1,1,-4.2,0A4.2,4.2,0,1,1,4.2,0",
    "diamond": "M-4.2,0L0,-4.2L4.2,0L0,4.2Z",
    "square": "M-4.2,-4.2h8.5v8.5h-8.5Z",
    "large square": "M-4.7,-4.7h9.5v9.5h-9.5Z",
}


def _point(shape: str, x: float, y: float, fill: str, ink: str, wide: float = 1.6) -> str:
    return (
        f'<path transform="translate({_n(x)},{_n(y)})" d="{_SHAPES[shape]}" fill="{fill}" stroke="{ink}" '
        f'stroke-width="{_n(wide)}"/>'
    )


def _beside(axis: Axis, m: Mark, width: int) -> tuple[float, bool]:
    """Where the label of a mark begins, and whether it runs left from there: on the side with more room, not
    over the line at zero, and inside the strip at every width: a wider drawing would be scaled, and its axis be
    another than its neighbours'. Where neither end of the interval leaves room, in its midst."""
    low, high = _place(axis, max(m.low, axis.low)), _place(axis, min(m.high, axis.high))
    off, wide = 8 / width, width_of(m.shown) / width
    zero = _place(axis, 0.0) if axis.zero else -1.0

    def inside(at: float, left: bool) -> bool:
        return at - off - wide >= 0 if left else at + off + wide <= 1

    def over_zero(left: bool) -> bool:
        return low - off - wide < zero < low if left else high < zero < high + off + wide

    first = _place(axis, m.low) > 0.25
    for left in (first, not first):
        at = low if left else high
        if inside(at, left) and not over_zero(left):
            return at, left
    beyond = zero if over_zero(first) else low if first else high
    if inside(beyond, first):
        return beyond, first
    at = _place(axis, m.value)
    left = at > 0.5
    if m.promised is not None:
        promised, reach = _place(axis, m.promised), 2 * off + wide
        if at - reach < promised < at if left else at < promised < at + reach:
            at = promised
    return at, left


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar: `token` names its colour, `label` is written inside if it fits."""

    name: str
    share: float
    token: str
    label: str = ""


def bar_strip(parts: Sequence[Part], text: str, hollow: float | None = None) -> Chart:
    """A stacked bar of shares from 0 to 1; `hollow` draws the nominal rate's square."""
    wide, narrow = (_bar(parts, hollow, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, text)


_BAR = 34
_ON_DARK = ("followed", "overridden", "model")


def _bar(parts: Sequence[Part], hollow: float | None, width: int) -> str:
    boxes, labels, at = [], [], 0.0
    for part in parts:
        fill = "url(#hatch)" if part.token == "hatch" else f"var(--{part.token})"
        boxes.append(
            f'<rect x="{_n(width * at)}" y="5" width="{_n(width * part.share)}" height="{_BAR - 10}" rx="4" '
            f'fill="{fill}" stroke="var(--card)" stroke-width="1.5"/>'
        )
        if part.label and part.share * NARROW >= len(part.label) * LETTER:
            ink = "var(--on-dark)" if part.token in _ON_DARK else "var(--second)"
            labels.append(_label(width * (at + part.share / 2), 21, part.label, ink, "middle"))
        at += part.share
    whole = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), ())
    drawn = [*_grid(whole, width, _BAR), *boxes, *labels]
    if hollow is not None:
        drawn.append(_point("large square", width * hollow, _BAR / 2, "none", "var(--text)", 1.8))
    return _svg(width, _BAR, drawn)


def _grid(axis: Axis, width: int, height: int) -> list[str]:
    return [
        _upright(
            width * _place(axis, t),
            height,
            "var(--second)" if axis.zero and abs(t) < 1e-12 else "var(--line)",
        )
        for t in axis.ticks
    ]


def _upright(x: float, height: float, ink: str, wide: float = 1.0, more: str = "") -> str:
    at = _n(x)
    return f'<line x1="{at}" x2="{at}" y2="{_n(height)}" stroke="{ink}" stroke-width="{_n(wide)}"{more}/>'


def _label(x: float, y: float, text: str, ink: str, anchor: str, *, bold: bool = True) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text text-anchor="{anchor}" transform="translate({_n(x)},{_n(y)})" font-size="12px"{weight} '
        f'fill="{ink}">{escape(text)}</text>'
    )


def _svg(width: int, height: int, drawn: Iterable[str]) -> str:
    """The elements in a frame with room for what reaches over its edges."""
    wide, high = width + 6, height + 5
    return fitted(
        f'<svg font-family="{FONT}" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
        f'<g fill="none" stroke-miterlimit="10" transform="translate(3,1)">{"".join(drawn)}</g></svg>'
    )


def _n(value: float) -> str:
    """A length to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def interval_token(token: str) -> str:
    """The colour of an interval around a mark of this colour."""
    return f"{token}-interval" if token in ("followed", "overridden", "model") else "line"


def _place(axis: Axis, value: float) -> float:
    """Where a value lies on its axis, from 0 to 1: so one spec serves every axis."""
    return (value - axis.low) / (axis.high - axis.low)
