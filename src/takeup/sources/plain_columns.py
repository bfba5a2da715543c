"""Columns of types that a decision record cannot hold, made plain or left out by name.

Lists of one are their value; periods are seconds; a moment with a zone is the moment, whatever zone the
engine shows it in. What holds several things at once (lists of more, records) is left out, and said.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from takeup.log import engine_of, fetch
from takeup.record.reader import ROW


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _at_zone(zone, moment) -> dt.timestamp: ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="epoch")  # type: ignore[untyped-decorator]
def _seconds(period) -> dt.float64: ...  # type: ignore[no-untyped-def]


def plain_columns(table: ir.Table) -> tuple[ir.Table, dict[str, str], tuple[str, ...]]:
    """`table` with plain columns, the columns left out with the reason, and what is to be said."""
    longest = _longest_lists(table)
    values: dict[str, ir.Value] = {}
    absent: dict[str, str] = {}
    notes: list[str] = []
    changed = False
    for name, dtype in table.schema().items():
        if name == ROW:
            continue
        value = table[name]
        if dtype.is_array() and longest[name] <= 1:
            value, dtype = value[0], dtype.value_type
            notes.append(f"column {name} holds lists of one value each, read as the value")
        why = _why_absent(dtype, longest.get(name, 0))
        if why:
            absent[name] = why
            continue
        plain = _plain(value, dtype, engine_of(table))
        changed |= plain is not value or dtype != table[name].type()
        values[name] = plain
    notes += [f"column {name} is left out: it {why}" for name, why in absent.items()]
    if not changed and not absent:
        return table, {}, ()
    kept = [ROW] if ROW in table.columns else []
    return table.select(*kept, **values), absent, tuple(notes)


def is_zoneless(dtype: dt.DataType) -> bool:
    """Whether these are moments by a clock of no zone that is named; days have no clock."""
    return dtype.is_timestamp() and dtype.timezone is None


def _longest_lists(table: ir.Table) -> dict[str, int]:
    lists = [n for n, dtype in table.schema().items() if dtype.is_array()]
    if not lists:
        return {}
    found = fetch(
        table.aggregate(**{f"n{i}": table[n].length().max() for i, n in enumerate(lists)})
    ).to_pylist()[0]
    return {n: int(found[f"n{i}"] or 0) for i, n in enumerate(lists)}


def _why_absent(dtype: dt.DataType, longest: int) -> str:
    if dtype.is_array():
        return f"holds lists of up to {longest} values"
    if dtype.is_struct() or dtype.is_map():
        return "holds records of several values"
    if dtype.is_binary():
        return "holds bytes"
    if dtype.is_unknown() and not _is_fine_moment(dtype):
        return "is of a type that is not read"
    return ""


def _is_fine_moment(dtype: dt.DataType) -> bool:
    """Whether these are moments with a zone to the nanosecond, which Ibis has no type for."""
    return dtype.is_unknown() and "TIMESTAMPTZ_NS" in str(dtype)


def _plain(value: ir.Value, dtype: dt.DataType, engine: str) -> ir.Value:
    if dtype.is_timestamp() and dtype.timezone is not None and engine == "duckdb":
        # A cast would give the clock of the connection's zone.
        return _at_zone("UTC", value)
    if dtype.is_interval() and engine == "duckdb":
        return _seconds(value)
    if _is_fine_moment(dtype):
        return _at_zone("UTC", value)
    if dtype.is_decimal():
        # A whole number of many digits names something; as a fraction it would lose its last digits.
        whole = dtype.scale == 0
        return value.cast(
            "string" if whole and (dtype.precision or 38) > 18 else "int64" if whole else "float64"
        )
    if dtype.is_uuid() or dtype.is_time() or dtype.is_json() or dtype.is_interval():
        return value.cast("string")
    return value
