"""What the columns of a raw table hold, asked of all its rows and remembered.

Proposing a mapping and reading a table ask the same questions of it; each is put to the engine once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.different_values import DifferentValues
from takeup.record.parsing import present
from takeup.record.shapes import Shape, shape_of
from takeup.record.time_format import WEEKDAY, Fields
from takeup.record.words import has_wide_blanks, plain_blanks

MOST_VALUES = 50_000
"""Of a column with more different texts, single values are not looked at."""

MOST_SHAPES = 10_000
"""A column with more is no column of numbers or moments; the most frequent are looked at."""

_FIRST_ROWS = 5_000
"""Rows whose shapes most others are expected to have; a guess that only saves time."""

_MOST_USUAL, _LONGEST = 40, 40
"""How many shapes of the first rows are tried on all, and how long they may be."""

_PLACES = 100_000
_OTHER = -10
"""Stands for the place in texts that are written otherwise."""

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
        self._asked: dict[tuple[str, frozenset[str]], list[Shape]] = {}
        self._untrimmed: set[str] = set()
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
            # A word in digits alone has the shape of numbers that are known; "#DIV/0!" has one of its own.
            figures = frozenset(
                b for b in unknown if re.search("[0-9]", b) and not re.search(r"[^\W\d]", b)
            )
            self._shapes[column, unknown] = (
                _without(self._of_all_rows(column, figures), unknown - figures)
                if values is None
                else _among(values.values, unknown)
            )
        return self._shapes[column, unknown]

    def _of_all_rows(self, column: str, left_out: frozenset[str] = frozenset()) -> list[Shape]:
        """The shapes of a column, as they stand, each row counted that says none of the words `left_out`."""
        if (column, left_out) not in self._asked:
            value = self.table[column]
            said = present(value, sorted(left_out)) if left_out else value
            found, rest = self._usual(column, self.table.filter(said.notnull()))
            if rest is not None:
                self._untrimmed.add(column)
                text = rest[column].strip()
                for shape in _shapes(rest, shape_of(text), text):
                    known = found.get(shape.text)
                    found[shape.text] = _both(known, shape) if known else shape
            self._asked[column, left_out] = _most_first(found.values())
        return self._asked[column, left_out]

    def _usual(self, column: str, rows: ir.Table) -> tuple[dict[str, Shape], ir.Table | None]:
        """The shapes of texts that are written as the first rows are, and the rows that are not, if any.

        Their length and the place of their last sign tell the shape in a tenth of the time that replacing
        digits takes."""
        if rows.get_backend().name != "duckdb":
            return {}, rows
        first = rows.limit(_FIRST_ROWS)
        text = first[column].strip()
        known = [s.text for s in _shapes(first, shape_of(text), text)]
        known = [s for s in known if 0 < len(s) <= _LONGEST][:_MOST_USUAL]
        if not known:
            return {}, rows
        signs = [c for shape in known for c in reversed(shape) if c != "9"]
        sign = signs[0] if signs else " "
        by_place: dict[int, str] = {}
        for shape in known:
            by_place.setdefault(len(shape) * _PLACES + shape.find(sign), shape)
        patterns = (re.escape(s).replace("9", "[0-9]") for s in by_place.values())
        usual = rows[column].re_search(f"^(?:{'|'.join(patterns)})$")
        place = rows[column].length() * _PLACES + rows[column].find(sign)
        found = {int(s.text): s for s in _shapes(rows, usual.ifelse(place, _OTHER), rows[column])}
        rest = rows.filter(~usual) if found.pop(_OTHER, None) else None
        return {by_place[n]: replace(s, text=by_place[n]) for n, s in found.items()}, rest

    def is_clean(self, column: str, blanks: Collection[str]) -> bool:
        """Whether the shapes of a column, where they were asked of all rows, show that no text of it has
        blanks around it or wide ones within, or is a word for "unknown"."""
        shapes = self._asked.get((column, frozenset()), [])
        if not shapes or column in self._untrimmed:
            return False
        unknown = [b.translate(_NINES) for b in blanks]
        return DifferentValues(frozenset(s.text for s in shapes)).is_clean(unknown)

    def fields(self, column: str) -> tuple[Fields, tuple[int, int] | None]:
        """The first two numbers of a column's dates, and the years they lie in."""
        if column not in self._fields:
            self._fields[column] = self._fields_of(column)
        return self._fields[column]

    def _fields_of(self, column: str) -> tuple[Fields, tuple[int, int] | None]:
        shapes = self._of_all_rows(column)
        end = max((_end_of_date(plain_blanks(s.text)) for s in shapes), default=0)
        if not end:
            return Fields(), None
        text = self.table[column]
        if any(has_wide_blanks(s.text) for s in shapes):
            text = present(text, ())
        text = (text.left(1) <= " ").ifelse(text.strip(), text)
        if len(shapes) < MOST_SHAPES:
            text = text.left(end)
        days = self.table.group_by(text=text).aggregate(n=ibis._.count())
        a = days.text.re_extract(_FIRST_TWO, 1).try_cast("int64")
        b = days.text.re_extract(_FIRST_TWO, 2).try_cast("int64")
        year = days.text.re_extract(_YEAR, 1).try_cast("int64")
        other = (a != b).fill_null(False)
        found = fetch(
            days.aggregate(
                first=days.n.sum(where=a.between(13, 31) & (b <= 12)),
                second=days.n.sum(where=b.between(13, 31) & (a <= 12)),
                example=days.text.min(where=other), low=year.min(), high=year.max(),
            )
        ).to_pylist()[0]  # fmt: skip
        years = (int(found["low"]), int(found["high"])) if found["low"] is not None else None
        example = found["example"]
        fields = Fields(
            int(found["first"] or 0), int(found["second"] or 0), example is not None, example or ""
        )
        return fields, years


def _shapes(rows: ir.Table, written: ir.Value, text: ir.StringValue) -> list[Shape]:
    """How many texts are written in each way, the first and the last of them; the most frequent first."""
    found = (
        rows.group_by(text=written)
        .aggregate(n=ibis._.count(), low=text.min(), high=text.max())
        .order_by([ibis.desc("n"), "text"])
        .limit(MOST_SHAPES)
    )
    return [Shape(**s) for s in fetch(found).to_pylist() if s["text"] is not None]


def _both(a: Shape, b: Shape) -> Shape:
    return Shape(a.text, a.n + b.n, min(a.low, b.low), max(a.high, b.high))


def _end_of_date(shape: str) -> int:
    """Where the first two numbers of a date and its year end in texts of a shape; 0 where there are none."""
    return max(m.end() if (m := re.search(p, shape)) else 0 for p in (_FIRST_TWO, _YEAR))


def _without(shapes: Iterable[Shape], unknown: Collection[str]) -> list[Shape]:
    """Shapes in plain blanks, words for "unknown" left out."""
    return [
        replace(s, text=plain, low=plain_blanks(s.low), high=plain_blanks(s.high))
        for s in shapes
        if (plain := plain_blanks(s.text)).lower() not in unknown
    ]


def _among(values: Iterable[str], unknown: Collection[str]) -> list[Shape]:
    found: dict[str, list[str]] = {}
    for value in sorted(v for v in map(plain_blanks, values) if v.lower() not in unknown):
        found.setdefault(value.translate(_NINES), []).append(value)
    return _most_first(Shape(text, len(v), v[0], v[-1]) for text, v in found.items())


def _most_first(shapes: Iterable[Shape]) -> list[Shape]:
    """The most frequent first, and equally frequent ones in one order however the rows stand."""
    return sorted(shapes, key=lambda s: (-s.n, s.text))
