"""Lines of a delimited file that a quote swallows: one is opened, and not closed where its cell ends.

An engine takes all of them for one row, and says nothing of those it gives up on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from takeup.sources.plain_text import PlainText

Gone = tuple[tuple[int, int], ...]
"""Rows that were taken out of a file: the first of each run in the file's own counting, and how many."""


@dataclass(frozen=True, slots=True)
class Swallowed:
    """Rows from `row` on that stand within one quote, and the line that opens it."""

    row: int
    count: int
    line: str


def row_in_file(line: int, gone: Gone) -> int:
    """The number of a row in the file, from its number among those that were left."""
    for first, count in sorted(gone):
        line += count if first <= line else 0
    return line


def swallowed(
    text: PlainText, row: int, byte: int, delimiter: str, cells: int | None
) -> tuple[Swallowed, int] | None:
    """What a quote of the row that begins at `byte` swallows and where that ends; None where it is one
    line. `cells`: the quote is closed where a cell ends, and only lines of so many cells are rows."""
    content = text.path.read_bytes()
    end = _end_of_record(content, byte, delimiter.encode())
    lines = [line for line in content[byte:end].splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    if cells and not any(line.count(delimiter.encode()) == cells - 1 for line in lines[1:]):
        return None
    return Swallowed(row, len(lines), lines[0].decode("utf-8", "replace")), end


def without(text: PlainText, start: int, end: int, workspace: Path) -> PlainText:
    """The text without the bytes between; a copy in `workspace`."""
    content = text.path.read_bytes()
    path = workspace / f"{text.path.name.removesuffix('.closed.csv')}.closed.csv"
    path.write_bytes(content[:start] + content[end:])
    return replace(text, path=path)


def _end_of_record(content: bytes, at: int, delimiter: bytes) -> int:
    """Where the record at `at` ends: at its line's end, or that of the line in which a quote is closed
    amid a cell; at the end of the file where it is never closed."""
    while True:
        if content[at : at + 1] == b'"':
            at = _after_quote(content, at + 1)
            if content[at : at + 1] == delimiter:
                at += 1
                continue
            return _after_line(content, at)
        line_end, cell_end = _after_line(content, at), content.find(delimiter, at)
        if cell_end < 0 or cell_end >= line_end:
            return line_end
        at = cell_end + 1


def _after_quote(content: bytes, at: int) -> int:
    while (close := content.find(b'"', at)) >= 0:
        if content[close + 1 : close + 2] != b'"':
            return close + 1
        at = close + 2
    return len(content)


def _after_line(content: bytes, at: int) -> int:
    end = content.find(b"\n", at)
    return len(content) if end < 0 else end + 1
