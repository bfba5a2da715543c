"""Rows that people write into a table and that are no decisions: units below the head, sums below the rows."""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import ROW
from takeup.sources.languages import every_language
from takeup.sources.raw_table import RawTable, Reject

_NEAR_HEAD = 3
"""Rows below the head among which units stand."""
_FIRST_COLUMNS = 2
_MOST = 0.1
"""Of all rows: a word that begins more of them is no sum."""


def without_no_rows(raw: RawTable) -> RawTable:
    """A table of texts without its rows of units and of sums, which become rejects with their reason.

    A row of sums has a word for it (`total`, `Summe`) in one of its first two columns and figures or
    nothing in all others; a row of units has nothing but texts in brackets, within three rows of the head.
    """
    columns = [c for c in raw.table.columns if c != ROW]
    if not raw.is_text or not columns:
        return raw
    first = fetch(raw.table.aggregate(first=raw.table[ROW].min()))["first"][0].as_py()
    flagged = raw.table.mutate(
        sums__=_sums(raw.table, columns, columns[:_FIRST_COLUMNS]),
        units__=_units(raw.table, columns, first),
    )
    found = fetch(
        flagged.filter(flagged.sums__ | flagged.units__)
        .select(ROW, "sums__", "units__", *columns[:_FIRST_COLUMNS])
        .order_by(ROW)
    ).to_pylist()
    sums = [row for row in found if row["sums__"]]
    units = [row for row in found if row["units__"] and not row["sums__"]]
    if len(sums) > _MOST * raw.rows_read:
        sums = []
    gone = [row[ROW] for row in (*sums, *units)]
    if not gone or len(gone) == raw.rows_read:
        return raw
    rejects = [
        _reject("sums", sums, columns, "begins a row of sums", "leave it out of the export"),
        _reject("units", units, columns, "stands in a row of units", "leave it out of the export"),
    ]
    return replace(
        raw,
        table=raw.table.filter(raw.table[ROW].notin(gone)),
        rejects=(*raw.rejects, *(r for r in rejects if r.count)),
    )


def _sums(table: ir.Table, columns: list[str], first: list[str]) -> ir.BooleanValue:
    words = every_language().totals.words
    listed = [*words, *(f"{word}:" for word in words)]
    named = {c: table[c].strip().lower().isin(listed).fill_null(False) for c in first}
    figures = {c: table[c].re_search(r"^[\d.,\s%€$£-]*$").fill_null(True) for c in columns}
    rest = [figures[c] | named[c] if c in named else figures[c] for c in columns]
    return ibis.or_(*named.values()) & ibis.and_(*rest)


def _units(table: ir.Table, columns: list[str], first: int) -> ir.BooleanValue:
    near = table[ROW] <= first + _NEAR_HEAD - 1
    texts = [table[c].strip() for c in columns]
    blank = [(text.isnull() | (text == "")) for text in texts]
    bracketed = [text.re_search(r"^[\[(<][^\[\]()<>]*[\])>]$").fill_null(False) for text in texts]
    every = ibis.and_(*[b | k for b, k in zip(blank, bracketed, strict=True)])
    return near & every & ibis.or_(*bracketed)


def _reject(
    rule: str, rows: list[dict[str, object]], columns: list[str], what: str, remedy: str
) -> Reject:
    first = rows[0] if rows else {}
    column = next((c for c in columns[:_FIRST_COLUMNS] if first.get(c)), columns[0])
    return Reject(
        rule, column, len(rows), tuple(int(str(row[ROW])) for row in rows),
        str(first.get(column) or ""), what, remedy,
    )  # fmt: skip
