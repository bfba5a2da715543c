"""How the values of a table's columns are written, over all rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.different_values import DifferentValues
from takeup.record.shapes import Shape, shape_of
from takeup.record.time_format import Fields
from takeup.record.words import plain_blanks

MOST_SHAPES = 10_000
"""A column with more is no column of numbers or moments; the most frequent are looked at."""

_NINES = str.maketrans("0123456789", "9" * 10)
_FIRST_TWO = r"^(\d{1,2})[-/.](\d{1,2})[-/.]"
_YEAR = r"(\d{4})"


def shapes_of(
    raw: ir.Table, column: str, different: DifferentValues | None, blanks: Collection[str]
) -> list[Shape]:
    """The shapes of a column of texts, the most frequent first; words for "unknown" left out.

    Where all different values are known, rows are not asked again and each value counts once.
    """
    unknown = {b.lower() for b in blanks}
    if different is not None:
        return _among(v for v in map(plain_blanks, different.values) if v.lower() not in unknown)
    text = raw[column].strip()
    found = fetch(
        raw.filter(text.notnull())
        .group_by(shape=shape_of(text))
        .aggregate(n=ibis._.count(), low=text.min(), high=text.max())
        .order_by(ibis.desc("n"))
        .limit(MOST_SHAPES)
    ).to_pylist()
    return [
        Shape(
            plain_blanks(s["shape"]), int(s["n"]), plain_blanks(s["low"]), plain_blanks(s["high"])
        )
        for s in found
        if s["shape"].lower() not in unknown and s["low"].lower() not in unknown
    ]


def _among(values: Iterable[str]) -> list[Shape]:
    found: dict[str, list[str]] = {}
    for value in sorted(values):
        found.setdefault(value.translate(_NINES), []).append(value)
    shapes = [Shape(text, len(v), v[0], v[-1]) for text, v in found.items()]
    return sorted(shapes, key=lambda s: -s.n)


def fields_of(raw: ir.Table, column: str) -> tuple[Fields, tuple[int, int] | None]:
    """The first two numbers of a column's dates, and the years they lie in, over all rows."""
    text = raw[column].strip()
    a = text.re_extract(_FIRST_TWO, 1).try_cast("int64")
    b = text.re_extract(_FIRST_TWO, 2).try_cast("int64")
    year = text.re_extract(_YEAR, 1).try_cast("int64")
    other = (a != b).fill_null(False)
    found = fetch(
        raw.aggregate(
            first=a.max(), second=b.max(), differ=other.any(),
            example=ibis.ifelse(other, text, ibis.literal(None, "string")).min(),
            low=year.min(), high=year.max(),
        )
    ).to_pylist()[0]  # fmt: skip
    years = (int(found["low"]), int(found["high"])) if found["low"] is not None else None
    fields = Fields(
        int(found["first"] or 0),
        int(found["second"] or 0),
        bool(found["differ"]),
        found["example"] or "",
    )
    return fields, years
