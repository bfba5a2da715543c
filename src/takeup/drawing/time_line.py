"""A time line: what begins and is due when, one row each, on one axis of days. Drawn by hand, as strips are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

from takeup.drawing.fitting import width_of
from takeup.drawing.strips import FONT, Chart

Standing = Literal["done", "late", "open", "ahead"]
_WIDE, _ROW, _TOP = 1000, 24, 26
_MOST_LABELS = 420
"""Of the width for names: what is longer is cut, and whole in the list beside."""
_INK = {"done": "model", "late": "overridden", "open": "followed", "ahead": "unknown"}


@dataclass(frozen=True, slots=True)
class Bar:
    """From `first` to `due`; `was` its due day by the first plan. A `gate` is a day, not a span. `said`: how it stands,
    in words."""

    code: str
    name: str
    first: date
    due: date
    was: date
    standing: Standing
    said: str
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together."""

    name: str
    bars: Sequence[Bar]


def time_line(groups: Sequence[Group], today: date) -> Chart:
    """The drawing for wide screens and paper, and all of it in words; narrow screens read the list beside it."""
    bars = [bar for group in groups for bar in group.bars]
    first = min(min(b.first for b in bars), today) - timedelta(days=2)
    last = max(max(b.due for b in bars), max(b.was for b in bars), today) + timedelta(days=4)
    span = (last - first).days

    labels = min(max(width_of(f"{b.code} {b.name}") for b in bars) + 16, _MOST_LABELS)

    def at(day: date) -> float:
        return labels + (day - first).days / span * (_WIDE - labels - 8)

    parts, y = [], _TOP
    for group in groups:
        parts.append(_text(0, y + 15, group.name, weight=700, size=12.5))
        y += _ROW
        for bar in group.bars:
            parts += _row(bar, y, at, labels)
            y += _ROW
        y += 4
    head = [*_months(first, last, at, y, at(today)), *_today(today, at, y)]
    told = "; ".join(f"{b.code} {b.name}, {b.due:%-d %B %Y}: {b.said}" for b in bars)
    return Chart(_svg(y + 4, [*head, *parts]), "", told)


def _row(bar: Bar, y: float, at: object, labels: float) -> list[str]:
    x1, x2, was = at(bar.first), at(bar.due), at(bar.was)  # type: ignore[operator]
    ink = f"var(--{_INK[bar.standing]})"
    label = _short(f"{bar.code} {bar.name}", labels - 16)
    parts = [_text(0, y + 16, label, ink="var(--text)" if bar.standing != "ahead" else "var(--second)")]  # fmt: skip
    if bar.gate:
        parts.append(_diamond(x2, y + 11, ink, filled=bar.standing in ("done", "late")))
        return parts
    width = max(x2 - x1, 5)
    fill = ink if bar.standing in ("done", "late") else f"var(--{'followed-interval' if bar.standing == 'open' else 'unseen'})"  # fmt: skip
    parts.append(f'<rect x="{x1:.1f}" y="{y + 5}" width="{width:.1f}" height="12" rx="3" fill="{fill}" stroke="{ink}"/>')  # fmt: skip
    if bar.standing == "done":
        parts.append(_text(x1 + width + 5, y + 16, "✓", ink=ink, weight=700))
    elif bar.standing == "late":
        parts.append(_text(x1 + width + 5, y + 16, "late", ink="var(--overridden-ink)", weight=600))
    if bar.due != bar.was and bar.standing != "done":
        parts.append(f'<line x1="{was:.1f}" x2="{was:.1f}" y1="{y + 2}" y2="{y + 20}" stroke="var(--second)" stroke-dasharray="2 2"/>')  # fmt: skip
    return parts


def _short(text: str, room: float) -> str:
    """A label that fits; it is whole in the list beside."""
    if width_of(text) <= room:
        return text
    while width_of(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _diamond(x: float, y: float, ink: str, *, filled: bool) -> str:
    fill = ink if filled else "var(--card)"
    return f'<path d="M{x:.1f} {y - 7} l7 7 l-7 7 l-7 -7 z" fill="{fill}" stroke="{ink}" stroke-width="1.6"/>'


def _months(first: date, last: date, at: object, height: float, today: float) -> list[str]:
    """A line where each month begins, and its name where today's does not stand."""
    parts, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            x = at(day)  # type: ignore[operator]
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height}" stroke="var(--line)"/>')  # fmt: skip
            if not -25 < today - x < 75:
                parts.append(_text(x + 3, 13, f"{day:%b %Y}", ink="var(--third)", size=11.5))
        day = (day + timedelta(days=32)).replace(day=1)
    return parts


def _today(today: date, at: object, height: float) -> list[str]:
    x = at(today)  # type: ignore[operator]
    return [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height}" stroke="var(--text)" stroke-dasharray="4 3"/>',
        _text(x, 13, "today", weight=600, size=11.5, anchor="middle"),
    ]


def _text(
    x: float, y: float, words: str, ink: str = "var(--text)", weight: int = 400, size: float = 12.5, anchor: str = "start"
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" font-family="{FONT}" font-size="{size}" '
        f'font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDE} {height:.0f}" width="{_WIDE}" height="{height:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
