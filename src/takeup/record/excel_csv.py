"""CSV that Excel opens as it is meant: letters by a byte-order mark, texts never taken for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

ENCODING = "utf-8-sig"
"""Without the mark Excel reads UTF-8 as the machine's own letters, and `Müller` is `MÃ¼ller`."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as CSV for people; programs read it too, as every reader knows the mark.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; unknown is blank.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_plain(name) for name in columns])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode(ENCODING)


def _plain(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
