"""Strips of live pages: marks with their intervals on one axis, drawn at once.

The report's charts come from Vega; one of them takes as long as this whole page may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from takeup.stats.answer import Answer, Estimate

Shape = Literal["circle", "diamond", "square"]
WIDE, NARROW = 420, 250
_LANE, _LEFT, _RIGHT = 22, 14, 50


@dataclass(frozen=True, slots=True)
class Mark:
    """A share (0 to 1) with its interval; `hollow` the point that was promised, where there is one."""

    shape: Shape
    token: str
    answer: Answer
    hollow: float | None = None


def _x(share: float, width: int) -> float:
    return round(_LEFT + (width - _LEFT - _RIGHT) * share, 1)


def strip(marks: Sequence[Mark], words: str, width: int = WIDE) -> SafeString:
    """One row of a figure as SVG, `width` units wide; `words` say the same for those who do not see
    it."""
    drawn = [m for m in marks if isinstance(m.answer, Estimate)]
    if not drawn:
        return SafeString("")
    height = _LANE * len(drawn) + 6
    grid = format_html_join(
        "", '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>',
        ((_x(t, width), height) for t in (0, 0.25, 0.5, 0.75, 1)),
    )  # fmt: skip
    lanes = format_html_join(
        "", "{}", ((_lane(m, _LANE * i + _LANE // 2 + 3, width),) for i, m in enumerate(drawn))
    )
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        width, height, words, grid, lanes,
    )  # fmt: skip


def axis() -> SafeString:
    """The row of tick labels."""
    ticks = format_html_join(
        "", '<text x="{}" y="14" text-anchor="middle">{} %</text>',
        ((_x(t, WIDE), round(100 * t)) for t in (0, 0.25, 0.5, 0.75, 1)),
    )  # fmt: skip
    return format_html(
        '<svg class="strip axis" viewBox="0 0 {} 20" aria-hidden="true">{}</svg>', WIDE, ticks
    )


def _lane(mark: Mark, y: int, width: int) -> SafeString:
    e = mark.answer
    assert isinstance(e, Estimate)
    x = _x(e.value, width)
    shapes = {
        "circle": '<circle class="{0}" cx="{1}" cy="{2}" r="5"/>',
        "diamond": '<rect class="{0}" x="{3}" y="{4}" width="9" height="9" transform="rotate(45 {1} {2})"/>',
        "square": '<rect class="{0}" x="{3}" y="{4}" width="9" height="9"/>',
    }  # fmt: skip
    point = format_html(shapes[mark.shape], mark.token, x, y, x - 4.5, y - 4.5)
    promised = ""
    if mark.hollow is not None:
        promised = format_html(
            '<rect class="promised" x="{}" y="{}" width="9" height="9"/>', _x(mark.hollow, width) - 4.5, y - 4.5
        )  # fmt: skip
    return format_html(
        '<line class="range {0}" x1="{1}" x2="{2}" y1="{3}" y2="{3}"/>{4}{5}'
        '<text class="{0}" x="{6}" y="{7}">{8} %</text>',
        mark.token, _x(e.low, width), _x(e.high, width), y, promised, point, _x(e.high, width) + 9, y + 4,
        round(100 * e.value),
    )  # fmt: skip
