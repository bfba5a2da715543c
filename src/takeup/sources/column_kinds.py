"""What the columns of a raw table can be: numbers, moments, yes or no, words, ids; by all their rows."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from typing import TypeVar, cast

import ibis.expr.datatypes as dt

from takeup.log import fetch
from takeup.record.columns import COLUMNS
from takeup.record.number_format import NumberFormat, best_format
from takeup.record.parsing import FALSE_WORDS, TRUE_WORDS, present, to_number
from takeup.record.reader import ROW
from takeup.record.time_format import share_of_moments
from takeup.record.units import PERCENT
from takeup.record.vocabulary import BLANKS
from takeup.record.words import tidy
from takeup.sources.covariates import FEW
from takeup.sources.held import Size
from takeup.sources.languages import every_language, plain_name
from takeup.sources.look import unit_of_count
from takeup.sources.raw_table import RawTable

_NEARLY_ALL = 0.95
_MOST_WORDS = {
    "choice": 50,
    "recommendation": 50,
    "initial_choice": 50,
    "correct_choice": 50,
    "action": 20,
}
_MOST_ASKED = 8
_UNIQUE_ENOUGH = 0.95
_LONGEST = 40
"""Signs of a number or moment with all that may stand around it."""


Answer = TypeVar("Answer")


def _once(ask: Callable[[ColumnKinds, str], Answer]) -> Callable[[ColumnKinds, str], Answer]:
    """Asks for each column once. What was told goes with the columns it was told of."""

    @functools.wraps(ask)
    def told(self: ColumnKinds, column: str) -> Answer:
        key = (ask.__name__, column)
        if key not in self.told:
            self.told[key] = ask(self, column)
        return cast(Answer, self.told[key])

    return told


class ColumnKinds:
    """The columns of one table. Each question is put to the engine once."""

    def __init__(self, raw: RawTable, columns: Collection[str]) -> None:
        self.raw, self.held = raw, raw.held
        self.told: dict[tuple[str, str], object] = {}
        self.columns = list(columns)
        self.sizes = self.held.sizes(self.columns)
        self.texts = {
            c: frozenset(tidy(v) for v in held.values if tidy(v).lower() not in BLANKS)
            for c, held in self.held.texts(
                c for c in self.columns if self.sizes[c].different <= 2_000
            ).items()
        }

    def dtype(self, column: str) -> dt.DataType:
        """The engine's type."""
        return self.raw.table[column].type()

    def is_blank(self, column: str) -> bool:
        """Whether the column holds nothing."""
        if column in self.texts:
            return not self.texts[column]
        return self.sizes[column].known == 0

    def words(self, column: str) -> frozenset[str] | None:
        """The different words of a column that has few; None for others. Of a typed column too."""
        if column in self.texts:
            return self.texts[column]
        if self.held.is_text(column) or self.sizes[column].different > 50:
            return None
        return self._typed_words(column)

    @_once
    def _typed_words(self, column: str) -> frozenset[str]:
        value = self.raw.table[column].cast("string")
        found = fetch(self.raw.table.select(v=value).distinct().limit(100))["v"].to_pylist()
        return frozenset(str(v) for v in found if v is not None)

    @_once
    def number_format(self, column: str) -> NumberFormat | None:
        """How a column of texts writes numbers, where nearly all of it are numbers."""
        if not self.held.is_text(column):
            return None
        if column not in self.texts and not self._has_digits(column):
            return None
        form, share = best_format(self.held.shapes(column, BLANKS))
        return form if share >= _NEARLY_ALL else None

    def is_number(self, column: str) -> bool:
        """Whether the column holds numbers."""
        kind = self.dtype(column)
        return bool(kind.is_numeric()) or self.number_format(column) is not None

    @_once
    def is_time(self, column: str) -> bool:
        """Whether the column holds moments; counts since 1970 where their size says so."""
        kind = self.dtype(column)
        if kind.is_timestamp() or kind.is_date():
            return True
        if kind.is_integer():
            most = fetch(self.raw.table.aggregate(m=self.raw.table[column].max()))["m"][0].as_py()
            return unit_of_count(most) not in (None, "days")
        if not self.held.is_text(column):
            return False
        if column not in self.texts and not self._has_digits(column):
            return False
        return share_of_moments(self.held.shapes(column, BLANKS)) >= _NEARLY_ALL

    @_once
    def _has_digits(self, column: str) -> bool:
        """Whether most texts that say something are short and hold a digit, which is asked before how each
        is written."""
        text = self.raw.table[column]
        fits = text.re_search(r"\d") & (text.length() <= _LONGEST)
        most = int(fetch(self.raw.table.aggregate(n=fits.sum()))["n"][0].as_py() or 0)
        known = self.sizes[column].known
        if most < 0.5 * known:
            says = present(text, BLANKS).notnull()
            known = int(fetch(self.raw.table.aggregate(n=says.sum()))["n"][0].as_py() or 0)
        return most >= 0.5 * known

    @_once
    def span(self, column: str) -> tuple[float, float] | None:
        """The least and the greatest number."""
        value = self.raw.table[column]
        if value.type().is_string():
            form = self.number_format(column)
            if form is None:
                return None
            value = to_number(present(value, BLANKS), form)
        found = fetch(self.raw.table.aggregate(low=value.min(), high=value.max())).to_pylist()[0]
        return None if found["low"] is None else (float(found["low"]), float(found["high"]))

    def is_yes_or_no(self, column: str) -> bool:
        """Whether the column says yes or no, in any language."""
        if self.dtype(column).is_boolean():
            return True
        words = self.words(column)
        return bool(words) and all(w.lower() in (*TRUE_WORDS, *FALSE_WORDS) for w in words or ())

    def is_unique(self, column: str) -> bool:
        """Whether no value stands twice."""
        size = self.sizes[column]
        if size.different < _UNIQUE_ENOUGH * 0.9 * size.known:
            return False
        exact = self.exact_size(column)
        return exact.known == exact.different

    @_once
    def exact_size(self, column: str) -> Size:
        """How many rows of a column are not blank, and how many values differ, counted."""
        value = self.raw.table[column]
        found = fetch(self.raw.table.aggregate(n=value.count(), d=value.nunique())).to_pylist()[0]
        return Size(int(found["n"]), int(found["d"]))

    def nearly_unique(self, column: str) -> bool:
        """Whether nearly every row has a value of its own."""
        size = self.sizes[column]
        return size.known > 0 and size.different >= 0.9 * size.known

    @_once
    def repeats_whole(self, column: str) -> bool:
        """Whether rows of one value are the same in every column, so that each but the first is a copy."""
        size = self.sizes[column]
        if 2 * size.different < size.known:
            return False
        table = self.raw.table
        rows = table.filter(table[column].notnull()).drop(*({ROW} & {*table.columns})).distinct()
        return bool(
            fetch(rows.aggregate(n=rows.count()))["n"][0].as_py()
            == self.exact_size(column).different
        )

    def has_blanks(self, column: str) -> bool:
        """Whether some rows hold nothing, or a word for it."""
        if self.sizes[column].known < self.raw.rows_read:
            return True
        held = self.held.texts([column]).get(column)
        return held is not None and any(tidy(v).lower() in BLANKS for v in held.values)

    def may_bear(self, name: str) -> bool:
        """Whether the column that bears the canonical `name` can be it: one of few allowed words is no
        column of numbers or of texts."""
        if COLUMNS[name].kind != "word" or name == "action":
            return True
        words = self.words(name)
        return words is not None and len(words) <= _MOST_ASKED and not self.is_time(name)

    def _are_codes(self, column: str) -> bool:
        """Whether a column of numbers says by its name that they are names of kinds."""
        patterns = every_language().patterns["codes"]
        return any(re.search(p, plain_name(column)) for p in patterns)

    def fits(self, name: str, column: str) -> bool:
        """Whether a column's values can be what the canonical name says."""
        if self.is_blank(column):
            return False
        kind, allowed = COLUMNS[name].kind, COLUMNS[name].words
        if name == "outcome" and self.is_yes_or_no(column):
            return True
        if kind in ("share", "probability"):
            span = self.span(column) if self.is_number(column) else None
            form = self.number_format(column)
            whole = 100 if form and form.unit == PERCENT else 1
            return span is not None and span[0] >= 0 and span[1] <= whole
        if kind in ("number", "integer"):
            return self.is_number(column) and not self.dtype(column).is_boolean()
        if kind == "time":
            return self.is_time(column)
        if kind == "boolean":
            return self.is_yes_or_no(column)
        words = self.words(column)
        if kind == "word":
            if name == "action":
                actions = every_language().actions
                return words is not None and any(
                    every_language().meaning(w, actions) for w in words
                )
            known = every_language().vocabulary.get(name, {})
            return words is not None and all(
                w.lower() in allowed or every_language().meaning(w, known) for w in words
            )
        most = _MOST_WORDS.get(name)
        if most is not None:
            if self.is_number(column) and self.sizes[column].different > FEW:
                return most >= self.sizes[column].different and self._are_codes(column)
            return words is not None and len(words) <= most and not self.is_time(column)
        return not self.is_time(column)
