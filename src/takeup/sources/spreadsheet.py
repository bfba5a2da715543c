"""A sheet of an Excel workbook as a raw table of texts."""

from __future__ import annotations

import functools
import html
import itertools
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
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

EVERY_SHEET = "*"
"""What [file] sheet says to have all sheets with the head of the first table read together."""

_SHEET = "sheet"
"""The column that says which of several sheets a row stands in."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as a table: `head` is the row of its names, `names` by their place, `body` its rows with
    their numbers, `notes` what is to be said of it."""

    title: str
    head: int
    names: dict[int, str]
    body: list[tuple[int, list[Any]]]
    notes: tuple[str, ...]

    def values(self, name: str) -> list[str | None]:
        """A column's cells as texts."""
        at = next((i for i, each in self.names.items() if each.lower() == name.lower()), -1)
        return [_text(row[at]) if at < len(row) else None for _, row in self.body]

    @property
    def key(self) -> frozenset[str]:
        """What two sheets of one table share."""
        return frozenset(name.lower() for name in self.names.values())


def read_spreadsheet(engine: Engine, path: Path, options: FileOptions) -> RawTable:
    """One sheet, every cell as text (dates as ISO), `row__` as the sheet counts.

    The first sheet shown that is a table, where none is named; all of its head, one after the other, for
    `sheet = "*"`. Merged cells below the head are the value that they show. Raises InputError for a damaged
    workbook, an absent sheet, an empty or merged head, formulas that nobody has calculated.
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
    named = None if options.sheet == EVERY_SHEET else options.sheet
    if named and named not in book.sheet_names:
        raise InputError(
            f"{path.name} has no sheet {named!r}; it has {', '.join(book.sheet_names)}. Set [file] "
            "sheet in the mapping"
        )

    @functools.cache
    def page(title: str) -> _Page:
        found = book.get_sheet_by_name(title)
        return found.to_python(skip_empty_area=False), found.merged_cell_ranges or ()

    first = named or _first_table(page, shown or book.sheet_names, options)
    sheet = _sheet(page(first), path, first, options)
    others = [] if named else [name for name in shown if name != first]
    alike = {
        name: rows
        for name in others
        if (rows := _rows_alike(page(name), path, name, options, sheet))
    }
    every = [*alike] if options.sheet == EVERY_SHEET else []
    together = [sheet, *(_sheet(page(name), path, name, options) for name in every)]
    notes = [note for each in together for note in each.notes]
    if len(together) > 1:
        notes.append(_counted_on(together))
    elif others:
        notes.append(_not_read(first, shown.index(first) == 0, others, alike))
    hidden = [name for name in book.sheet_names if name not in shown]
    if hidden and not named:
        notes.append(f"hidden sheets are not read: {', '.join(hidden)} ([file] sheet)")
    table = _together(together)
    return RawTable(
        path.name, engine.load(table, "sheet"), table.num_rows, True, None, (), tuple(notes)
    )


_Page = tuple[list[list[Any]], Any]
"""The cells of a sheet, and the ranges of them that are merged."""


def _first_table(page: Callable[[str], _Page], names: list[str], options: FileOptions) -> str:
    """The first sheet that has a head of two names and rows below; the first of all where none has."""
    if len(names) == 1:
        return names[0]
    return next((name for name in names if _is_table(page(name), options)), names[0])


def _is_table(page: _Page, options: FileOptions) -> bool:
    rows, _ = page
    head = options.header_row or _head_row(rows)
    return len(rows) > head and sum(bool(str(c).strip()) for c in rows[head - 1]) > 1


def _rows_alike(page: _Page, path: Path, title: str, options: FileOptions, first: _Sheet) -> int:
    """How many rows another sheet has below the same head; none where its head is another."""
    if not _is_table(page, options):
        return 0
    head = options.header_row or _head_row(page[0])
    try:
        names, _ = _names(path, title, page[0], head)
    except InputError:
        return 0
    same = {name.lower() for name in names.values()} == first.key
    return len(_body(page[0], head, names)) if same else 0


def _body(rows: list[list[Any]], head: int, names: Collection[int]) -> list[tuple[int, list[Any]]]:
    """The rows below the head that hold anything under a name, with their numbers."""
    return [
        (number, row)
        for number, row in enumerate(rows[head:], head + 1)
        if any(i < len(row) and row[i] not in ("", None) for i in names)
    ]


def _not_read(first: str, is_first: bool, others: list[str], alike: dict[str, int]) -> str:
    which = "first sheet" if is_first else "first sheet that is a table"
    note = f"read the {which}, {first}; the workbook also has {', '.join(others)} ([file] sheet)"
    if not alike:
        return note
    return (
        f"{note}. {sum(alike.values())} rows of {', '.join(alike)} have the same head and are not read: [file] sheet = "
        f'"{EVERY_SHEET}" reads all sheets of this head together'
    )


def _counted_on(together: list[_Sheet]) -> str:
    """What is said of how rows of several sheets are counted."""
    starts, parts = _starts(together), []
    for each, start in zip(together[1:], starts[1:], strict=True):
        row = each.body[0][0]
        parts.append(f"row {row} of {each.title} is row {start + row}")
    titles = ", ".join(each.title for each in together)
    return f"the sheets {titles} have one head and are read one after the other: {', '.join(parts)}"


def _starts(together: list[_Sheet]) -> list[int]:
    """After which row the rows of each sheet are counted on."""
    return [0, *itertools.accumulate(each.body[-1][0] for each in together[:-1])]


def _together(sheets: list[_Sheet]) -> pa.Table:
    names = list(sheets[0].names.values())
    columns: dict[str, Any] = {
        name: pa.array([v for each in sheets for v in each.values(name)], pa.string())
        for name in names
    }
    if len(sheets) > 1 and _SHEET not in sheets[0].key:
        columns[_SHEET] = pa.array([each.title for each in sheets for _ in each.body], pa.string())
    columns[ROW] = pa.array(
        [
            start + number
            for each, start in zip(sheets, _starts(sheets), strict=True)
            for number, _ in each.body
        ],
        pa.int64(),
    )
    return pa.table(columns)


def _sheet(page: _Page, path: Path, title: str, options: FileOptions) -> _Sheet:
    rows, ranges = page
    head = options.header_row or _head_row(rows)
    if len(rows) < head:
        raise InputError(f"{path.name}, sheet {title}: the sheet is empty")
    merged = _fill_merged(rows, ranges, head)
    names, beside = _names(path, title, rows, head)
    body = _body(rows, head, names)
    if not body:
        raise InputError(f"{path.name}, sheet {title}: there is a head but no rows")
    found = _Sheet(title, head, names, body, ())
    notes = [*beside, *_unseen_notes(path, found)]
    if head > 1 and not options.header_row:
        notes.append(head_note(head))
    if merged:
        notes.append(f"{merged} merged cells below the head are read as the value they show")
    return replace(found, notes=tuple(notes))


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


_CELL = r'<c r="([A-Z]+)(\d+)"'
_FORMULA = r"<f[^>]*(?:/>|>[^<]*</f>)"
_FORMULA_WITHOUT_VALUE = re.compile(
    # A formula whose value is the empty text (t="str") has been calculated.
    rf'{_CELL}(?![^>]*t="str")[^>]*>\s*{_FORMULA}\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_ERROR = re.compile(rf'{_CELL}[^>]*\st="e"[^>]*>\s*(?:{_FORMULA})?\s*<v>([^<]*)</v>')


def _unseen_notes(path: Path, sheet: _Sheet) -> list[str]:
    """What is said of cells that look blank and hold a formula: an error, or no value. Raises InputError
    for a column of formulas that nobody has calculated."""
    empty = {
        i: [number for number, row in sheet.body if i >= len(row) or row[i] in ("", None)]
        for i in sheet.names
    }
    if not any(empty.values()):
        return []
    text = _sheet_xml(path, sheet.title)
    errors = [(m[1], int(m[2]), m[3]) for m in _ERROR.finditer(text)] if 't="e"' in text else []
    formulas = (
        [(m[1], int(m[2])) for m in _FORMULA_WITHOUT_VALUE.finditer(text)] if "<f" in text else []
    )
    notes = []
    for i, name in sheet.names.items():
        letters, blank = _letters(i), set(empty[i])
        broken = [(row, error) for at, row, error in errors if at == letters and row in blank]
        bare = [row for at, row in formulas if at == letters and row in blank]
        if bare and len(blank) == len(sheet.body):
            raise InputError(
                f"{path.name}, sheet {sheet.title}: column {name!r} holds formulas that were never calculated "
                "(the workbook was written by a program and never opened); open it in Excel or LibreOffice, "
                "save it, and read it again"
            )
        if broken:
            notes.append(
                f"column {name}: {len(broken)} cells hold the error of a formula ({broken[0][1]} in row "
                f"{broken[0][0]}) and are read as blank; mend the formula"
            )
        if bare:
            notes.append(
                f"column {name}: {len(bare)} cells hold a formula that was never calculated (row {bare[0]}) "
                "and are read as blank; open the workbook in Excel or LibreOffice and save it"
            )
    return notes


def _sheet_xml(path: Path, sheet: str) -> str:
    """What a workbook's file says of a sheet; nothing of workbooks that are no zip of texts."""
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
            return book.read(f"xl/{named[sheet]}").decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return ""


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


def _names(
    path: Path, sheet: str, rows: list[list[Any]], row: int
) -> tuple[dict[int, str], list[str]]:
    """The names of the columns by their place, and what is said of columns without one.

    An empty column without a name parts a legend from the table; what stands behind it under no name, or
    behind the last name, is left out.
    """
    cells = rows[row - 1]
    head = [str(cell).strip() for cell in cells]
    width = max(map(len, rows[row - 1 :]))
    head += [""] * (width - len(head))
    filled = {
        i
        for i in range(width)
        if not head[i] and any(i < len(r) and r[i] not in ("", None) for r in rows[row:])
    }
    last = max((i for i, name in enumerate(head) if name), default=-1)
    apart = {i for i in filled if i > last or (i > 0 and not head[i - 1] and i - 1 not in filled)}
    names = {i: name for i, name in enumerate(head) if name}
    blank = sorted(filled - apart)
    if len(names) < 2 or blank:
        where = f"column {', '.join(str(i + 1) for i in blank)}" if blank else "the head"
        raise InputError(
            f"{path.name}, sheet {sheet}, row {row}: {where} has no name (merged cells leave all "
            "but the first without one); unmerge the head, or set [file] header_row in the mapping "
            "to the row that names every column"
        )
    empty = [_letters(i) for i in range(last) if not head[i] and i not in filled]
    notes = [f"columns without a name are left out: {', '.join(empty)} (empty)"] if empty else []
    if apart:
        beside = ", ".join(_letters(i) for i in sorted(apart))
        notes.append(f"what stands beside the table in {beside}, under no name, is left out")
    lower = [name.lower() for name in names.values()]
    twice = [name for name in names.values() if lower.count(name.lower()) > 1]
    if twice:
        raise InputError(
            f"{path.name}, sheet {sheet}, row {row}: the column name {twice[0]!r} stands there more "
            "than once; rename one of them"
        )
    return names, notes


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
