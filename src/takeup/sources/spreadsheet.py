"""A sheet of an Excel workbook as a raw table of texts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from takeup.log import Engine
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.mapping import FileOptions
from takeup.sources.raw_table import RawTable


def read_spreadsheet(engine: Engine, path: Path, options: FileOptions) -> RawTable:
    """One sheet, every cell as text (dates as ISO), `row__` as the sheet counts.

    Raises InputError for a damaged workbook, an absent sheet, an empty or merged head.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InputError(
            f"{path.name} is not a readable workbook ({error}); nothing of it was used. Save it "
            "again as .xlsx"
        ) from None
    sheet = options.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise InputError(
            f"{path.name} has no sheet {sheet!r}; it has {', '.join(book.sheet_names)}. Set [file] "
            "sheet in the mapping"
        )
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if len(rows) < options.header_row:
        raise InputError(f"{path.name}, sheet {sheet}: the sheet is empty")
    names = _names(path, sheet, rows[options.header_row - 1], options.header_row)
    body = [
        (number, row)
        for number, row in enumerate(rows[options.header_row :], options.header_row + 1)
        if any(cell not in ("", None) for cell in row)
    ]
    if not body:
        raise InputError(f"{path.name}, sheet {sheet}: there is a head but no rows")
    columns: dict[str, Any] = {
        name: pa.array([_text(row[i]) if i < len(row) else None for _, row in body], pa.string())
        for i, name in names.items()
    }
    columns[ROW] = pa.array([number for number, _ in body], pa.int64())
    notes = (
        ()
        if options.sheet or len(book.sheet_names) == 1
        else (
            f"read the first sheet, {sheet}; the workbook also has "
            f"{', '.join(book.sheet_names[1:])} ([file] sheet)",
        )
    )
    return RawTable(
        path.name, engine.load(pa.table(columns), "sheet"), len(body), True, None, (), notes
    )


def _names(path: Path, sheet: str, head: list[Any], row: int) -> dict[int, str]:
    last = max((i for i, cell in enumerate(head) if str(cell).strip()), default=-1)
    names = {i: str(cell).strip() for i, cell in enumerate(head[: last + 1])}
    blank = [i + 1 for i, name in names.items() if not name]
    if last < 1 or blank:
        where = f"column {', '.join(map(str, blank))}" if blank else "the head"
        raise InputError(
            f"{path.name}, sheet {sheet}, row {row}: {where} has no name (merged cells leave all "
            "but the first without one); unmerge the head, or set [file] header_row in the mapping "
            "to the row that names every column"
        )
    lower = [name.lower() for name in names.values()]
    twice = [name for name in names.values() if lower.count(name.lower()) > 1]
    if twice:
        raise InputError(
            f"{path.name}, sheet {sheet}, row {row}: the column name {twice[0]!r} stands there more "
            "than once; rename one of them"
        )
    return names


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell)
