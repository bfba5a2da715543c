"""How the numbers of a column are written: which sign is the decimal one, which stands between thousands.

`8,039` is eight thousand or about eight; only the rest of the column, or of the file, can tell. What
nothing tells is a doubt that is asked, never a guess.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

from takeup.record.shapes import Shape
from takeup.record.toml_file import toml_key
from takeup.record.units import MINUS, PERCENT, undressed

Decimal = Literal[".", ","]

BETWEEN_THOUSANDS = (" ", "'’")
"""Signs between thousands other than point and comma: blanks (wide ones are read as plain), and the Swiss
apostrophe."""

_WORDS = ("inf", "infinity", "nan")
_EXPONENT = r"(?P<exponent>[eE][+-]?9+)?"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The decimal sign and the signs passed over between thousands. `only`: the shapes that are numbers
    when read so, where the column has others too, and `lost` the most frequent of these.

    `unit` is what all amounts are in and `spellings` how it is written; `hundredths`: percent is read as
    a fraction. `accounting`: a minus stands behind, or is a pair of parentheses; `dressed`: something
    stands around the digits."""

    decimal: Decimal = "."
    thousands: str = ""
    only: tuple[str, ...] = ()
    lost: str = ""
    unit: str = ""
    spellings: tuple[str, ...] = ()
    hundredths: bool = False
    accounting: bool = False
    dressed: bool = False


@dataclass(frozen=True, slots=True)
class NumberDoubt:
    """A column whose numbers can be read in two ways: `example` is `by_point` with a decimal point and
    `by_comma` with a decimal comma."""

    example: str
    by_point: str
    by_comma: str


@dataclass(frozen=True, slots=True)
class UnitsDoubt:
    """A column of several quantities: of each unit ("" for none) a value."""

    examples: dict[str, str]


@dataclass(frozen=True, slots=True)
class NumbersSettled:
    """`formats` of the columns that are settled, `doubts` of the others, and what is to be said of
    columns that do not follow the file's own sign, or write more than digits."""

    formats: dict[str, NumberFormat]
    doubts: dict[str, NumberDoubt | UnitsDoubt]
    notes: tuple[str, ...]


def settle_numbers(
    shapes: Mapping[str, Sequence[Shape]],
    declared: Mapping[str, Decimal],
    file_decimal: Decimal | None = None,
    fractions: Collection[str] = (),
) -> NumbersSettled:
    """How each column writes its numbers, by all its rows.

    A column that tells is read as it tells, or as `declared` for it. One that does not is read by
    `file_decimal`, else as all the others that tell, where those agree. Percent is a fraction in the
    columns `fractions`.
    """
    units = {c: _several_units(found) for c, found in shapes.items()}
    readings = {c: _readings(found, declared.get(c)) for c, found in shapes.items() if not units[c]}
    told = {r[0].decimal for c, r in readings.items() if len(r) == 1 and _tells(shapes[c])}
    hint = file_decimal or (next(iter(told)) if len(told) == 1 else None)
    formats: dict[str, NumberFormat] = {}
    doubts: dict[str, NumberDoubt | UnitsDoubt] = {
        c: UnitsDoubt(several) for c, several in units.items() if several
    }
    notes: list[str] = []
    for column, found in readings.items():
        by_sign = {f.decimal: f for f in reversed(found)}
        if len(found) == 1 or len(by_sign) == 1:
            formats[column] = found[0]
        elif hint is not None:
            formats[column] = by_sign[hint]
        else:
            doubts[column] = _doubt(shapes[column], by_sign)
            continue
        if column in fractions and formats[column].unit == PERCENT:
            formats[column] = replace(formats[column], hundredths=True)
        notes += _dress_notes(column, formats[column], shapes[column])
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
    if not shapes or not all(_reads_somehow(undressed(s.text).core) for s in shapes):
        return False
    forms = _formats(shapes)
    return any(all(is_number(s, form) for s in shapes) for form in forms)


_FORMATS: tuple[NumberFormat, ...] = (
    NumberFormat("."),
    NumberFormat(","),
    NumberFormat(".", ","),
    NumberFormat(",", "."),
    *(NumberFormat(d, between) for between in BETWEEN_THOUSANDS for d in (".", ",")),
)
"""Every way of writing digits that is known, the simplest first."""


def _formats(shapes: Sequence[Shape]) -> list[NumberFormat]:
    """Every way in which a column may write its numbers, with what stands around most of them."""
    rows: dict[str, int] = {}
    for shape in shapes:
        dress = undressed(shape.text)
        if _reads_somehow(dress.core):
            rows[dress.unit] = rows.get(dress.unit, 0) + shape.n
    named = {unit: n for unit, n in rows.items() if unit}
    unit = max(named, key=lambda u: named[u], default="")
    if unit == PERCENT and rows.get("", 0) > rows[unit]:
        unit = ""
    worn = [d for s in shapes if (d := undressed(s.text)).core != s.text and d.unit in ("", unit)]
    spellings = sorted({d.spelling for d in worn if d.spelling}, key=len, reverse=True)
    return [
        replace(
            form,
            unit=unit,
            spellings=tuple(spellings),
            accounting=any(d.accounting for d in worn),
            dressed=bool(worn),
        )
        for form in _FORMATS
    ]


@functools.lru_cache(maxsize=20_000)
def _reads_somehow(core: str) -> bool:
    return any(_point_of(core, core, form) is not None for form in _FORMATS)


def _several_units(shapes: Sequence[Shape]) -> dict[str, str]:
    """Of each unit a value, where a column has amounts in several, or percent beside plain numbers."""
    examples: dict[str, str] = {}
    for shape in shapes:
        dress = undressed(shape.text)
        if dress.core.lstrip("+-").lower() not in _WORDS and _reads_somehow(dress.core):
            examples.setdefault(dress.unit, shape.low)
    if PERCENT not in examples:
        examples.pop("", None)
    return examples if len(examples) > 1 else {}


def _dress_notes(column: str, form: NumberFormat, shapes: Sequence[Shape]) -> list[str]:
    notes = []
    if form.unit == PERCENT:
        example = next(s.low for s in shapes if undressed(s.text).unit)
        meant = "a fraction (50 % is 0.5)" if form.hundredths else "the number before the sign"
        notes.append(f"percent in {column} ({example}) is read as {meant}")
    elif form.unit:
        bare = next(
            (s.low for s in shapes if is_number(s, form) and not undressed(s.text).unit), None
        )
        also = f", also where none is named ({bare})" if bare is not None else ""
        notes.append(f"amounts in {column} are in {form.unit}{also}")
    if form.accounting:
        example = next(s.low for s in shapes if undressed(s.text).accounting)
        notes.append(f"{example} in {column} is read as a number below zero")
    return notes


def _point(shape: Shape, form: NumberFormat) -> int | None:
    """Where the decimal sign stands (the length where there is none); None where it is no number."""
    dress = undressed(shape.text)
    if dress.unit != form.unit and (dress.unit or form.unit == PERCENT):
        return None
    return _point_of(dress.core, undressed(shape.low).core, form)


def _point_of(text: str, low: str, form: NumberFormat) -> int | None:
    """The same of a shape that nothing stands around. `low`: a value of it."""
    if text.lstrip("+-").lower() in _WORDS:
        return len(text)
    match = _pattern(form.decimal, form.thousands).fullmatch(text)
    if match is None:
        return None
    grouped = form.thousands and any(sign in text for sign in form.thousands)
    # No thousand begins with a nought, and nobody groups the digits before an exponent.
    if grouped and (low.lstrip("+-").startswith("0") or match["exponent"]):
        return None
    at = text.find(form.decimal)
    return len(text) if at < 0 else at


@functools.cache
def _pattern(decimal: Decimal, thousands: str) -> re.Pattern[str]:
    d = re.escape(decimal)
    whole = "9+"
    if thousands:
        between = f"[{re.escape(thousands)}]"
        whole = f"(?:9+|9{{1,3}}(?:{between}999)+)"
    if thousands == ",":
        # Lakhs and crores: 6,76,65,960.
        whole = f"(?:{whole}|9{{1,2}}(?:,99)+,999)"
    return re.compile(rf"[+-]?(?:{whole}(?:{d}9*)?|{d}9+){_EXPONENT}")


def _readings(shapes: Sequence[Shape], declared: Decimal | None) -> list[NumberFormat]:
    """The formats that read most rows and differ in what they make of them, the simplest first."""
    found: dict[tuple[int | None, ...], NumberFormat] = {}
    most = -1
    for form in _formats(shapes):
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
        lost = next((s.low for s, at in zip(shapes, points, strict=True) if at is None), "")
        found.setdefault(points, replace(form, only=only, lost=lost))
    readings = list(found.values())
    if declared is None and len(readings) == 1 and readings[0].only:
        readings += _mixed(shapes, readings[0])
    return readings


def _mixed(shapes: Sequence[Shape], chosen: NumberFormat) -> list[NumberFormat]:
    """The other reading, where some rows can only be read by the other sign and some by either: then
    nothing tells how the latter are meant."""
    others = sorted(
        (f for f in _formats(shapes) if f.decimal != chosen.decimal),
        key=lambda f: -sum(s.n for s in shapes if is_number(s, f)),
    )
    lost = [s for s in shapes if s.text not in chosen.only]
    for form in others if any(is_number(s, f) for s in lost for f in others) else ():
        for shape in shapes:
            at, as_chosen = _point(shape, form), _point(shape, chosen)
            if at is not None and as_chosen is not None and at != as_chosen:
                only = tuple(s.text for s in shapes if is_number(s, form))
                return [replace(form, only=only)]
    return []


def best_format(shapes: Sequence[Shape]) -> tuple[NumberFormat, float]:
    """The format that reads most values, and the share that it reads."""
    total = sum(s.n for s in shapes)
    form = _readings(shapes, None)[0]
    return form, sum(s.n for s in shapes if is_number(s, form)) / total if total else 0.0


def _tells(shapes: Sequence[Shape]) -> bool:
    return any(sign in undressed(s.text).core for s in shapes for sign in ".,")


def _telling(shapes: Sequence[Shape]) -> str:
    return next(s.low for s in shapes if any(sign in undressed(s.text).core for sign in ".,"))


def _doubt(shapes: Sequence[Shape], by_sign: Mapping[Decimal, NumberFormat]) -> NumberDoubt:
    for shape in shapes:
        if _point(shape, by_sign["."]) != _point(shape, by_sign[","]):
            return NumberDoubt(
                shape.low,
                _without_noughts(plain_number(shape.low, by_sign["."])),
                _without_noughts(plain_number(shape.low, by_sign[","])),
            )
    raise AssertionError("two readings that differ in no shape")


def _without_noughts(number: str) -> str:
    """10.000 is 10: where points stand between thousands, the noughts would make it ten thousand again."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def plain_number(text: str, form: NumberFormat) -> str:
    """A number's text with a decimal point and nothing between thousands."""
    kept = "".join(c for c in undressed(text).core if c not in form.thousands)
    return kept.replace(form.decimal, ".")


def bare_number(text: ir.StringValue, form: NumberFormat) -> ir.StringValue:
    """The text of each number without what stands around it, its minus in front, on any engine."""
    if not form.dressed:
        return text
    for sign in (*form.spellings, " "):
        text = text.replace(sign, "")
    for minus in MINUS[1:]:
        text = text.replace(minus, "-")
    text = text.re_replace(r"(\d)[.,]--?(\)?)$", r"\1\2")
    negative = text.startswith("(") | text.startswith("-") | text.endswith("-")
    return ibis.ifelse(negative, ibis.literal("-") + text.re_replace("[()]|^-|-$", ""), text)


def number_remedy(source: str, form: NumberFormat) -> str:
    """What to do about a value of the column `source` that is no number as `form` writes them."""
    like = "1234.5" if form.decimal == "." else "1234,5"
    other: Decimal = "," if form.decimal == "." else "."
    lost = [Shape(form.lost.translate(_NINES), 1, form.lost, form.lost)]
    if form.lost and any(is_number(lost[0], f) for f in _formats(lost) if f.decimal == other):
        return (
            f"write numbers like {like}, as the rest of the column; if {source} has another decimal sign, "
            f'set [formats.{toml_key(source)}] decimal = "{other}" in the mapping'
        )
    return (
        f"write the number alone, like {like}: digits and the decimal sign, without words; a unit "
        "belongs into the column's name, and a cell whose number is not known is blank"
    )


_NINES = str.maketrans("0123456789", "9" * 10)
