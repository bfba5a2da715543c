"""What the columns of a raw table hold, asked of all its rows and remembered.

Proposing a mapping and reading a table ask the same questions of it; each is put to the engine once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.different_values import DifferentValues
from takeup.record.shapes import Shape, shape_of
from takeup.record.time_format import WEEKDAY, Fields
from takeup.record.words import plain_blanks

MOST_VALUES = 50_000
"""Of a column with more different texts, single values are not looked at."""

MOST_SHAPES = 10_000
"""A column with more is no column of numbers or moments; the most frequent are looked at."""

_NINES = str.maketrans("0123456789", "9" * 10)
_FIRST_TWO = rf"^(?:{WEEKDAY})?(\d{{1,2}})[-/.](\d{{1,2}})[-/.]"
_YEAR = r"(\d{4})"


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of a column are not blank, and about how many values differ."""

    known: int
    different: int


class Held:
    """A table's columns, looked at when asked, each thing once."""

    def __init__(self, table: ir.Table) -> None:
        self.table = table
        self._sizes: dict[str, Size] = {}
        self._values: dict[str, DifferentValues | None] = {}
        self._shapes: dict[tuple[str, frozenset[str]], list[Shape]] = {}
        self._fields: dict[str, tuple[Fields, tuple[int, int] | None]] = {}

    def is_text(self, column: str) -> bool:
        """Whether the table has the column, as texts."""
        return column in self.table.columns and bool(self.table[column].type().is_string())

    def sizes(self, columns: Iterable[str]) -> dict[str, Size]:
        """How much each column holds."""
        wanted = dict.fromkeys(columns)
        new = [c for c in wanted if c not in self._sizes]
        if new:
            asked: dict[str, ir.Value] = {}
            for i, c in enumerate(new):
                value = self.table[c]
                asked[f"k{i}"] = (value.nullif("") if value.type().is_string() else value).count()
                asked[f"d{i}"] = value.approx_nunique()
            found = fetch(self.table.aggregate(**asked)).to_pylist()[0]
            for i, c in enumerate(new):
                self._sizes[c] = Size(int(found[f"k{i}"] or 0), int(found[f"d{i}"] or 0))
        return {c: self._sizes[c] for c in wanted}

    def texts(self, columns: Iterable[str]) -> dict[str, DifferentValues]:
        """The different texts of those columns that have few."""
        wanted = [c for c in dict.fromkeys(columns) if self.is_text(c)]
        new = [c for c in wanted if c not in self._values]
        if new:
            sizes = self.sizes(new)
            few = [c for c in new if sizes[c].different <= MOST_VALUES]
            self._values.update(dict.fromkeys(new))
            if few:
                asked = {f"v{i}": self.table[c].collect(distinct=True) for i, c in enumerate(few)}
                found = fetch(self.table.aggregate(**asked)).to_pylist()[0]
                for i, c in enumerate(few):
                    known = frozenset(v for v in found[f"v{i}"] or () if v is not None)
                    self._values[c] = DifferentValues(known)
        return {c: held for c in wanted if (held := self._values[c]) is not None}

    def shapes(self, column: str, blanks: Collection[str]) -> list[Shape]:
        """The shapes of a column of texts, the most frequent first; words for "unknown" left out.

        Where all different texts are known, rows are not asked again and each text counts once.
        """
        unknown = frozenset(b.lower() for b in blanks)
        if (column, unknown) not in self._shapes:
            values = self.texts([column]).get(column)
            self._shapes[column, unknown] = (
                self._asked(column, unknown) if values is None else _among(values.values, unknown)
            )
        return self._shapes[column, unknown]

    def _asked(self, column: str, unknown: Collection[str]) -> list[Shape]:
        text = self.table[column].strip()
        found = fetch(
            self.table.filter(text.notnull())
            .group_by(shape=shape_of(text))
            .aggregate(n=ibis._.count(), low=text.min(), high=text.max())
            .order_by(ibis.desc("n"))
            .limit(MOST_SHAPES)
        ).to_pylist()
        return [
            Shape(
                plain_blanks(s["shape"]),
                int(s["n"]),
                plain_blanks(s["low"]),
                plain_blanks(s["high"]),
            )
            for s in found
            if s["shape"].lower() not in unknown and s["low"].lower() not in unknown
        ]

    def fields(self, column: str) -> tuple[Fields, tuple[int, int] | None]:
        """The first two numbers of a column's dates, and the years they lie in."""
        if column not in self._fields:
            self._fields[column] = self._fields_of(column)
        return self._fields[column]

    def _fields_of(self, column: str) -> tuple[Fields, tuple[int, int] | None]:
        text = self.table[column].strip()
        a = text.re_extract(_FIRST_TWO, 1).try_cast("int64")
        b = text.re_extract(_FIRST_TWO, 2).try_cast("int64")
        year = text.re_extract(_YEAR, 1).try_cast("int64")
        other = (a != b).fill_null(False)
        found = fetch(
            self.table.aggregate(
                first=(a.between(13, 31) & (b <= 12)).sum(), second=(b.between(13, 31) & (a <= 12)).sum(), differ=other.any(),
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


def _among(values: Iterable[str], unknown: Collection[str]) -> list[Shape]:
    found: dict[str, list[str]] = {}
    for value in sorted(v for v in map(plain_blanks, values) if v.lower() not in unknown):
        found.setdefault(value.translate(_NINES), []).append(value)
    shapes = [Shape(text, len(v), v[0], v[-1]) for text, v in found.items()]
    return sorted(shapes, key=lambda s: -s.n)
