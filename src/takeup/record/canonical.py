"""A raw table and its mapping become a typed decision record, with every doubt named.

Everything is an Ibis expression: nothing is computed here, and the same code serves
DuckDB and Spark. A row with a cell that cannot be read is unusable as a whole; a blank
cell is unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

from takeup.record.columns import TWINS
from takeup.record.errors import DeclarationError, ExpressionError, InputError
from takeup.record.expression import compile_expression
from takeup.record.mapping import Mapping
from takeup.record.reader import OUTCOME_PREFIX, ROW, SOURCE, Check, Reader, Reading
from takeup.record.seen import Seen
from takeup.record.use_case import UseCase


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows a mapping leaves out, with its reason: `drop` is true on such rows."""

    reason: str
    drop: ir.BooleanValue


__all__ = [
    "BAD", "DROP", "LOCAL", "OUTCOME_PREFIX", "ROW", "SOURCE", "Canonical", "Check", "canonicalise", "without_flags",
]  # fmt: skip

LOCAL = "decided_local"
"""The clock on the wall when a decision was made, where the table's zone is not UTC."""

BAD, DROP = "bad__", "drop__"
"""Whether a check makes the row unusable; the number of the filter that leaves it out (0:
none)."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A typed table with `row__`, `bad__` and `drop__`. `flags` has the rows again with
    `bad__0 …` (one per check) and `drop__`: it is only computed where something is bad. `words` has all
    values of the columns of texts whose values are known beforehand."""

    table: ir.Table
    raw: ir.Table
    flags: ir.Table
    checks: tuple[Check, ...]
    filters: tuple[RowFilter, ...]
    assumptions: tuple[str, ...]
    words: dict[str, frozenset[str]]

    def usable(self) -> ir.Table:
        """The rows that pass every check and filter, without the flags."""
        return without_flags(self.table)


def without_flags(table: ir.Table) -> ir.Table:
    """The usable rows of a typed table."""
    return table.filter(~table[BAD] & (table[DROP] == 0)).drop(BAD, DROP)


def canonicalise(
    raw: ir.Table,
    mapping: Mapping,
    use_case: UseCase,
    home: Literal["decisions", "eligible", "outcomes"] = "decisions",
    *,
    is_text: bool = True,
    seen: Seen | None = None,
) -> Canonical:
    """`raw` (with `row__`) as a typed record of kind `home`.

    Raises DeclarationError for a mapping that names what the table has not, InputError for
    a table that lacks what a record needs.
    """
    mapping = _numeric_twins(mapping, use_case)
    reader = Reader(raw, mapping, use_case, is_text=is_text, seen=seen)
    names = [*mapping.columns, *mapping.constants, *mapping.computed]
    readings = {name: reader.read(name) for name in names}
    checks = [check for reading in readings.values() for check in reading.checks]
    values = {name: reading.value for name, reading in readings.items()}
    for outcome in mapping.outcomes:
        reading = reader.read_outcome(outcome)
        values[OUTCOME_PREFIX + outcome.name] = reading.value
        checks += reading.checks
    checks += _needed(values, readings, reader, home)
    filters = _filters(reader)
    drop: ir.Value = ibis.literal(0)
    for number, item in reversed(list(enumerate(filters, 1))):
        drop = ibis.ifelse(item.drop, number, drop)
    bad = ibis.literal(False)
    for check in checks:
        bad = bad | check.flag
    table = raw.select(raw[ROW].name(ROW), **values, **{BAD: bad, DROP: drop.cast("int32")})
    flags = raw.select(
        raw[ROW].name(ROW),
        **{f"bad__{i}": check.flag for i, check in enumerate(checks)},
        **{DROP: drop.cast("int32")},
    )
    return Canonical(
        table,
        raw,
        flags,
        tuple(checks),
        tuple(filters),
        tuple(reader.assumptions),
        {name: words for name in values if (words := reader.words_of(name, values[name]))},
    )


def _numeric_twins(mapping: Mapping, use_case: UseCase) -> Mapping:
    """For numeric choices, `choice = …` means the numeric twin."""
    if use_case.choice_kind != "numeric":
        return mapping

    def renamed(table: dict[str, object]) -> dict[str, object]:
        return {
            TWINS[name] if name in TWINS and not mapping.provides(TWINS[name]) else name: value
            for name, value in table.items()
        }

    return mapping.model_copy(
        update={
            "columns": renamed(dict(mapping.columns)),
            "computed": renamed(dict(mapping.computed)),
            "constants": renamed(dict(mapping.constants)),
        }
    )


def _needed(
    values: dict[str, ir.Value], readings: dict[str, Reading], reader: Reader, home: str
) -> list[Check]:
    """Checks that a row has what every record of its kind must have."""
    if home == "eligible":
        needed = ["case_id"]
    elif home == "outcomes":
        needed = ["decision_id"] if "decision_id" in values else ["case_id"]
    else:
        _something_was_decided(values, reader)
        needed = [n for n in ("use_case", "person_id", "decided_at", "mode") if n in values]
    missing = [name for name in needed if name not in values]
    if missing:
        raise InputError(
            f"the {home} table gives no {missing[0]}; name its column in the mapping: "
            f'[{home}_file.columns] {missing[0]} = "its column"'
        )
    checks = [
        Check(
            "blank",
            name,
            reader.source_of(name),
            _blank(readings[name]),
            None,
            "is blank",
            f"fill it in, or leave {name} out of the mapping where nobody knows it",
        )
        for name in needed
        if name not in reader.mapping.constants
    ]
    nobody = reader.seen.without_persons
    if nobody and "use_case" in values:
        recorded = ~values["use_case"].isin(nobody).fill_null(False)
        checks = [
            replace(c, flag=c.flag & recorded) if c.column == "person_id" else c for c in checks
        ]
    if home == "decisions":
        checks += _choice_known(values, readings, reader)
    return checks


def _blank(reading: Reading) -> ir.BooleanValue:
    """Whether a cell is blank; one that could not be read is named by its own check."""
    unreadable: ir.BooleanValue = ibis.literal(False)
    for check in reading.checks:
        unreadable = unreadable | check.flag
    return reading.value.isnull() & ~unreadable


def _something_was_decided(values: dict[str, ir.Value], reader: Reader) -> None:
    categorical = {"recommendation", "choice"} <= values.keys()
    numeric = {"recommendation_value", "choice_value"} <= values.keys()
    if "action" in values or categorical or numeric:
        return
    # What is constant is in no column: that advice was there is taken for granted of most tables.
    read = {name for name in values if name not in reader.mapping.constants}
    have = (
        f"Of these are known: {', '.join(sorted(read))}"
        if read
        else "None of them is known by name"
    )
    raise InputError(
        "a diagnosis needs either what was done with the advice (action), or the advice and the "
        f"choice (recommendation and choice). The table has the columns {_some(reader.by_name)}. {have}. Name the "
        "columns in a mapping file; `takeup map FILE` writes one to start from"
    )


_MOST_NAMED = 12


def _some(names: Collection[str]) -> str:
    """Names of columns, not more than a sentence holds."""
    more = len(names) - _MOST_NAMED
    return ", ".join([*names][:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _choice_known(
    values: dict[str, ir.Value], readings: dict[str, Reading], reader: Reader
) -> list[Check]:
    """The check that somebody decided: in words or as a number, as the use case declares; in either where a
    table may hold use cases of both kinds."""
    kinds = {"categorical": "choice", "numeric": "choice_value"}
    choices = [c for c in kinds.values() if c in values]
    own = kinds.get(str(reader.use_case.choice_kind))
    if own in choices and "use_case" not in values:
        choices = [own]
    if not choices or "action" in values:
        return []
    unseen = ibis.literal(False)
    if "consulted" in values:
        unseen = unseen | (values["consulted"].fill_null(True) == False)  # noqa: E712
    if "mode" in values:
        unseen = unseen | (values["mode"] != "assist").fill_null(False)
    return [
        Check(
            "blank",
            choices[0],
            " and ".join(reader.source_of(choice) for choice in choices),
            (ibis.and_(*[_blank(readings[choice]) for choice in choices]) & ~unseen).fill_null(
                False
            ),
            None,
            "is blank",
            "leave open cases out, or say what happened in `action` (e.g. deferred)",
        )
    ]


def _filters(reader: Reader) -> list[RowFilter]:
    filters = []
    for number, item in enumerate(reader.mapping.filters, 1):
        try:
            compiled = compile_expression(item.keep, reader.by_name, reader.number)
        except ExpressionError as error:
            raise DeclarationError("mapping", [f"filters[{number}].keep: {error}"]) from None
        if not compiled.value.type().is_boolean():
            raise DeclarationError(
                "mapping",
                [
                    f"filters[{number}].keep: {item.keep!r} is no test; compare it, "
                    f"e.g. {item.keep} == 1"
                ],
            )
        filters.append(RowFilter(item.reason, ~compiled.value.fill_null(False)))
    return filters
