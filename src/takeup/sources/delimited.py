"""Delimited text (CSV and its cousins) as a raw table of texts."""

from __future__ import annotations

import csv
import functools
import itertools
from pathlib import Path

import duckdb

from takeup.log import Engine, quote
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.mapping import FileOptions
from takeup.sources.head import found_head, head_note
from takeup.sources.open_quotes import Gone, Swallowed, row_in_file, swallowed, without
from takeup.sources.plain_text import LONGEST_LINE, PlainText, plain_text
from takeup.sources.raw_table import RawTable, Reject

DELIMITERS = (",", ";", "\t", "|")
_REMEDIES = {
    "MISSING COLUMNS": "the row has fewer cells than the head; complete it or quote line breaks",
    "TOO MANY COLUMNS": (
        "the row has more cells than the head; put texts that contain the delimiter in quotes"
    ),
    "UNQUOTED VALUE": "a quote is opened and not closed; close it or double it",
    "INVALID ENCODING": "set [file] encoding in the mapping",
    "LINE SIZE OVER MAXIMUM": "no row of a decision table is that long; look for an unclosed quote",
}


def read_delimited(
    engine: Engine, path: Path, options: FileOptions, workspace: Path, *, narrow: bool = False
) -> RawTable:
    """A delimited file; all cells are texts, `row__` counts the head as row 1. `narrow`: it may have a single
    column, as a list of case ids does.

    Rows that are no rows (ragged, an unclosed quote, over-long) are rejected by number; the
    others are kept. Raises InputError for a file that cannot be read as a table at all.
    """
    text = plain_text(path, workspace, options.encoding)
    head = options.header_row or _head_row(text, options.delimiter)
    first = _first_lines(text, head)
    delimiter = options.delimiter or _delimiter(path, first, head, narrow=narrow)
    names = _head(path, first, delimiter, head, narrow=narrow)
    scan = functools.partial(_scan, engine, path, names=names, delimiter=delimiter, head=head)
    table_name, found = scan(text)
    gone: Gone = tuple((line, 1) for line in text.overlong)
    quotes: list[Swallowed] = []
    whole = text
    while broken := _first_swallowed(found, text, gone, delimiter, len(names)):
        lost, start, end = broken
        if len(quotes) == _MOST_QUOTES:
            raise InputError(
                f"{path.name}, row {quotes[0].row}: a quote is opened and not closed ({quotes[0].line[:60]!r}), "
                f"and so in {_MOST_QUOTES} more rows; nothing of the file was used. Export it again as CSV with "
                "quotes around texts, quotes within them doubled"
            )
        quotes.append(lost)
        gone = (*gone, (lost.row, lost.count))
        text = without(text, start, end, workspace)
        engine.run(f'DROP TABLE "{table_name}"')
        table_name, found = scan(text)
    bad = [(row_in_file(line, gone), kind, sample) for line, kind, sample, _ in found]
    counts = f', "{_ROW_NUMBER}"' if _ROW_NUMBER in names else ""
    table = engine.query(
        f"SELECT * EXCLUDE (line__{counts}), "
        f"{_row_number(engine, table_name, (*gone, *((row, 1) for row, _, _ in bad)), head)} "
        f'AS {ROW} FROM "{table_name}"',
        "csv_rows",
    )
    ((good,),) = engine.run(f'SELECT count(*) FROM "{table_name}"')
    rejects = (*_rejects(bad, whole), *map(_reject_of, quotes))
    if good == 0 and not rejects:
        raise InputError(f"{path.name} has a head but no rows")
    notes = (*text.notes, *([head_note(head)] if not options.header_row and head > 1 else []))
    if counts:
        notes = (*notes, "column 1 has no name and numbers the rows; it is left out")
    return RawTable(
        path.name, table, good + sum(r.count for r in rejects), True, None, rejects, notes
    )


_MOST_QUOTES = 20
"""Each that swallows lines has the file scanned once more."""

_BROKEN = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM")
_Found = list[tuple[int, str, str, int]]
"""Of each row that is none: its number among those scanned, why, its text, and the byte it begins at."""


def _scan(
    engine: Engine, path: Path, text: PlainText, *, names: list[str], delimiter: str, head: int
) -> tuple[str, _Found]:
    """The name of a table with the rows of a file, and what was no row of it."""
    table_name = engine.new_name("csv")
    columns = ", ".join(f"{quote(name)}: 'VARCHAR'" for name in names)
    try:
        engine.run(
            f'CREATE TEMP TABLE "{table_name}" AS SELECT row_number() OVER () AS line__, * FROM read_csv('
            f"{quote(text.path)}, delim = {quote(delimiter)}, quote = '\"', escape = '\"', header = false, "
            f"skip = {head}, auto_detect = false, columns = {{{columns}}}, "
            "store_rejects = true, rejects_limit = 0, strict_mode = true, "
            f"max_line_size = {4 * LONGEST_LINE}, null_padding = false, "
            f"rejects_table = '{table_name}_errors', rejects_scan = '{table_name}_scans')"
        )
    except duckdb.Error as error:
        raise InputError(
            f"{path.name} cannot be read as a delimited file ({str(error).splitlines()[0][:160]}); nothing "
            "of it was used. Export it again as CSV with quotes around texts"
        ) from None
    # The engine counts bytes from 1.
    found = engine.run(
        "SELECT line, min(error_type), min(csv_line), min(line_byte_position) - 1 "
        f'FROM "{table_name}_errors" GROUP BY line ORDER BY line'
    )
    return table_name, [(int(line), kind, sample, int(byte)) for line, kind, sample, byte in found]


def _first_swallowed(
    found: _Found, text: PlainText, gone: Gone, delimiter: str, cells: int
) -> tuple[Swallowed, int, int] | None:
    """The first broken quote that swallows lines, and the bytes between which it does."""
    for line, kind, sample, byte in found:
        if kind in _BROKEN or "\n" in (sample or ""):
            lost = swallowed(
                text, row_in_file(line, gone), byte, delimiter, None if kind in _BROKEN else cells
            )
            if lost:
                return lost[0], byte, lost[1]
    return None


def _reject_of(lost: Swallowed) -> Reject:
    return Reject(
        "unquoted_value",
        "(row)",
        lost.count,
        tuple(range(lost.row, lost.row + lost.count)),
        lost.line[:80],
        f"stands in a quote that row {lost.row} opens and nothing closes (unquoted value)",
        _REMEDIES["UNQUOTED VALUE"],
    )


_LOOKED_AT = 60
"""Lines that are looked at for the head and the delimiter."""


def _head_row(text: PlainText, delimiter: str | None) -> int:
    """The row that names the columns: the first, but for a title above it."""
    lines = _lines(text, _LOOKED_AT)
    cut = [
        list(csv.reader(lines, delimiter=d)) for d in ((delimiter,) if delimiter else DELIMITERS)
    ]
    if any(rows and len(rows[0]) > 1 and all(rows[0]) and _fits(rows, 1) for rows in cut):
        return 1
    found = [row for rows in cut if (row := found_head(rows)) and _fits(rows, row)]
    return min(found, default=1)


def _fits(rows: list[list[str]], head: int) -> bool:
    """Whether most rows below a head have as many cells."""
    below = [row for row in rows[head:] if row]
    return 2 * sum(len(row) == len(rows[head - 1]) for row in below) >= len(below)


def _lines(text: PlainText, count: int) -> list[str]:
    with text.path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(itertools.islice(file, count))


def _first_lines(text: PlainText, header_row: int) -> list[str]:
    lines = _lines(text, header_row + _LOOKED_AT)
    if len(lines) < header_row or not lines[header_row - 1].strip():
        raise InputError(
            f"{text.path.name.removesuffix('.utf8.csv')}, row {header_row}: there are no column "
            "names; set [file] header_row in the mapping to the row that has them"
        )
    lines[0] = lines[0].removeprefix("\ufeff")
    return lines


def _delimiter(path: Path, lines: list[str], header_row: int, *, narrow: bool) -> str:
    """The sign that cuts the head and most rows below it into the same number of cells."""

    def fit(delimiter: str) -> tuple[float, int]:
        rows = [len(row) for row in csv.reader(lines[header_row - 1 :], delimiter=delimiter) if row]
        alike = sum(n == rows[0] for n in rows) / len(rows)
        return (alike if rows[0] > 1 else 0.0, rows[0])

    fits = {d: fit(d) for d in DELIMITERS}
    best = max(DELIMITERS, key=lambda d: (round(fits[d][0], 1), fits[d][1]))
    if fits[best][1] < 2 and narrow:
        return ","
    if fits[best][1] < 2:
        head = lines[header_row - 1].rstrip()
        raise InputError(
            f"{path.name}, row {header_row}: only one column found ({head[:60]!r}); is the delimiter none of "
            "comma, semicolon, tab and bar? Set [file] delimiter in the mapping"
        )
    return best


def _head(path: Path, lines: list[str], delimiter: str, row: int, *, narrow: bool) -> list[str]:
    """The column names; line breaks in one are blanks."""
    head = next(csv.reader(lines[row - 1 :], delimiter=delimiter))
    names = [" ".join(name.split()) for name in head]
    if len(names) < 2 and not narrow:
        raise InputError(
            f"{path.name}, row {row}: with the delimiter {delimiter!r} there is only one column; "
            "set the right [file] delimiter in the mapping"
        )
    if not names[0] and _numbers_rows(lines[row:], delimiter):
        names[0] = _ROW_NUMBER
    blank = [str(i) for i, name in enumerate(names, 1) if not name]
    if blank:
        raise InputError(
            f"{path.name}, row {row}: column {', '.join(blank)} has no name; name every column, or set "
            "[file] header_row in the mapping to the row that has the names"
        )
    twice = sorted({name for name in names if [n.lower() for n in names].count(name.lower()) > 1})
    if twice:
        raise InputError(
            f"{path.name}, row {row}: the column name {twice[0]!r} stands there more than once; "
            "rename one of them"
        )
    return names


_ROW_NUMBER = "(row number)"
"""A first column without a name that counts from 0 or 1, as pandas and R write it."""


def _numbers_rows(lines: list[str], delimiter: str) -> bool:
    """Whether the first cells below the head count the rows."""
    first = [row[0].strip() for row in csv.reader(lines, delimiter=delimiter) if row]
    return bool(first) and any(
        first == [str(begin + i) for i in range(len(first))] for begin in (0, 1)
    )


def _row_number(engine: Engine, table_name: str, gone: Gone, first: int) -> str:
    """Row numbers of the file, counting the rows that were rejected or taken out."""
    if not gone:
        return f"line__ + {first}"
    engine.run(f'CREATE TEMP TABLE "{table_name}_gone" (line BIGINT, n BIGINT)')
    # Rows missing from L on, k before them, move every kept row from L - k on by their number.
    rows, k = [], 0
    for line, n in sorted(set(gone)):
        rows.append(f"({line - first - k}, {n})")
        k += n
    engine.run(f'INSERT INTO "{table_name}_gone" VALUES {", ".join(rows)}')
    moved = (
        f'SELECT coalesce(sum(g.n), 0)::BIGINT FROM "{table_name}_gone" g WHERE g.line <= line__'
    )
    return f"line__ + {first} + ({moved})"


def _rejects(found: list[tuple[int, str, str]], text: PlainText) -> tuple[Reject, ...]:
    rejects = []
    for kind in sorted({kind for _, kind, _ in found}):
        rows = [(line, sample) for line, each, sample in found if each == kind]
        rejects.append(
            Reject(
                kind.lower().replace(" ", "_"),
                "(row)",
                len(rows),
                tuple(line for line, _ in rows),
                (rows[0][1] or "")[:80],
                f"is not a row of this table ({kind.lower()})",
                _REMEDIES.get(kind, "mend the row in the file"),
            )
        )
    if text.overlong:
        rejects.append(
            Reject(
                "line_too_long",
                "(row)",
                len(text.overlong),
                text.overlong,
                "",
                f"is longer than {LONGEST_LINE >> 20} MB",
                _REMEDIES["LINE SIZE OVER MAXIMUM"],
            )
        )
    return tuple(rejects)
