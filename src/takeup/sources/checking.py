"""How many rows each check and filter catches, with examples."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import ROW, Canonical, Check
from takeup.record.columns import is_canonical
from takeup.record.mapping import Mapping
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem

FIRST_ROWS = 5
"""Rows of a problem that are named by number."""


@dataclass(frozen=True, slots=True)
class Counted:
    problems: list[Problem]
    filtered: dict[str, int]
    rejected: int


def count_problems(canonical: Canonical, file: str) -> Counted:
    """How many rows each check and filter catches; details only where there are any.

    A filter comes first: a row left out on purpose is not also a bad row.
    """
    table = canonical.table
    checks = [table[f"bad__{i}"] for i in range(len(canonical.checks))]
    drops = [table[f"drop__{i}"] for i in range(len(canonical.filters))]
    if not checks and not drops:
        return Counted([], {}, 0)
    left_out = any_of(drops)
    remaining = [drop & ~any_of(drops[:i]) for i, drop in enumerate(drops)]
    caught = [check & ~left_out for check in checks]
    totals = fetch(
        table.aggregate(
            **{f"c{i}": check.cast("int64").sum() for i, check in enumerate(caught)},
            **{f"d{i}": drop.cast("int64").sum() for i, drop in enumerate(remaining)},
            any_bad=(any_of(checks) & ~left_out).cast("int64").sum(),
        )
    ).to_pylist()[0]
    filtered: dict[str, int] = {}
    for i, item in enumerate(canonical.filters):
        filtered[item.reason] = filtered.get(item.reason, 0) + int(totals[f"d{i}"] or 0)
    problems = [
        _problem(canonical, i, file, int(totals[f"c{i}"]), left_out)
        for i in range(len(checks))
        if totals[f"c{i}"]
    ]
    return Counted(problems, filtered, int(totals["any_bad"] or 0))


def any_of(flags: list[ir.BooleanValue]) -> ir.BooleanValue:
    result = ibis.literal(False)
    for flag in flags:
        result = result | flag
    return result


def _problem(
    canonical: Canonical, i: int, file: str, count: int, left_out: ir.BooleanValue
) -> Problem:
    check: Check = canonical.checks[i]
    table = canonical.table
    found = table.filter(table[f"bad__{i}"] & ~left_out)
    rows = fetch(found.select(ROW).order_by(ROW).limit(FIRST_ROWS))[ROW].to_pylist()
    return Problem(
        file,
        check.rule,
        check.source,
        count,
        tuple(rows),
        _example(canonical, check, rows[0]),
        check.what,
        check.remedy,
    )


def _example(canonical: Canonical, check: Check, row: int) -> str:
    if check.example is None:
        return ""
    source = canonical.raw
    shown = source.filter(source[ROW] == row).select(example=check.example.cast("string"))
    value = fetch(shown)["example"].to_pylist()
    return str(value[0])[:60] if value else ""


def with_own_names(raw: RawTable, mapping: Mapping) -> Mapping:
    """`mapping` plus every column that already bears a canonical name."""
    taken = {*mapping.columns, *mapping.constants, *mapping.computed}
    own = {c: c for c in raw.table.columns if is_canonical(c) and c not in taken}
    return mapping.model_copy(update={"columns": {**own, **mapping.columns}})
