"""Rows that people write into a table and that are no decisions: units below the head, sums below the rows."""

from __future__ import annotations

import re
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import ROW
from takeup.record.units import MINUS
from takeup.record.words import WIDE_BLANKS
from takeup.sources.languages import every_language
from takeup.sources.raw_table import RawTable, Reject

_NEAR_HEAD = 3
"""Rows below the head among which units stand."""
_FIRST_COLUMNS = 2
_MOST = 0.1
"""Of all rows: a word that begins more of them is no sum."""
_BLANK = rf"[\s{WIDE_BLANKS}]"
_SIGNS = rf"[\d.,'’()\s{WIDE_BLANKS}%€$£{MINUS.replace('-', '')}-]*"
_FIGURE = rf"^(?:{_SIGNS}|[A-Z]{{3}}{_BLANK}?{_SIGNS}\d{_SIGNS}|{_SIGNS}\d{_SIGNS}[A-Z]{{3}})$"
"""A figure as a row of sums writes it, also with the code of a currency; or nothing."""


def without_no_rows(raw: RawTable) -> RawTable:
    """A table of texts without its rows of units and of sums, which become rejects with their reason.

    A row of sums has a word for it (`total`, `Summe`) in one of its first two columns and figures or
    nothing in all others; a row of units has nothing but texts in brackets, within three rows of the head.
    """
    columns = [c for c in raw.table.columns if c != ROW]
    if not raw.is_text or not columns:
        return raw
    lead = columns[:_FIRST_COLUMNS]
    first = raw.table.select(ROW).order_by(ROW).limit(1)
    above = int(fetch(first)[ROW][0].as_py()) if raw.rows_read else 0
    near = raw.table.filter(raw.table[ROW] < above + _NEAR_HEAD)
    sums = _found(_sums(raw, columns, lead), lead)
    among = {row[ROW] for row in sums}
    units = [
        row for row in _found(near.filter(_units(near, columns)), lead) if row[ROW] not in among
    ]
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


def _found(rows: ir.Table, lead: list[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = fetch(rows.select(ROW, *lead).order_by(ROW)).to_pylist()
    return found


def _sums(raw: RawTable, columns: list[str], lead: list[str]) -> ir.Table:
    """Rows of sums. Those with a word for it are looked for first: they are few, and figures cost more."""
    table = raw.table
    word = rf"^{_BLANK}*(?i:{'|'.join(map(re.escape, every_language().totals.words))}):?{_BLANK}*$"
    texts = raw.held.texts(lead)
    could = [c for c in lead if c not in texts or any(re.match(word, v) for v in texts[c].values)]
    if not could:
        return table.limit(0)

    def is_named(column: str) -> ir.BooleanValue:
        return table[column].re_search(word).fill_null(False)

    def is_figure(column: str) -> ir.BooleanValue:
        return table[column].re_search(_FIGURE).fill_null(True)

    rest = [is_figure(c) | is_named(c) if c in could else is_figure(c) for c in columns]
    return table.filter(ibis.or_(*map(is_named, could))).filter(ibis.and_(*rest))


def _units(table: ir.Table, columns: list[str]) -> ir.BooleanValue:
    texts = [table[c].strip() for c in columns]
    blank = [(text.isnull() | (text == "")) for text in texts]
    bracketed = [text.re_search(r"^[\[(<][^\[\]()<>]*[\])>]$").fill_null(False) for text in texts]
    every = ibis.and_(*[b | k for b, k in zip(blank, bracketed, strict=True)])
    return every & ibis.or_(*bracketed)


def _reject(
    rule: str, rows: list[dict[str, object]], columns: list[str], what: str, remedy: str
) -> Reject:
    first = rows[0] if rows else {}
    column = next((c for c in columns[:_FIRST_COLUMNS] if first.get(c)), columns[0])
    return Reject(
        rule, column, len(rows), tuple(int(str(row[ROW])) for row in rows),
        str(first.get(column) or ""), what, remedy,
    )  # fmt: skip
