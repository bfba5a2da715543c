"""Rows of a table that stand there twice, or against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.log import engine_of, fetch, hash_of, keep
from takeup.record.canonical import (
    BAD,
    DROP,
    ROW,
    Canonical,
    without_flags,
)
from takeup.record.duplicates import (
    CONFLICT,
    DUPLICATE,
    KEEP,
    KEY,
    SUPERSEDED,
    fates,
    key_columns,
    key_expression,
)
from takeup.sources.checking import FIRST_ROWS, Counted
from takeup.sources.reconciliation import Problem


@dataclass(frozen=True, slots=True)
class Unique:
    """Rows of which each decision stands there once, and how many went, and why."""

    rows: ir.Table
    duplicates: int = 0
    superseded: int = 0
    conflicts: int = 0
    problems: tuple[Problem, ...] = ()
    conflict_rows: ir.Table | None = None


def without_duplicates(
    whole: ir.Table, canonical: Canonical, counted: Counted, file: str
) -> Unique:
    """The usable rows without duplicates. Equal keys have equal hashes, so the cheap test on
    hashes can only call for a closer look, which compares the keys themselves."""
    clean = not counted.rejected and not sum(counted.filtered.values())
    rows = whole.drop(BAD, DROP) if clean else without_flags(whole)
    if KEY not in rows.columns:
        return Unique(rows)
    sizes = fetch(rows.aggregate(n=rows[KEY].count(), distinct=rows[KEY].nunique())).to_pylist()[0]
    if sizes["n"] == sizes["distinct"]:
        return Unique(rows)
    columns = key_columns(canonical.table.columns)
    hashes = keep(
        rows.filter(rows[KEY].notnull())
        .group_by(hash__=rows[KEY])
        .having(ibis._.count() > 1)
        .aggregate(n=ibis._.count())
    )
    usable = canonical.usable().semi_join(rows, ROW)
    keyed = usable.mutate(**{KEY: key_expression(usable, columns)})
    hashed = keyed.mutate(hash__=hash_of(keyed[KEY], engine_of(keyed)))
    suspects = keep(hashed.semi_join(hashes, "hash__").drop("hash__"))
    table = keep(fates(suspects))
    counts = dict(
        zip(*_columns(table.group_by("fate").aggregate(n=table.count()), "fate", "n"), strict=True)
    )
    gone = table.filter(table.fate != KEEP)
    conflicts = counts.get(CONFLICT, 0)
    return Unique(
        keep(rows.anti_join(gone, ROW)),
        counts.get(DUPLICATE, 0),
        counts.get(SUPERSEDED, 0),
        conflicts,
        (_conflict(table, file, columns, conflicts),) if conflicts else (),
        table.filter(table.fate == CONFLICT).select(ROW),
    )


def _conflict(table: ir.Table, file: str, columns: list[str], conflicts: int) -> Problem:
    found = table.filter(table.fate == CONFLICT).order_by([KEY, ROW]).limit(FIRST_ROWS)
    named, keys = _columns(found, ROW, KEY)
    return Problem(
        file,
        "conflict",
        "+".join(columns),
        conflicts,
        tuple(named),
        str(keys[0]).replace("\x1f", " / "),
        f"row {named[0]} and row {named[1]} have the same key and other content",
        "map a revision or updated_at that says which one is right, or give each decision its "
        "own decision_id",
    )


def _columns(table: ir.Table, *names: str) -> list[list[Any]]:
    found = fetch(table)
    return [found[name].to_pylist() for name in names]
