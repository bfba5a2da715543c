"""Where the names of a table's columns stand: people write titles, dates and groups above them."""

from __future__ import annotations

import re
from collections.abc import Sequence

LOOKED_AT = 20
"""Rows among which the head is looked for."""
_FEWEST = 3
_NUMBER_OR_TIME = re.compile(r"[\d.,:/\-+ %€$T]+Z?")


def found_head(rows: Sequence[Sequence[str]]) -> int | None:
    """Which row (from 1) names every column, where the first does not: it has no number among its
    names, and what stands above it fills half of its columns at most. None where no row does.

    A first row that lacks one name among many (an unnamed index) is no title: the reader asks for it.
    """
    filled = 0
    for number, row in enumerate(rows[:LOOKED_AT], 1):
        names = [" ".join(cell.split()) for cell in row]
        while names and not names[-1]:
            names.pop()
        if number > 1 and len(names) >= _FEWEST and _is_head(names) and 2 * filled <= len(names):
            return number
        filled = max(filled, sum(map(bool, names)))
    return None


def _is_head(names: Sequence[str]) -> bool:
    folded = {name.casefold() for name in names}
    return (
        all(names) and len(folded) == len(names) and not any(map(_NUMBER_OR_TIME.fullmatch, names))
    )


def head_note(row: int) -> str:
    """What is said of a head that was found below the first row."""
    return (
        f"row {row} has the names of the columns; what stands above is left out ([file] header_row)"
    )
