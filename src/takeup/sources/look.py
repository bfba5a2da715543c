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

from takeup.log import fetch, stage
from takeup.record import parsing
from takeup.record.canonical import Canonical, canonicalise
from takeup.record.clock import now
from takeup.record.columns import kind_of
from takeup.record.errors import InputError
from takeup.record.mapping import ColumnFormat, Mapping
from takeup.record.number_format import (
    NumberDoubt,
    NumberFormat,
    UnitsDoubt,
    are_numbers,
    settle_numbers,
)
from takeup.record.reader import Reader
from takeup.record.seen import Seen
from takeup.record.shapes import Shape
from takeup.record.spelling import spell
from takeup.record.time_format import Fields, TimeDoubt, TimeFormat, Unit, settle_time
from takeup.record.toml_file import toml_key
from takeup.record.use_case import UseCase
from takeup.sources.covariates import settle_covariates
from takeup.sources.held import Held
from takeup.sources.questions import Answer, Question, refuse
from takeup.sources.raw_table import RawTable

_NUMBERS = ("number", "share", "probability", "integer")
_FRACTIONS = ("share", "probability")
_SECONDS_OF: dict[Unit, float] = {"days": 86_400, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_EXCEL_BEGINS = datetime(1899, 12, 30, tzinfo=UTC).timestamp()
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Look:
    """A mapping with every covariate a name or a number, what was seen, what is open."""

    mapping: Mapping
    seen: Seen
    questions: tuple[Question, ...]

    def settled(self, name: str) -> Look:
        """This look, where nothing is open. Raises InputError that asks all that is."""
        refuse(name, self.questions)
        return self


def look(raw: RawTable, mapping: Mapping, choices: Iterable[str] = ()) -> Look:
    """How the columns that the mapping names are written, by all rows of `raw`. `choices`: the words that
    the use case declares."""
    held, blanks = raw.held, mapping.file.blanks
    different = held.texts(_mapped(mapping))
    mapping = settle_covariates(raw, mapping)
    numbers = settle_numbers(
        {c: held.shapes(c, blanks) for c in _number_columns(held, mapping)},
        {c: f.decimal for c, f in mapping.formats.items() if f.decimal},
        mapping.file.decimal,
        {c for n, c in mapping.columns.items() if kind_of(n) in _FRACTIONS and isinstance(c, str)},
    )
    questions = [_number_question(c, doubt) for c, doubt in numbers.doubts.items()]
    notes = [*numbers.notes, *_commas(held, numbers.formats, mapping)]
    times: dict[str, TimeFormat] = {}
    years: dict[str, tuple[int, int]] = {}
    for column in _time_columns(held, mapping):
        form, span, note = _time_format(held, column, mapping)
        if isinstance(form, TimeDoubt):
            questions.append(_time_question(column, form))
            continue
        if form is not None:
            times[column] = form
        if span is not None:
            years[column] = span
        notes += [f"{column}: {note}"] if note else _found_out(held, column, form, mapping)
    notes += _zoneless(raw, mapping)
    spellings, one_word = spell(mapping, different, choices)
    notes += one_word
    seen = Seen(
        different, numbers.formats, times, years, spellings, tuple(notes), raw.absent,
        cleaned=frozenset(c for c in _mapped(mapping) if held.is_clean(c, blanks)),
    )  # fmt: skip
    return Look(mapping, seen, tuple(questions))


def _commas(held: Held, formats: dict[str, NumberFormat], mapping: Mapping) -> list[str]:
    """What is said of decimal commas and signs between thousands that nobody declared."""
    undeclared = {
        c: f
        for c, f in formats.items()
        if mapping.file.decimal is None and not mapping.formats.get(c, ColumnFormat()).decimal
    }
    commas = [c for c, f in undeclared.items() if f.decimal == "," and _has(held, c, ",", mapping)]
    grouped = [c for c, f in undeclared.items() if f.decimal == "." and f.thousands == ","]
    return [
        *([f"numbers in {', '.join(commas)} have decimal commas"] if commas else []),
        *([f"commas in {', '.join(grouped)} stand between thousands"] if grouped else []),
    ]


def _has(held: Held, column: str, sign: str, mapping: Mapping) -> bool:
    return any(sign in s.text for s in held.shapes(column, mapping.file.blanks))


def _found_out(held: Held, column: str, form: TimeFormat | None, mapping: Mapping) -> list[str]:
    """What is said of a column of moments that is written in a way nobody declared."""
    own = mapping.formats.get(column, ColumnFormat())
    found = []
    if form is not None and form.day_first and not (own.date_order or mapping.file.date_order):
        first = "months" if form.order == "mdy" else "days"
        found.append(f"dates in {column} are read with {first} first ({form.order})")
    if form is not None and form.unit is not None and not own.counts_in:
        counts = _COUNTS[form.unit]
        found.append(f"{column} is read as {counts}")
    return found


def _zoneless(raw: RawTable, mapping: Mapping) -> list[str]:
    """What is said of typed moments that name no zone where the mapping names none either."""
    column = mapping.columns.get("decided_at")
    if not isinstance(column, str) or column not in raw.zoneless:
        return []
    if mapping.formats.get(column, ColumnFormat()).time_zone or mapping.file.time_zone:
        return []
    return [f"times in {column} that name no zone are read as UTC ([file] time_zone)"]


_COUNTS: dict[Unit, str] = {
    "s": "seconds since 1970", "ms": "milliseconds since 1970", "us": "microseconds since 1970",
    "ns": "nanoseconds since 1970", "days": "Excel's day numbers",
}  # fmt: skip


def with_formats(raw: RawTable, mapping: Mapping) -> Mapping:
    """`mapping` with what was found out of how the table is written: for the file where all its columns
    agree, else by column."""
    found = look(raw, mapping).seen
    decimals = {
        c: f.decimal
        for c, f in found.numbers.items()
        if any(sign in s.text for s in raw.held.shapes(c, mapping.file.blanks) for sign in ".,")
    }
    orders = {c: f.order for c, f in found.times.items() if f.day_first}
    file: dict[str, object] = {}
    formats: dict[str, dict[str, object]] = {}
    for key, by_column, usual in (("decimal", decimals, "."), ("date_order", orders, "ymd")):
        different = {*by_column.values()}
        if len(different) == 1 and different != {usual} and getattr(mapping.file, key) is None:
            file[key] = next(iter(different))
        elif len(different) > 1:
            for column, value in by_column.items():
                formats.setdefault(column, {})[key] = value
    for column, form in found.times.items():
        if form.unit is not None:
            formats.setdefault(column, {})["counts_in"] = form.unit
    kept = {
        c: ColumnFormat(**{**formats.get(c, {}), **own.model_dump(exclude_none=True)})
        for c in {*formats, *mapping.formats}
        for own in [mapping.formats.get(c, ColumnFormat())]
    }
    return mapping.model_copy(
        update={"file": mapping.file.model_copy(update=file), "formats": dict(sorted(kept.items()))}
    )


def read_table(
    raw: RawTable,
    mapping: Mapping,
    use_case: UseCase,
    home: Literal["decisions", "eligible", "outcomes"] = "decisions",
    words: frozenset[str] = frozenset(),
) -> Canonical:
    """`raw` as a typed record, as its columns are seen to be written. Raises InputError that asks what they
    leave open, and what `canonicalise` raises. `words`: choices whose spelling holds here too."""
    found = look(raw, mapping, words or use_case.words).settled(raw.name)
    reader = Reader(raw.table, found.mapping, use_case, is_text=raw.is_text, seen=found.seen)
    clean = reader.to_clean()
    table = stage(raw.table.mutate(**clean)) if clean else raw.table
    seen = replace(found.seen, cleaned=found.seen.cleaned | {*clean})

    def read(seen: Seen) -> Canonical:
        return canonicalise(table, found.mapping, use_case, home, is_text=raw.is_text, seen=seen)

    typed = read(seen)
    nobody = _without_persons(raw, typed, found.mapping) if home == "decisions" else ()
    return read(replace(seen, without_persons=nobody)) if nobody else typed


def _without_persons(raw: RawTable, typed: Canonical, mapping: Mapping) -> tuple[str, ...]:
    """Use cases that record no persons, beside others that do."""
    source = mapping.columns.get("person_id")
    if not isinstance(source, str) or "use_case" not in typed.table.columns:
        return ()
    if raw.held.sizes([source])[source].known == raw.rows_read:
        return ()
    found = fetch(
        typed.table.group_by("use_case").aggregate(persons=typed.table.person_id.count())
    ).to_pylist()
    nobody = sorted(r["use_case"] for r in found if r["use_case"] is not None and not r["persons"])
    return tuple(nobody) if len(nobody) < len(found) else ()


def order_of(held: Held, mapping: Mapping, column: str) -> Callable[[ir.Value], ir.Value]:
    """How the values of a column tell an order: as numbers, else as moments. Raises InputError where days
    and months cannot be told apart."""
    if not held.is_text(column):
        return lambda value: value
    blanks = mapping.file.blanks
    shapes = held.shapes(column, blanks)
    if are_numbers(shapes):
        settled = settle_numbers({column: shapes}, {}, mapping.file.decimal)
        form = settled.formats.get(column, NumberFormat())
        return lambda value: parsing.to_number(parsing.present(value, blanks), form)
    time, span, _ = _time_format(held, column, mapping)
    if isinstance(time, TimeDoubt):
        raise InputError(_time_question(column, time).sentence())
    if time is None:
        return lambda value: value
    zone = mapping.formats.get(column, ColumnFormat()).time_zone or mapping.file.time_zone
    return lambda value: parsing.to_time(
        parsing.present(value, blanks), time, zone, parsing.years_around(span)
    )


def _mapped(mapping: Mapping) -> Iterable[str]:
    """Source columns that the mapping names, ids left out."""
    for name, source in mapping.columns.items():
        if name not in ("decision_id", "case_id"):
            yield from [source] if isinstance(source, str) else source


def _number_columns(held: Held, mapping: Mapping) -> list[str]:
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
        named += [c for c in _names_in(text) if c in held.table.columns]
    return [c for c in dict.fromkeys(named) if held.is_text(c)]


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


def _time_columns(held: Held, mapping: Mapping) -> list[str]:
    named = [
        source
        for name, source in mapping.columns.items()
        if isinstance(source, str) and kind_of(name) == "time"
    ]
    return [c for c in dict.fromkeys(named) if c in held.table.columns]


def _time_format(
    held: Held, column: str, mapping: Mapping
) -> tuple[TimeFormat | TimeDoubt | None, tuple[int, int] | None, str | None]:
    own = mapping.formats.get(column, ColumnFormat())
    if not held.is_text(column):
        return _typed_time(held.table, column, own, zone=own.time_zone or mapping.file.time_zone)
    shapes = held.shapes(column, mapping.file.blanks)
    fields, years = Fields(), _years_of(shapes)
    if years is None and shapes:
        fields, years = held.fields(column)
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
            unit = unit_of_count(fetch(raw.aggregate(most=value.max()))["most"][0].as_py())
        return (TimeFormat(unit=unit), None, None) if unit else (None, None, None)
    if not (dtype.is_timestamp() and dtype.timezone is None and zone not in (None, "UTC")):
        return None, None, None
    found = fetch(raw.aggregate(low=value.year().min(), high=value.year().max())).to_pylist()[0]
    if found["low"] is None:
        return None, None, None
    return None, (int(found["low"]), int(found["high"])), None


def unit_of_count(greatest: float | None) -> Unit | None:
    """The unit in which the latest moment of a column lies between 1990 and next year."""
    next_year = now().timestamp() + 366 * 86_400
    for unit, seconds in _SECONDS_OF.items():
        moment = float(greatest or 0) * seconds + (_EXCEL_BEGINS if unit == "days" else 0)
        if _LONG_AGO <= moment <= next_year:
            return unit
    return None


def _number_question(column: str, doubt: NumberDoubt | UnitsDoubt) -> Question:
    if isinstance(doubt, UnitsDoubt):
        return _units_question(column, doubt)
    comma = "," in doubt.example
    by_point = "commas between thousands" if comma else "a decimal point"
    by_comma = "a decimal comma" if comma else "points between thousands"
    return Question(
        column,
        f'column {column}: "{doubt.example}" can be {doubt.by_point} or {doubt.by_comma}, and nothing in '
        "the column or the file tells which.",
        (
            Answer(
                f"{doubt.by_point}, with {by_point}", f"[formats.{toml_key(column)}]\ndecimal = '.'"
            ),
            Answer(
                f"{doubt.by_comma}, with {by_comma}", f"[formats.{toml_key(column)}]\ndecimal = ','"
            ),
        ),
    )


def _units_question(column: str, doubt: UnitsDoubt) -> Question:
    found = " and ".join(f'"{v}" (in {u})' if u else f'"{v}"' for u, v in doubt.examples.items())
    return Question(
        column,
        f"column {column} holds {found}, which are not one quantity: convert all of its values to one unit, "
        "or leave the column out of the mapping.",
        (),
    )


def _time_question(column: str, doubt: TimeDoubt) -> Question:
    return Question(
        column,
        f'column {column}: in "{doubt.example}" the day or the month may come first, and no row tells which.',
        (
            Answer("the day", f"[formats.{toml_key(column)}]\ndate_order = 'dmy'"),
            Answer("the month", f"[formats.{toml_key(column)}]\ndate_order = 'mdy'"),
        ),
    )
