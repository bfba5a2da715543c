"""A table as it came, before any meaning: what every reader of `sources` gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that are not rows: `rows` in the file's own counting (head = row 1)."""

    rule: str
    column: str
    count: int
    rows: tuple[int, ...]
    example: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """`table` has `row__`. `rows_read` counts the rejects in. `sha256` is of the files'
    bytes, None where the table came from memory."""

    name: str
    table: ir.Table
    rows_read: int
    is_text: bool
    sha256: str | None = None
    rejects: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = field(default=())
