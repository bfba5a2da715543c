"""A drawing as wide as its labels: what draws them measures in another font than the page shows, so
that a long label would be cut off at the edge."""

from __future__ import annotations

import html
import re

SIZE = 12.0
"""Of every label, pixels."""
_EMS = {
    0.26: " \u00a0\u202f", 0.30: "Iijl‘’", 0.35: "!',.:;·", 0.40: "()/[]frt|", 0.45: "‹›",
    0.50: "-^_–", 0.55: "\"*?s“”", 0.60: "FJLacekvxyzàáâäåçèéêë",
    0.65: "12356789EPbdghnopqußñòóôöùúûü", 0.70: "$&+04<=>BRSTZ~±×÷€−", 0.75: "ACDGHKUVXYÄÜ",
    0.80: "NOQÖ", 0.85: "w", 0.95: "Mm©",
}  # fmt: skip
"""About how wide each letter of Inter is at weight 600, in ems, rounded up, digits as in tables;
others are 1.05 wide."""
_WIDTHS = {letter: ems for ems, letters in _EMS.items() for letter in letters}
_TAG = re.compile(r"<(/?)(svg|g|text)\b([^>]*?)(/?)>([^<]*)")
_MOVED = re.compile(r'transform="translate\((-?[\d.]+),(-?[\d.]+)\)')
_ANCHOR = re.compile(r'text-anchor="(\w+)"')
_FRAME = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')
_LINES = re.compile(r"<text\b.*?(?:/>|</text>)", re.DOTALL)
_BETWEEN = re.compile(r"<[^>]*>")


def width_of(text: str) -> float:
    """How wide a label of this text is at most, pixels."""
    return SIZE * sum(_WIDTHS.get(letter, 1.05) for letter in text)


def reach(svg: str) -> tuple[float, float]:
    """From where to where the labels of a drawing reach, pixels from its left edge."""
    at, low, high = [0.0], 0.0, 0.0
    for tag in _TAG.finditer(svg):
        closes, name, attributes, empty, _ = tag.groups()
        if closes:
            if name != "text":
                at.pop()
            continue
        moved = _MOVED.search(attributes)
        place = at[-1] + (float(moved[1]) if moved else 0.0)
        if name != "text":
            if not empty:
                at.append(place)
            continue
        if "rotate" in attributes:
            continue
        lines = _LINES.match(svg, tag.start())
        told = _BETWEEN.split(lines.group()) if lines else []
        wide = max((width_of(html.unescape(line)) for line in told), default=0.0)
        anchor = _ANCHOR.search(attributes)
        start = place - wide * {"end": 1.0, "middle": 0.5}.get(anchor[1] if anchor else "", 0.0)
        low, high = min(low, start), max(high, start + wide)
    return low, high


def fitted(svg: str) -> str:
    """The drawing, wider where a label would be cut off at its left or right edge."""
    low, high = reach(svg)

    def frame(found: re.Match[str]) -> str:
        width, height = float(found[1]), found[2]
        left = -low if low < 0 else 0.0
        wide = left + max(width, high)
        if wide <= width:
            return found[0]
        return f'width="{wide:.0f}" height="{height}" viewBox="{-left:.0f} 0 {wide:.0f} {height}"'

    return _FRAME.sub(frame, svg, count=1)
