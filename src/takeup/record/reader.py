"""Reads the columns of one raw table by one mapping: typed values, and every doubt as a check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from takeup.record import parsing
from takeup.record.clock import now
from takeup.record.columns import COLUMNS, Kind, kind_of
from takeup.record.errors import DeclarationError, ExpressionError, InputError
from takeup.record.expression import compile_expression
from takeup.record.mapping import ColumnFormat, Mapping, OutcomeColumns
from takeup.record.nearest import did_you_mean
from takeup.record.number_format import NumberFormat, number_remedy
from takeup.record.seen import Seen
from takeup.record.spelling import NAMED_CHOICES
from takeup.record.time_format import TimeFormat, time_remedy
from takeup.record.use_case import UseCase
from takeup.record.words import has_wide_blanks, is_list_of_several, tidy

ROW = "row__"
"""The row's number in its file, the head being row 1. Every raw table has it."""

OUTCOME_PREFIX = "y_"
"""Columns `y_NAME` hold the outcomes, one for each name."""

SOURCE = "source__"
"""The file a row came from, where several files make the table."""

_WHOLE_UP_TO = 2.0**53
"""Up to where a float counts in ones."""
_SCALE_REMEDY = (
    'if it is a percentage, write [computed] {name} = "{source} / 100"; another score can be '
    "a covariate (x_score)"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that makes a row unusable: `flag` is true on such rows."""

    rule: str
    column: str
    source: str
    flag: ir.BooleanValue
    example: ir.Value | None
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reading:
    value: ir.Value
    checks: tuple[Check, ...] = ()


class Reader:
    """Reads the columns of one raw table by one mapping."""

    def __init__(
        self,
        raw: ir.Table,
        mapping: Mapping,
        use_case: UseCase,
        *,
        is_text: bool = True,
        seen: Seen | None = None,
    ) -> None:
        self.raw = raw
        self.is_text = is_text
        self.seen = seen or Seen()
        self.mapping = mapping
        self.use_case = use_case
        self.options = mapping.file
        self.by_name = {c: self._cell(c) for c in raw.columns if c not in (ROW, SOURCE)}
        self.assumptions: list[str] = list(self.seen.notes)

    def _cell(self, column: str) -> ir.Value:
        value = self.raw[column]
        if value.type().is_string():
            if column in self.seen.cleaned:
                return value
            if not self.is_text and self._is_id(column):
                # Ids of typed sources are taken as they are: cleaning unique texts is what a
                # large file would cost most. Only what begins with a blank may be one.
                blank = (value < "!") & (value.strip() == "")
                return ibis.ifelse(blank, ibis.literal(None, "string"), value)
            different = self.seen.different.get(column)
            if different is None:
                return parsing.present(value, self.options.blanks)
            if different.is_clean(self.options.blanks):
                return value
            wide = any(map(has_wide_blanks, different.values))
            return parsing.present(value, self.options.blanks, wide=wide)
        if value.type().is_floating():
            return ibis.ifelse(value.isnan(), ibis.literal(None, value.type()), value)
        return value

    def to_clean(self) -> dict[str, ir.Value]:
        """Columns of many texts that are trimmed before they are read, with how. Those that a table of
        spellings reads are looked up as they stand."""
        spelled = {self.mapping.columns[name] for name in self.seen.spellings}
        return {
            column: value
            for column, value in self.by_name.items()
            if value.type().is_string()
            and column not in spelled
            and not value.equals(self.raw[column])
        }

    def words_of(self, name: str, value: ir.Value) -> frozenset[str]:
        """All values of a canonical column of texts; empty if unknown."""
        if not value.type().is_string():
            return frozenset()
        spelling = self.seen.spellings.get(name)
        if spelling is not None:
            return frozenset(word for word in spelling.values() if word is not None)
        source = self.mapping.columns.get(name)
        different = self.seen.different.get(str(source))
        clean = different is not None and different.is_clean(self.options.blanks)
        if not clean or name in self.mapping.values or value is not self.by_name.get(str(source)):
            return frozenset()
        return different.values  # type: ignore[union-attr]

    def _is_id(self, column: str) -> bool:
        return any(self.mapping.columns.get(c) == column for c in ("decision_id", "case_id"))

    def number(self, value: ir.Value, column: str | None = None) -> ir.NumericValue:
        """A text as a number, as its column writes them."""
        return parsing.to_number(value, self._number_format(column))

    def _number_format(self, column: str | None) -> NumberFormat:
        seen = self.seen.numbers.get(str(column))
        return seen or NumberFormat(self._format(column).decimal or self.options.decimal or ".")

    def _format(self, column: str | None) -> ColumnFormat:
        return self.mapping.formats.get(str(column), ColumnFormat())

    def source_of(self, name: str) -> str:
        """What the user calls the canonical column `name`."""
        source = self.mapping.columns.get(name)
        if source is None:
            return name
        return source if isinstance(source, str) else "+".join(source)

    def read(self, name: str) -> Reading:
        """The typed value of a canonical column, with the checks its kind asks for."""
        mapping = self.mapping
        if name in mapping.constants:
            return self._typed(name, ibis.literal(mapping.constants[name]))
        if name in mapping.computed:
            return self._computed(name)
        source = mapping.columns[name]
        if isinstance(source, list):
            parts = [_as_text(self._column(part, name)) for part in source]
            joined = parts[0]
            for part in parts[1:]:
                joined = joined + ibis.literal("/") + part
            return self._typed(name, joined)
        return self._typed(name, self._column(source, name))

    def read_outcome(self, outcome: OutcomeColumns) -> Reading:
        """One of several outcomes that stand in the decision's own row."""
        return self._number(
            "outcome", self._column(outcome.outcome, "outcome"), source=outcome.outcome
        )

    def _column(self, source: str, name: str) -> ir.Value:
        if source in self.by_name:
            return self.by_name[source]
        if source in self.seen.absent:
            raise DeclarationError(
                "mapping",
                [
                    f"columns.{name}: column {source!r} cannot be read: it {self.seen.absent[source]}"
                ],
            )
        hint = did_you_mean(source, self.by_name)
        known = ", ".join(self.by_name)
        raise DeclarationError(
            "mapping",
            [f"columns.{name}: the table has no column {source!r}{hint} (it has: {known})"],
        )

    def _computed(self, name: str) -> Reading:
        text = self.mapping.computed[name]
        try:
            compiled = compile_expression(text, self.by_name, self.number)
        except ExpressionError as error:
            raise DeclarationError("mapping", [f"computed.{name}: {error}"]) from None
        value = compiled.value
        # A text that holds nothing is unknown, as a cell that holds nothing is.
        reading = self._typed(name, value.nullif("") if value.type().is_string() else value)
        checks = [
            Check(
                "not_a_number",
                name,
                column,
                self._unreadable_number(column),
                self.by_name[column],
                "is not a number",
                self._number_remedy(column),
            )
            for column in sorted(compiled.numeric_columns)
        ]
        return replace(reading, checks=(*checks, *reading.checks))

    def _unreadable_number(self, column: str) -> ir.BooleanValue:
        text = self.by_name[column]
        return (text.notnull() & self.number(text, column).isnull()).fill_null(False)

    def _number_remedy(self, source: str) -> str:
        return number_remedy(source, self._number_format(source))

    def _typed(self, name: str, value: ir.Value) -> Reading:
        kind = self._kind(name, value)
        if name in self.seen.spellings:
            return self._spelled(name, kind)
        if name in self.mapping.values:
            value = self._translated(name, value)
        reader = {
            "text": self._text,
            "number": self._number,
            "share": self._number,
            "probability": self._number,
            "integer": self._integer,
            "boolean": self._boolean,
            "time": self._time,
            "word": self._word,
        }[kind]
        return reader(name, value)

    def _kind(self, name: str, value: ir.Value) -> Kind:
        kind = kind_of(name)
        if kind is not None:
            return kind
        if name in self.mapping.names:
            return "text"
        if name in self.mapping.numbers:
            return "number"
        dtype = value.type()
        return "number" if dtype.is_numeric() else "text"

    def _spelled(self, name: str, kind: Kind) -> Reading:
        """A column of few words by its table of spellings."""
        source = str(self.mapping.columns[name])
        text, spelling = self.raw[source], self.seen.spellings[name]
        changed = {v: w for v, w in spelling.items() if w != v}
        value = text
        if changed:
            unknown = [v for v, word in changed.items() if word is None]
            value = (
                text.cases(
                    *[(v, word) for v, word in changed.items() if word is not None], else_=text
                )
                if len(changed) > len(unknown)
                else text
            )
            if unknown:
                value = ibis.ifelse(text.isin(unknown), ibis.literal(None, "string"), value)
        if kind == "boolean":
            return self._boolean(name, value)
        if kind == "word":
            return self._word(name, value)
        several = [v for v in spelling if is_list_of_several(tidy(v))]
        if name not in NAMED_CHOICES or not several:
            return Reading(value)
        check = Check(
            "several_values",
            name,
            source,
            text.isin(several).fill_null(False),
            text,
            "holds several values",
            "one row is one decision with one choice; write the one that counts, or a row for each",
        )
        return Reading(value, (check,))

    def _translated(self, name: str, value: ir.Value) -> ir.StringValue:
        text = _as_text(value)
        words = self.mapping.values[name]
        return (
            text.lower()
            .cases(
                *[(word.strip().lower(), meaning) for word, meaning in words.items()], else_=text
            )
            .nullif("")
        )

    def _text(self, name: str, value: ir.Value) -> Reading:
        was_text = value.type().is_string()
        text = _as_text(value)
        if was_text and name in NAMED_CHOICES:
            text = parsing.whole_number_text(text)
        return Reading(text)

    def _number(self, name: str, value: ir.Value, source: str | None = None) -> Reading:
        source = source or self.source_of(name)
        checks: list[Check] = []
        if value.type().is_string():
            text, value = value, self.number(value, source)
            checks.append(
                Check(
                    "not_a_number",
                    name,
                    source,
                    (text.notnull() & value.isnull()).fill_null(False),
                    text,
                    "is not a number",
                    self._number_remedy(source),
                )
            )
            value = ibis.ifelse(value.isnan(), ibis.literal(None, "float64"), value)
        elif value.type().is_boolean() or value.type().is_numeric():
            value = value.cast("float64")
        elif value.type().is_null():
            value = ibis.literal(None, "float64")
        else:
            raise _wrong_type(name, source, value, "a number")
        if not _is_integer_source(self.raw, source):
            checks.append(
                Check(
                    "infinite",
                    name,
                    source,
                    value.isinf().fill_null(False),
                    value,
                    "is infinite",
                    "leave the cell blank where the figure is not known",
                )
            )
        kind = kind_of(name)
        if kind == "share":
            checks.append(
                Check(
                    "outside_0_to_1",
                    name,
                    source,
                    ((value < 0) | (value > 1)).fill_null(False),
                    value,
                    "is not between 0 and 1",
                    _SCALE_REMEDY.format(name=name, source=source),
                )
            )
        if kind == "probability":
            checks.append(
                Check(
                    "not_a_probability",
                    name,
                    source,
                    (
                        (value < 0 if name == "assist_probability" else value <= 0) | (value > 1)
                    ).fill_null(False),
                    value,
                    "is not a probability",
                    f"{name} is above 0 and at most 1; leave it blank where it is unknown",
                )
            )
        return Reading(value, tuple(checks))

    def _integer(self, name: str, value: ir.Value) -> Reading:
        reading = self._number(name, value)
        whole = reading.value.round(0)
        check = Check(
            "not_a_whole_number",
            name,
            self.source_of(name),
            (reading.value != whole).fill_null(False),
            reading.value,
            "is not a whole number",
            "number revisions 1, 2, 3 …",
        )
        finite = ibis.ifelse(reading.value.isinf(), ibis.literal(None, "float64"), whole)
        return Reading(finite.cast("int64"), (*reading.checks, check))

    def _boolean(self, name: str, value: ir.Value) -> Reading:
        source = self.source_of(name)
        if value.type().is_boolean():
            return Reading(value)
        if value.type().is_null():
            return Reading(ibis.literal(None, "boolean"))
        text = _as_text(value)
        read = parsing.to_boolean(text)
        check = Check(
            "not_yes_or_no",
            name,
            source,
            (text.notnull() & read.isnull()).fill_null(False),
            text,
            "is neither yes nor no",
            f'translate it in the mapping: [values.{name}] "its word" = "yes", or = "" for unknown',
        )
        return Reading(read, (check,))

    def _word(self, name: str, value: ir.Value) -> Reading:
        source = self.source_of(name)
        words = COLUMNS[name].words
        spelling = self.seen.spellings.get(name)
        if spelling is not None and set(spelling.values()) <= {None, *words}:
            return Reading(value)
        text = _as_text(value).lower()
        check = Check(
            "unknown_word",
            name,
            source,
            (text.notnull() & ~text.isin(words)).fill_null(False),
            text,
            f"is none of {', '.join(words)}",
            f'translate it in the mapping: [values.{name}] "its word" = "{words[0]}", or = "" for unknown',
        )
        return Reading(text, (check,))

    def _time(self, name: str, value: ir.Value) -> Reading:
        source = self.source_of(name)
        zone = self._format(source).time_zone or self.options.time_zone
        years = parsing.years_around(self.seen.years.get(source))
        form = self.seen.times.get(source)
        dtype = value.type()
        checks: list[Check] = []
        if dtype.is_string():
            form = form or TimeFormat(
                self._format(source).date_order or self.options.date_order or "ymd"
            )
            text = value
            value = parsing.to_time(text, form, zone, years)
            checks.append(
                Check(
                    "not_a_date",
                    name,
                    source,
                    (text.notnull() & value.isnull()).fill_null(False),
                    text,
                    "is not a date",
                    time_remedy(source, form),
                )
            )
            if zone is None and name == "decided_at" and form.bare and form.unit in (None, "days"):
                self.assumptions.append(
                    f"times in {source} that name no zone are read as UTC ([file] time_zone)"
                )
        elif dtype.is_timestamp():
            if dtype.timezone is None and zone not in (None, "UTC"):
                value = parsing.local_to_utc(value, str(zone), years)
            value = value.cast("timestamp")
        elif dtype.is_date():
            value = value.cast("timestamp")
        elif dtype.is_null():
            value = ibis.literal(None, "timestamp")
        elif dtype.is_numeric() and form is not None and form.unit is not None:
            value = parsing.counted_time(value, form.unit)
            if form.unit == "days" and zone not in (None, "UTC"):
                value = parsing.local_to_utc(value, str(zone), years)
        else:
            raise _wrong_type(name, source, value, "a date or time")
        if name in ("decided_at", "observed_at", "eligible_at"):
            limit = ibis.literal((now() + timedelta(days=1)).replace(tzinfo=None))
            floor = ibis.literal(now().replace(year=1990, tzinfo=None))
            checks.append(
                Check(
                    "in_the_future",
                    name,
                    source,
                    (value > limit).fill_null(False),
                    value,
                    "lies in the future",
                    "check the date order ([file] date_order) and the clock",
                )
            )
            checks.append(
                Check(
                    "too_long_ago",
                    name,
                    source,
                    (value < floor).fill_null(False),
                    value,
                    "lies before 1990 and looks like a placeholder",
                    "leave the cell blank where the date is not known",
                )
            )
        return Reading(value, tuple(checks))


def _as_text(value: ir.Value) -> ir.StringValue:
    """A name for any value; whole floating numbers lose their `.0`."""
    dtype = value.type()
    if dtype.is_string():
        return value
    if dtype.is_floating():
        # No engine has a whole number for what is infinite, or beyond what a float counts in ones.
        near = ibis.ifelse(value.abs() < _WHOLE_UP_TO, value, ibis.null("float64"))
        whole = near.cast("int64").cast("string")
        return ibis.ifelse(near == near.floor(), whole, value.cast("string"))
    if dtype.is_boolean():
        return ibis.cases((value, "true"), (~value, "false"))
    return value.cast("string")


def _is_integer_source(raw: ir.Table, source: str) -> bool:
    return source in raw.columns and (
        raw[source].type().is_integer() or raw[source].type().is_boolean()
    )


def _wrong_type(name: str, source: str, value: ir.Value, wanted: str) -> InputError:
    return InputError(
        f"column {source} is of type {value.type()}, but {name} must be {wanted}; map another "
        f"column to {name}, or leave it out"
    )
