"""Strips of live pages: shares with their intervals, from none to all, by the drawer of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from takeup.drawing import strips
from takeup.stats.answer import Answer, Estimate

Shape = Literal["circle", "diamond", "square"]
WIDE, NARROW = 420, 250
_WHOLE = strips.Axis(
    0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), ("0 %", "25 %", "50 %", "75 %", "100 %")
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A share (0 to 1) with its interval; `filled`: whether it is the one of today; `promised` the share that
    was promised, where there is one."""

    shape: Shape
    token: str
    answer: Answer
    promised: float | None = None
    filled: bool = True


def strip(marks: Sequence[Mark], words: str, width: int = WIDE) -> SafeString:
    """One row of a figure as SVG, `width` units wide; `words` say the same for those who do not see
    it."""
    drawn = [
        strips.Mark(
            strips.Series("", m.token, m.shape, m.filled),
            e.value,
            e.low,
            e.high,
            f"{100 * e.value:.0f} %",
            m.promised,
        )
        for m in marks
        if isinstance(e := m.answer, Estimate)
    ]
    if not drawn:
        return SafeString("")
    svg = strips.strip_drawn(_WHOLE, drawn, width)
    named = format_html('<svg class="strip" role="img" aria-label="{}"', words)
    return SafeString(named + svg.removeprefix("<svg"))


def axis() -> SafeString:
    """The row of tick labels."""
    svg = strips.axis_drawn(_WHOLE, WIDE)
    return SafeString('<svg class="strip" aria-hidden="true"' + svg.removeprefix("<svg"))
