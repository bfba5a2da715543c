"""Where every row went: read = used + folded + filtered + superseded + duplicate + rejected."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of fault in one column of one file, with the first rows that have it."""

    file: str
    rule: str
    column: str
    count: int
    rows: tuple[int, ...]
    example: str
    what: str
    remedy: str

    def sentence(self) -> str:
        """What is wrong, where, how often, and what to do."""
        first = f", row {self.rows[0]}" if self.rows else ""
        shown = f'"{self.example}" ' if self.example else ""
        more = f" {self.count} rows are like it." if self.count > 1 else ""
        return f"{self.file}{first}, column {self.column}: {shown}{self.what}.{more}" + (
            f" To mend it: {self.remedy}." if self.remedy else ""
        )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Counts of rows of the decisions file; `filtered` by the mapping's reason."""

    rows_read: int
    rows_used: int
    rows_folded: int = 0
    filtered: dict[str, int] = field(default_factory=dict)
    rows_superseded: int = 0
    rows_duplicate: int = 0
    rows_rejected: int = 0

    @property
    def rows_filtered(self) -> int:
        """Rows that the mapping's filters leave out."""
        return sum(self.filtered.values())

    def sentence(self) -> str:
        """Every row read and what became of it, what did not occur left out."""
        parts = {
            "used": self.rows_used,
            "folded into others": self.rows_folded,
            "left out by filters": self.rows_filtered,
            "superseded by a correction": self.rows_superseded,
            "doubled": self.rows_duplicate,
            "rejected": self.rows_rejected,
        }
        told = [f"{n:,} {what}" for what, n in parts.items() if n or what in ("used", "rejected")]
        return f"{self.rows_read:,} rows read, {', '.join(told)}"

    @property
    def balances(self) -> bool:
        """Whether every row read is accounted for."""
        return self.rows_read == (
            self.rows_used
            + self.rows_folded
            + self.rows_filtered
            + self.rows_superseded
            + self.rows_duplicate
            + self.rows_rejected
        )
