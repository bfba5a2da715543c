"""What a table's columns hold, looked at once and over all rows before the table is read.

Words, decimal signs, the order of days and months: each column tells its own, and what nothing tells is
asked. `look` raises the questions as one InputError; `questions` gives them one by one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record import parsing
from takeup.record.canonical import Canonical, canonicalise
from takeup.record.clock import now
from takeup.record.columns import kind_of
from takeup.record.different_values import DifferentValues
from takeup.record.errors import InputError
from takeup.record.mapping import ColumnFormat, Mapping
from takeup.record.number_format import NumberDoubt, NumberFormat, are_numbers, settle_numbers
from takeup.record.reader import as_key
from takeup.record.seen import Seen
from takeup.record.shapes import Shape
from takeup.record.spelling import spell
from takeup.record.time_format import Fields, TimeDoubt, TimeFormat, Unit, settle_time
from takeup.record.use_case import UseCase
from takeup.sources.covariates import settle_covariates
from takeup.sources.different_values import different_values
from takeup.sources.raw_table import RawTable
from takeup.sources.shapes import fields_of, shapes_of

_NUMBERS = ("number", "share", "probability", "integer")
_SECONDS_OF: dict[Unit, float] = {"days": 86_400, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_EXCEL_BEGINS = datetime(1899, 12, 30, tzinfo=UTC).timestamp()
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Question:
    """What a table leaves open: `text` says it, `answers` what could be meant and the lines of a mapping
    that say so."""

    column: str
    text: str
    answers: tuple[tuple[str, str], ...]

    def sentence(self) -> str:
        """The question with its answers, as an error says it."""
        ways = "; ".join(f"{meaning}: {lines}" for meaning, lines in self.answers)
        return f"{self.text} Say which in the mapping. {ways}"


@dataclass(frozen=True, slots=True)
class Look:
    """A mapping with every covariate a name or a number, what was seen, what is open."""

    mapping: Mapping
    seen: Seen
    questions: tuple[Question, ...]

    def settled(self, name: str) -> Look:
        """This look, where nothing is open. Raises InputError that asks all that is."""
        if self.questions:
            lines = [f"{name}: {q.sentence()}" for q in self.questions]
            raise InputError("\n".join(lines))
        return self


def look(
    raw: ir.Table, mapping: Mapping, choices: Iterable[str] = (), *, is_text: bool = True
) -> Look:
    """How the columns that the mapping names are written, by all rows of `raw`. `choices`: the words that
    the use case declares."""
    different = different_values(raw, mapping)
    texts = _Texts(raw, mapping, different)
    mapping = settle_covariates(raw, mapping, texts.shapes, is_text=is_text)
    numbers = settle_numbers(
        {c: texts.shapes(c) for c in _number_columns(raw, mapping)},
        {c: f.decimal for c, f in mapping.formats.items() if f.decimal},
        mapping.file.decimal,
    )
    questions = [_number_question(c, doubt) for c, doubt in numbers.doubts.items()]
    notes = list(numbers.notes)
    times: dict[str, TimeFormat] = {}
    years: dict[str, tuple[int, int]] = {}
    for column in _time_columns(raw, mapping):
        form, span, note = _time_format(raw, column, texts, mapping)
        if isinstance(form, TimeDoubt):
            questions.append(_time_question(column, form))
            continue
        if form is not None:
            times[column] = form
        if span is not None:
            years[column] = span
        notes += [f"{column}: {note}"] if note else []
    spellings, one_word = spell(mapping, different, choices)
    notes += one_word
    seen = Seen(different, numbers.formats, times, years, spellings, tuple(notes))
    return Look(mapping, seen, tuple(questions))


def read_table(
    raw: RawTable,
    mapping: Mapping,
    use_case: UseCase,
    home: Literal["decisions", "eligible", "outcomes"] = "decisions",
) -> Canonical:
    """`raw` as a typed record, as its columns are seen to be written. Raises InputError that asks what they
    leave open, and what `canonicalise` raises."""
    found = look(raw.table, mapping, use_case.choices, is_text=raw.is_text).settled(raw.name)
    return canonicalise(
        raw.table, found.mapping, use_case, home, is_text=raw.is_text, seen=found.seen
    )


def order_of(raw: ir.Table, mapping: Mapping, column: str) -> Callable[[ir.Value], ir.Value]:
    """How the values of a column tell an order: as numbers, else as moments. Raises InputError where days
    and months cannot be told apart."""
    if not _is_text(raw, column):
        return lambda value: value
    texts = _Texts(raw, mapping, {})
    shapes, blanks = texts.shapes(column), mapping.file.blanks
    if are_numbers(shapes):
        settled = settle_numbers({column: shapes}, {}, mapping.file.decimal)
        form = settled.formats.get(column, NumberFormat())
        return lambda value: parsing.to_number(parsing.present(value, blanks), form)
    time, _, _ = _time_format(raw, column, texts, mapping)
    if isinstance(time, TimeDoubt):
        raise InputError(_time_question(column, time).sentence())
    if time is None:
        return lambda value: value
    return lambda value: parsing.to_time(
        parsing.present(value, blanks), time, mapping.file.time_zone
    )


class _Texts:
    """The shapes of the table's columns of texts, each asked once."""

    def __init__(
        self, raw: ir.Table, mapping: Mapping, different: dict[str, DifferentValues]
    ) -> None:
        self.raw, self.mapping, self.different = raw, mapping, different
        self._shapes: dict[str, list[Shape]] = {}

    def shapes(self, column: str) -> list[Shape]:
        if column not in self._shapes:
            found = shapes_of(
                self.raw, column, self.different.get(column), self.mapping.file.blanks
            )
            self._shapes[column] = found
        return self._shapes[column]


def _is_text(raw: ir.Table, column: str) -> bool:
    return column in raw.columns and bool(raw[column].type().is_string())


def _number_columns(raw: ir.Table, mapping: Mapping) -> list[str]:
    """Columns of texts that are to be read as numbers."""
    named = [
        source
        for name, source in mapping.columns.items()
        if isinstance(source, str)
        and (kind_of(name) in _NUMBERS or name in mapping.numbers)
        and name not in mapping.values
    ]
    named += [o.outcome for o in mapping.outcomes]
    for text in (*mapping.computed.values(), *(f.keep for f in mapping.filters)):
        named += [c for c in _names_in(text) if c in raw.columns]
    return [c for c in dict.fromkeys(named) if _is_text(raw, c)]


def _names_in(expression: str) -> Iterable[str]:
    """Columns that an expression may read as numbers; mistakes in it are told where it is read."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _time_columns(raw: ir.Table, mapping: Mapping) -> list[str]:
    named = [
        source
        for name, source in mapping.columns.items()
        if isinstance(source, str) and kind_of(name) == "time"
    ]
    return [c for c in dict.fromkeys(named) if c in raw.columns]


def _time_format(
    raw: ir.Table, column: str, texts: _Texts, mapping: Mapping
) -> tuple[TimeFormat | TimeDoubt | None, tuple[int, int] | None, str | None]:
    own = mapping.formats.get(column, ColumnFormat())
    dtype = raw[column].type()
    if not dtype.is_string():
        return _typed_time(raw, column, own, zone=own.time_zone or mapping.file.time_zone)
    shapes = texts.shapes(column)
    fields, years = Fields(), _years_of(shapes)
    if years is None and shapes:
        fields, years = fields_of(raw, column)
    form, note = settle_time(shapes, fields, own.date_order, mapping.file.date_order)
    if own.counts_in and isinstance(form, TimeFormat):
        form = replace(form, unit=own.counts_in)
    if isinstance(form, TimeFormat) and form.unit is not None:
        years = None
    return form, years, note


def _years_of(shapes: list[Shape]) -> tuple[int, int] | None:
    """The years of a column whose values all begin with one; None otherwise."""
    if not shapes or not all(
        s.text.startswith("9999-") or s.text.startswith("99999999") for s in shapes
    ):
        return None
    return min(int(s.low[:4]) for s in shapes), max(int(s.high[:4]) for s in shapes)


def _typed_time(
    raw: ir.Table, column: str, own: ColumnFormat, zone: str | None
) -> tuple[TimeFormat | None, tuple[int, int] | None, None]:
    value = raw[column]
    dtype = value.type()
    if dtype.is_numeric():
        unit: Unit | None = own.counts_in
        if unit is None:
            unit = _unit_of(fetch(raw.aggregate(most=value.max()))["most"][0].as_py())
        return (TimeFormat(unit=unit), None, None) if unit else (None, None, None)
    if not (dtype.is_timestamp() and dtype.timezone is None and zone not in (None, "UTC")):
        return None, None, None
    found = fetch(raw.aggregate(low=value.year().min(), high=value.year().max())).to_pylist()[0]
    if found["low"] is None:
        return None, None, None
    return None, (int(found["low"]), int(found["high"])), None


def _unit_of(greatest: float | None) -> Unit | None:
    """The unit in which the latest moment of a column lies between 1990 and next year."""
    next_year = now().timestamp() + 366 * 86_400
    for unit, seconds in _SECONDS_OF.items():
        moment = float(greatest or 0) * seconds + (_EXCEL_BEGINS if unit == "days" else 0)
        if _LONG_AGO <= moment <= next_year:
            return unit
    return None


def _number_question(column: str, doubt: NumberDoubt) -> Question:
    return Question(
        column,
        f'column {column}: "{doubt.example}" can be {doubt.by_point} or {doubt.by_comma}, and nothing in '
        "the column or the file tells which.",
        (
            (doubt.by_point, f'[formats.{as_key(column)}] decimal = "."'),
            (doubt.by_comma, f'[formats.{as_key(column)}] decimal = ","'),
        ),
    )


def _time_question(column: str, doubt: TimeDoubt) -> Question:
    return Question(
        column,
        f'column {column}: in "{doubt.example}" the day or the month may come first, and no row tells which.',
        (
            ("the day", f'[formats.{as_key(column)}] date_order = "dmy"'),
            ("the month", f'[formats.{as_key(column)}] date_order = "mdy"'),
        ),
    )
