"""A sheet of an Excel workbook as a raw table of texts."""

from __future__ import annotations

import html
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from takeup.log import Engine
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.mapping import FileOptions
from takeup.sources.head import LOOKED_AT, found_head, head_note
from takeup.sources.raw_table import RawTable


def read_spreadsheet(engine: Engine, path: Path, options: FileOptions) -> RawTable:
    """One sheet, every cell as text (dates as ISO), `row__` as the sheet counts.

    The first sheet that Excel shows, where none is named; merged cells below the head are the value that
    they show. Raises InputError for a damaged workbook, an absent sheet, an empty or merged head, formulas
    that nobody has calculated.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InputError(
            f"{path.name} is not a readable workbook ({error}); nothing of it was used. Save it "
            "again as .xlsx"
        ) from None
    shown = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    sheet = options.sheet or (shown or book.sheet_names)[0]
    if sheet not in book.sheet_names:
        raise InputError(
            f"{path.name} has no sheet {sheet!r}; it has {', '.join(book.sheet_names)}. Set [file] "
            "sheet in the mapping"
        )
    page = book.get_sheet_by_name(sheet)
    rows = page.to_python(skip_empty_area=False)
    head = options.header_row or _head_row(rows)
    if len(rows) < head:
        raise InputError(f"{path.name}, sheet {sheet}: the sheet is empty")
    merged = _fill_merged(rows, page.merged_cell_ranges or (), head)
    names = _names(path, sheet, rows[head - 1], head)
    body = [
        (number, row)
        for number, row in enumerate(rows[head:], head + 1)
        if any(cell not in ("", None) for cell in row)
    ]
    if not body:
        raise InputError(f"{path.name}, sheet {sheet}: there is a head but no rows")
    columns: dict[str, Any] = {
        name: pa.array([_text(row[i]) if i < len(row) else None for _, row in body], pa.string())
        for i, name in names.items()
    }
    columns[ROW] = pa.array([number for number, _ in body], pa.int64())
    for i, name in names.items():
        if columns[name].null_count == len(body) and _uncalculated(path, sheet, i):
            raise InputError(
                f"{path.name}, sheet {sheet}: column {name!r} holds formulas that were never calculated "
                "(the workbook was written by a program and never opened); open it in Excel or LibreOffice, "
                "save it, and read it again"
            )
    notes = []
    others = [name for name in shown if name != sheet]
    if not options.sheet and others:
        notes.append(
            f"read the first sheet, {sheet}; the workbook also has {', '.join(others)} ([file] sheet)"
        )
    hidden = [name for name in book.sheet_names if name not in shown]
    if hidden and not options.sheet:
        notes.append(f"hidden sheets are not read: {', '.join(hidden)} ([file] sheet)")
    if head > 1 and not options.header_row:
        notes.append(head_note(head))
    if merged:
        notes.append(f"{merged} merged cells below the head are read as the value they show")
    table = engine.load(pa.table(columns), "sheet")
    return RawTable(path.name, table, len(body), True, None, (), tuple(notes))


def _head_row(rows: list[list[Any]]) -> int:
    """The row that names the columns: the first, but for a title above it."""
    first = [str(cell).strip() for cell in rows[0]] if rows else []
    while first and not first[-1]:
        first.pop()
    if len(first) > 1 and all(first):
        return 1
    return found_head([[str(cell) for cell in row] for row in rows[:LOOKED_AT]]) or 1


def _fill_merged(rows: list[list[Any]], ranges: Any, header_row: int) -> int:
    """Writes the value of merged cells below the head into each of them; how many there are."""
    filled = 0
    for (top, left), (bottom, right) in ranges:
        if top < header_row:
            continue
        filled += 1
        for r in range(top, min(bottom, len(rows) - 1) + 1):
            for c in range(left, min(right, len(rows[r]) - 1) + 1):
                rows[r][c] = rows[top][left]
    return filled


_FORMULA_WITHOUT_VALUE = re.compile(
    r'<c r="([A-Z]+)\d+"[^>]*>\s*<f[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)


def _uncalculated(path: Path, sheet: str, column: int) -> bool:
    """Whether a column of a sheet holds formulas without the value that Excel stores beside them."""
    try:
        with zipfile.ZipFile(path) as book:
            targets = dict(
                re.findall(
                    r'Id="([^"]+)"[^>]*?Target="/?(?:xl/)?([^"]+)"',
                    _ids_first(book.read("xl/_rels/workbook.xml.rels").decode()),
                )
            )
            listed = re.findall(
                r'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"',
                book.read("xl/workbook.xml").decode(),
            )
            named = {html.unescape(name): targets.get(mark, "") for name, mark in listed}
            text = book.read(f"xl/{named[sheet]}").decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return False
    letters = {m[1] for m in _FORMULA_WITHOUT_VALUE.finditer(text)}
    return _letters(column) in letters


def _ids_first(relations: str) -> str:
    return re.sub(r'(Target="[^"]*")([^>]*?)(Id="[^"]*")', r"\3\2\1", relations)


def _letters(column: int) -> str:
    """The name of a column as a sheet counts: A, B, … AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


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
