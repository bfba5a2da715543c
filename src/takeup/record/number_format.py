"""How the numbers of a column are written: which sign is the decimal one, which stands between thousands.

`8,039` is eight thousand or about eight; only the rest of the column, or of the file, can tell. What
nothing tells is a doubt that is asked, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from takeup.record.shapes import Shape

Decimal = Literal[".", ","]

BETWEEN_THOUSANDS = (" ", "'’")
"""Signs between thousands other than point and comma: blanks (wide ones are read as plain), and the Swiss
apostrophe."""

_WORDS = ("inf", "infinity", "nan")
_EXPONENT = r"(?:[eE][+-]?9+)?"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The decimal sign and the signs passed over between thousands. `only`: the shapes that are numbers
    when read so, where the column has others too."""

    decimal: Decimal = "."
    thousands: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberDoubt:
    """A column whose numbers can be read in two ways: `example` is `by_point` with a decimal point and
    `by_comma` with a decimal comma."""

    example: str
    by_point: str
    by_comma: str


@dataclass(frozen=True, slots=True)
class NumbersSettled:
    """`formats` of the columns that are settled, `doubts` of the others, and what is to be said of
    columns that do not follow the file's own sign."""

    formats: dict[str, NumberFormat]
    doubts: dict[str, NumberDoubt]
    notes: tuple[str, ...]


def settle_numbers(
    shapes: Mapping[str, Sequence[Shape]],
    declared: Mapping[str, Decimal],
    file_decimal: Decimal | None = None,
) -> NumbersSettled:
    """How each column writes its numbers, by all its rows.

    A column that tells is read as it tells, or as `declared` for it. One that does not is read by
    `file_decimal`, else as all the others that tell, where those agree.
    """
    readings = {c: _readings(found, declared.get(c)) for c, found in shapes.items()}
    told = {r[0].decimal for c, r in readings.items() if len(r) == 1 and _tells(shapes[c])}
    hint = file_decimal or (next(iter(told)) if len(told) == 1 else None)
    formats, doubts, notes = {}, {}, []
    for column, found in readings.items():
        by_sign = {f.decimal: f for f in reversed(found)}
        if len(found) == 1 or len(by_sign) == 1:
            formats[column] = found[0]
        elif hint is not None:
            formats[column] = by_sign[hint]
        else:
            doubts[column] = _doubt(shapes[column], by_sign)
            continue
        chosen = formats[column].decimal
        if file_decimal not in (None, chosen) and _tells(shapes[column]):
            notes.append(
                f"numbers in {column} have the decimal sign {chosen!r}, whatever [file] decimal says: "
                f"{_telling(shapes[column])}"
            )
    return NumbersSettled(formats, doubts, tuple(notes))


def is_number(shape: Shape, form: NumberFormat) -> bool:
    """Whether the values of a shape are numbers in this format."""
    return _point(shape, form) is not None


def are_numbers(shapes: Iterable[Shape]) -> bool:
    """Whether all shapes of a column are numbers in one and the same format."""
    shapes = list(shapes)
    return bool(shapes) and any(all(is_number(s, form) for s in shapes) for form in _FORMATS)


_FORMATS: tuple[NumberFormat, ...] = (
    NumberFormat("."),
    NumberFormat(","),
    NumberFormat(".", ","),
    NumberFormat(",", "."),
    *(NumberFormat(d, between) for between in BETWEEN_THOUSANDS for d in (".", ",")),
)
"""Every way of writing numbers that is known, the simplest first."""


def _point(shape: Shape, form: NumberFormat) -> int | None:
    """Where the decimal sign stands (the length where there is none); None where it is no number."""
    text = shape.text
    if text.lstrip("+-").lower() in _WORDS:
        return len(text)
    d = re.escape(form.decimal)
    whole = "9+"
    if form.thousands:
        between = f"[{re.escape(form.thousands)}]"
        whole = f"(?:9+|9{{1,3}}(?:{between}999)+)"
    match = re.fullmatch(rf"[+-]?(?:{whole}(?:{d}9*)?|{d}9+){_EXPONENT}", text)
    if match is None:
        return None
    grouped = form.thousands and any(sign in text for sign in form.thousands)
    if grouped and shape.low.lstrip("+-").startswith("0"):
        return None
    at = text.find(form.decimal)
    return len(text) if at < 0 else at


def _readings(shapes: Sequence[Shape], declared: Decimal | None) -> list[NumberFormat]:
    """The formats that read most rows and differ in what they make of them, the simplest first."""
    found: dict[tuple[int | None, ...], NumberFormat] = {}
    most = -1
    for form in _FORMATS:
        if declared not in (None, form.decimal):
            continue
        points = tuple(_point(s, form) for s in shapes)
        rows = sum(s.n for s, at in zip(shapes, points, strict=True) if at is not None)
        if rows < most:
            continue
        if rows > most:
            most, found = rows, {}
        good = [s.text for s, at in zip(shapes, points, strict=True) if at is not None]
        only = () if len(good) == len(shapes) else tuple(good) or ("",)
        found.setdefault(points, NumberFormat(form.decimal, form.thousands, only))
    readings = list(found.values())
    if declared is None and len(readings) == 1 and readings[0].only:
        readings += _mixed(shapes, readings[0])
    return readings


def _mixed(shapes: Sequence[Shape], chosen: NumberFormat) -> list[NumberFormat]:
    """The other reading, where some rows can only be read by the other sign and some by either: then
    nothing tells how the latter are meant."""
    others = sorted(
        (f for f in _FORMATS if f.decimal != chosen.decimal),
        key=lambda f: -sum(s.n for s in shapes if is_number(s, f)),
    )
    lost = [s for s in shapes if s.text not in chosen.only]
    for form in others if any(is_number(s, f) for s in lost for f in others) else ():
        for shape in shapes:
            at, as_chosen = _point(shape, form), _point(shape, chosen)
            if at is not None and as_chosen is not None and at != as_chosen:
                only = tuple(s.text for s in shapes if is_number(s, form))
                return [NumberFormat(form.decimal, form.thousands, only)]
    return []


def best_format(shapes: Sequence[Shape]) -> tuple[NumberFormat, float]:
    """The format that reads most values, and the share that it reads."""
    total = sum(s.n for s in shapes)
    form = _readings(shapes, None)[0]
    return form, sum(s.n for s in shapes if is_number(s, form)) / total if total else 0.0


def _tells(shapes: Sequence[Shape]) -> bool:
    return any(sign in s.text for s in shapes for sign in ".,")


def _telling(shapes: Sequence[Shape]) -> str:
    return next(s.low for s in shapes if any(sign in s.text for sign in ".,"))


def _doubt(shapes: Sequence[Shape], by_sign: Mapping[Decimal, NumberFormat]) -> NumberDoubt:
    for shape in shapes:
        if _point(shape, by_sign["."]) != _point(shape, by_sign[","]):
            return NumberDoubt(
                shape.low,
                plain_number(shape.low, by_sign["."]),
                plain_number(shape.low, by_sign[","]),
            )
    raise AssertionError("two readings that differ in no shape")


def plain_number(text: str, form: NumberFormat) -> str:
    """A number's text with a decimal point and nothing between thousands."""
    kept = "".join(c for c in text if c not in form.thousands)
    return kept.replace(form.decimal, ".")
