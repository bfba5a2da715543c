"""How many rows each check and filter catches, with examples."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.record.canonical import BAD, DROP, ROW, Canonical
from takeup.record.columns import is_canonical
from takeup.record.mapping import Mapping
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem

FIRST_ROWS = 5
"""Rows of a problem that are named by number."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Problems with their counts, rows left out by each filter, rows rejected. `bad`: the rejected
    rows, with `bad__N` for each check that caught them."""

    problems: list[Problem]
    filtered: dict[str, int]
    rejected: int
    bad: ir.Table | None = None


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
    # Few rows of a table are bad; held, they answer every question about them at once.
    flags = canonical.flags
    marks = [f"bad__{i}" for i in range(len(canonical.checks))]
    bad = keep(
        flags.filter((flags[DROP] == 0) & ibis.or_(*[flags[m] for m in marks])).select(ROW, *marks)
    )
    return Counted(_problems(canonical, bad, file), filtered, rejected, bad)


def _problems(canonical: Canonical, bad: ir.Table, file: str) -> list[Problem]:
    counted = bad.aggregate(
        **{f"c{i}": bad[f"bad__{i}"].cast("int64").sum() for i in range(len(canonical.checks))}
    )
    counts = [int(n or 0) for n in fetch(counted).to_pylist()[0].values()]
    first = {i: _first_rows(bad, i) for i, count in enumerate(counts) if count}
    shown = _examples(canonical, first)
    return [
        Problem(
            file, check.rule, check.source, counts[i], first[i], shown.get(i, ""), check.what,
            check.remedy,
        )
        for i, check in enumerate(canonical.checks)
        if counts[i]
    ]  # fmt: skip


def _first_rows(bad: ir.Table, i: int) -> tuple[int, ...]:
    found = bad.filter(bad[f"bad__{i}"]).select(ROW).order_by(ROW).limit(FIRST_ROWS)
    return tuple(fetch(found)[ROW].to_pylist())


def _examples(canonical: Canonical, first: dict[int, tuple[int, ...]]) -> dict[int, str]:
    """Of each check, what stands in the first row that it caught."""
    shown = {
        f"e{i}": example.cast("string")
        for i in first
        if (example := canonical.checks[i].example) is not None
    }
    if not shown:
        return {}
    raw = canonical.raw
    rows = sorted({rows[0] for rows in first.values()})
    found = fetch(raw.filter(raw[ROW].isin(rows)).select(ROW, **shown)).to_pylist()
    by_row = {row[ROW]: row for row in found}
    texts = {i: by_row.get(first[i][0], {}).get(f"e{i}") for i in first}
    return {i: str(text)[:60] for i, text in texts.items() if text}


def with_own_names(raw: RawTable, mapping: Mapping) -> Mapping:
    """`mapping` plus every column that already bears a canonical name."""
    taken = {*mapping.columns, *mapping.constants, *mapping.computed}
    own = {c: c for c in raw.table.columns if is_canonical(c) and c not in taken}
    return mapping.model_copy(update={"columns": {**own, **mapping.columns}})


def raw_problems(raw: RawTable) -> list[Problem]:
    """The rows of a file that are no rows."""
    return [
        Problem(
            raw.name, r.rule, r.column, r.count, r.rows[:FIRST_ROWS], r.example, r.what, r.remedy
        )
        for r in raw.rejects
    ]
