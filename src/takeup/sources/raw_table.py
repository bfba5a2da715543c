"""A table as it came, before any meaning: what every reader of `sources` gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis.expr.types as ir

from takeup.sources.held import Held


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
    bytes, None where the table came from memory. `held`: what is known of its columns. `absent`: columns
    that the source has and that are left out, with the reason. `zoneless`: typed moments that name no
    zone."""

    name: str
    table: ir.Table
    rows_read: int
    is_text: bool
    sha256: str | None = None
    rejects: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = field(default=())
    absent: dict[str, str] = field(default_factory=dict)
    zoneless: frozenset[str] = frozenset()
    held: Held = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", Held(self.table))
