"""How many rows each check and filter catches, with examples."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import BAD, DROP, ROW, Canonical, Check
from takeup.record.columns import is_canonical
from takeup.record.mapping import Mapping
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem

FIRST_ROWS = 5
"""Rows of a problem that are named by number."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Problems with their counts, rows left out by each filter, rows rejected."""

    problems: list[Problem]
    filtered: dict[str, int]
    rejected: int


def count_problems(canonical: Canonical, file: str, table: ir.Table | None = None) -> Counted:
    """How many rows each check and filter catches; details only where there are any.

    A filter comes first: a row left out on purpose is not also a bad row. `table` is the
    typed table where it has been computed already.
    """
    rows = canonical.table if table is None else table
    if not canonical.checks and not canonical.filters:
        return Counted([], {}, 0)
    totals = fetch(
        rows.group_by(drop=rows[DROP]).aggregate(n=rows.count(), bad=rows[BAD].cast("int64").sum())
    ).to_pylist()
    filtered = {item.reason: 0 for item in canonical.filters}
    rejected = 0
    for row in totals:
        if row["drop"]:
            filtered[canonical.filters[row["drop"] - 1].reason] += int(row["n"])
        else:
            rejected = int(row["bad"] or 0)
    if not rejected:
        return Counted([], filtered, 0)
    return Counted(_problems(canonical, file), filtered, rejected)


def _problems(canonical: Canonical, file: str) -> list[Problem]:
    flags = canonical.flags
    kept = flags.filter(flags[DROP] == 0)
    counts = fetch(
        kept.aggregate(
            **{f"c{i}": kept[f"bad__{i}"].cast("int64").sum() for i in range(len(canonical.checks))}
        )
    ).to_pylist()[0]
    return [
        _problem(canonical, i, file, int(counts[f"c{i}"]))
        for i in range(len(canonical.checks))
        if counts[f"c{i}"]
    ]


def _problem(canonical: Canonical, i: int, file: str, count: int) -> Problem:
    check: Check = canonical.checks[i]
    flags = canonical.flags
    found = flags.filter(flags[f"bad__{i}"] & (flags[DROP] == 0))
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
