"""A view's drawn part as one picture: rows of a label, drawings one above the other, and figures in words. For slides and
chats, where no page can be opened; the words stand in the picture, as nothing else does there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from takeup.drawing.strips import FONT, WIDE

_MARGIN, _LEFT, _GAP, _RIGHT = 32, 260, 24, 330
WIDTH = 2 * _MARGIN + _LEFT + WIDE + _RIGHT + 2 * _GAP
_LINE, _PAD = 18, 16
_SERIF = "'Source Serif 4', Georgia, serif"
_OPENING = re.compile(r'^<svg\b[^>]*?width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One row: its label, small text under it, drawings (SVG, as `strips` and `charts` make them) and lines of words."""

    label: str
    small: Sequence[str] = ()
    drawings: Sequence[str] = ()
    says: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """What the picture says first, when it was taken and of what, its rows, a drawing as wide as the picture, and how to
    read it."""

    heading: str
    of: str
    rows: Sequence[PictureRow] = ()
    note: str = ""
    whole: str = ""


def picture(told: Picture) -> str:
    """The picture as SVG; colours are the tokens of the page it is of."""
    parts: list[str] = []
    y = float(_MARGIN)
    for line in wrap(told.heading, 78):
        y += 28
        parts.append(_text(_MARGIN, y, line, size=24, weight=600, font=_SERIF))
    y += 22
    parts += [
        _text(_MARGIN, y, told.of, ink="second"),
        f'<g transform="translate(0,{y + _PAD:g})">',
    ]
    height = 0.0
    for row in told.rows:
        height = _row(parts, row, height)
    parts.append("</g>")
    y += _PAD + height + _PAD
    if told.whole and (size := _OPENING.match(told.whole)):
        parts.append(f'<g transform="translate({_MARGIN},{y:g})">{told.whole}</g>')
        y += float(size[2]) + _PAD
    for line in wrap(told.note, 150):
        y += _LINE
        parts.append(_text(_MARGIN, y, line, ink="third", size=12))
    return _whole(y + _MARGIN, parts)


def _whole(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {WIDTH} {height:g}" font-family="{FONT}">'
        f'<rect width="{WIDTH}" height="{height:g}" fill="var(--paper)"/>{"".join(parts)}</svg>'
    )


def _row(parts: list[str], row: PictureRow, top: float) -> float:
    """Draw one row from `top` on; where it ends."""
    parts.append(
        f'<line x1="{_MARGIN}" x2="{WIDTH - _MARGIN}" y1="{top:g}" y2="{top:g}" stroke="var(--line)"/>'
    )
    ends = [
        _words(parts, _MARGIN, top + _PAD, [row.label], row.small, 38),
        _drawn(parts, _MARGIN + _LEFT + _GAP, top + _PAD, row.drawings),
        _words(parts, _MARGIN + _LEFT + WIDE + 2 * _GAP, top + _PAD, (), row.says, 52),
    ]
    return max(ends) + _PAD


def _words(
    parts: list[str], x: float, y: float, bold: Sequence[str], small: Sequence[str], letters: int
) -> float:
    for text, weight, ink, size in _lines(bold, small, letters):
        y += _LINE
        parts.append(_text(x, y - 4, text, weight=weight, ink=ink, size=size))
    return y


def _lines(
    bold: Sequence[str], small: Sequence[str], letters: int
) -> Iterator[tuple[str, int, str, int]]:
    for text in bold:
        yield from ((line, 600, "text", 15) for line in wrap(text, letters - 6) or [""])
    for text in small:
        yield from ((line, 400, "second", 13) for line in wrap(text, letters))


def _drawn(parts: list[str], x: float, y: float, drawings: Sequence[str]) -> float:
    for svg in drawings:
        found = _OPENING.match(svg)
        parts.append(svg.replace("<svg", f'<svg x="{x:g}" y="{y:g}"', 1))
        y += (float(found.group(2)) if found else 0.0) + 8
    return y


def _text(
    x: float, y: float, text: str, *, size: int = 14, weight: int = 400, ink: str = "text",
    font: str = "",
) -> str:  # fmt: skip
    family = f' font-family="{font}"' if font else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}"{family} '
        f'fill="var(--{ink})">{escape(text)}</text>'
    )
