"""Dates of the technical track out of what project tools export: CSV of Jira, Azure DevOps and Microsoft Project, or iCalendar.

A row is of T1 to T5 where its key, labels or title has that mark as a word, or where a mapping names its title or key. What a
tool calls due and done is known by its column; days are read as the file writes them throughout.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component

from takeup.record.clock import now
from takeup.record.errors import InputError

LARGEST = 5 << 20
_MARK = re.compile(r"(?<![A-Za-z0-9])T([1-5])(?![0-9A-Za-z])", re.IGNORECASE)
_TITLE = ("summary", "title", "name", "task name", "task_name")
_KEY = ("issue key", "key", "id", "unique id", "work item id")
_LABELS = ("labels", "label", "tags", "text1", "milestone", "track")
_DUE = ("due date", "duedate", "target date", "finish", "finish_date", "due", "end date", "end")
_DONE = (
    "resolved",
    "resolution date",
    "closed date",
    "actual finish",
    "actual_finish",
    "done",
    "completed",
)
_STATE = ("status", "state")
_SHARE = ("% complete", "percent complete", "% work complete", "percent_complete")
_WHOLE = ("100%", "100.0%", "100", "100.0", "1", "1.0")
_CLOSED = {"done", "closed", "resolved", "completed", "removed from board"}  # fmt: skip
_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d/%b/%y", "%d-%b-%y", "%d %B %Y", "%B %d, %Y", "%m/%d/%y", "%d.%m.%y")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A technical date as a file has it, and in which row."""

    key: str
    due: date
    done_on: date | None
    title: str
    row: int


@dataclass(frozen=True, slots=True)
class File:
    """What was read, what is wrong with other rows, and the titles of rows that are of no technical date by themselves."""

    found: tuple[Read, ...]
    problems: tuple[str, ...]
    others: tuple[str, ...]


def read_file(name: str, body: bytes, mapping: Mapping[str, str] | None = None) -> File:
    """The dates of a file, by its end (`.csv` or `.ics`). `mapping`: by title or key which of T1 to T5 it is. Raises
    InputError where it is none of both, or cannot be read at all."""
    if len(body) > LARGEST:
        raise InputError(f"{name} has more than {LARGEST >> 20} MB: export the five dates alone")
    if name.lower().endswith(".ics"):
        return _told(list(_events(name, body)), mapping or {})
    if name.lower().endswith((".csv", ".txt")):
        return _told(list(_rows(name, body)), mapping or {})
    raise InputError(f"{name}: hand in a .csv or an .ics file, as project tools export them")


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    key: str
    title: str
    labels: str
    due: date | None
    done_on: date | None
    problem: str = ""


def _told(rows: Sequence[_Row], mapping: Mapping[str, str]) -> File:
    found: dict[str, Read] = {}
    problems, others = [], []
    for row in rows:
        key = _key_of(row, mapping)
        if not key:
            others.append(row.title or row.key)
        elif row.problem:
            problems.append(row.problem)
        elif row.due is None:
            problems.append(f"row {row.number}: {row.title or key} has no day on which it is due")
        elif key in found:
            problems.append(
                f"row {row.number}: {key} stands in row {found[key].row} already; that one is taken"
            )
        else:
            found[key] = Read(key, row.due, row.done_on, row.title, row.number)
    return File(tuple(found[k] for k in sorted(found)), tuple(problems), tuple(others[:200]))


def _key_of(row: _Row, mapping: Mapping[str, str]) -> str:
    for named in (row.title, row.key):
        if named and named in mapping:
            return mapping[named]
    for text in (row.labels, row.key, row.title):
        if marked := _MARK.search(text):
            return f"T{marked[1]}"
    return ""


def _rows(name: str, body: bytes) -> Iterable[_Row]:
    text = _decoded(name, body)
    lines, head = _table(name, text)
    if head is None:
        raise InputError(
            f"{name}: no column says when something is due (looked for: {', '.join(_DUE[:5])}, …)"
        )
    columns = lines[head]
    days = _format_of(name, [cell for wanted in (_DUE, _DONE) for cell in _cells(lines[head + 1 :], columns, wanted)])  # fmt: skip
    for number, cells in enumerate(lines[head + 1 :], head + 2):
        if any(cell.strip() for cell in cells):
            yield _row(number, cells, columns, days)


def _row(number: int, cells: Sequence[str], columns: Sequence[str], days: str | None) -> _Row:
    def at(wanted: Sequence[str]) -> str:
        return " ".join(_of_row(cells, columns, wanted))

    key, title, labels = at(_KEY[:1]) or at(_KEY), at(_TITLE), at(_LABELS)
    try:
        due = _day(_first(cells, columns, _DUE), days)
        done = _day(_first(cells, columns, _DONE), days)
    except ValueError:
        told = f"row {number}: the days of {title or key} cannot be read; write them as 2027-12-31"
        return _Row(number, key, title, labels, None, None, told)
    # A share is written in per cent, or (by a spreadsheet) as a fraction: `1` is all of it, `1 %` is not.
    closed = at(_STATE).strip().lower() in _CLOSED or at(_SHARE).replace(" ", "") in _WHOLE
    return _Row(
        number, key, title, labels, due or done, done or (_closed_on(due) if closed else None)
    )


def _closed_on(due: date | None) -> date | None:
    """The day of what is closed and does not say when: its due day, or today where that is still to come."""
    return min(due, now().date()) if due else None


def _first(cells: Sequence[str], columns: Sequence[str], wanted: Sequence[str]) -> str:
    return next((c for c in _of_row(cells, columns, wanted) if c.strip() and c.strip() != "NA"), "")


def _of_row(cells: Sequence[str], columns: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Cells in columns of these names (a name may stand more than once), in the order of the names."""
    named = [(c.strip().lower().lstrip("\ufeff"), n) for n, c in enumerate(columns)]
    places = [n for name in wanted for called, n in named if called == name]
    return [cells[n] for n in places if n < len(cells)]


def _cells(lines: Sequence[Sequence[str]], columns: Sequence[str], wanted: Sequence[str]) -> list[str]:  # fmt: skip
    return [cell for cells in lines for cell in _of_row(cells, columns, wanted) if cell.strip()]


def _column(cells: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(c.strip().lower().lstrip("\ufeff") in wanted for c in cells)


def _decoded(name: str, body: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{name} is no text")


def _table(name: str, text: str) -> tuple[list[list[str]], int | None]:
    """Its cells, parted by what parts its heading, and the line of that; None where no line is one."""
    for delimiter in (",", ";", "\t"):
        lines = _lines(name, text, delimiter)
        head = next((n for n, cells in enumerate(lines) if len(cells) > 1 and _column(cells, _DUE)), None)  # fmt: skip
        if head is not None:
            return lines, head
    return [], None


def _lines(name: str, text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise InputError(
            f"{name}: a cell is longer than any date or title; export the five dates alone"
        ) from None


def _format_of(name: str, cells: Sequence[str]) -> str | None:
    """The one way of writing days that all of them follow; None where there is none. Raises InputError where two ways
    fit, and say different days."""
    told = [_date_part(cell) for cell in cells if cell.strip() and cell.strip() != "NA"]
    # What is no day in any way is a sentence of its own row.
    plain = [one for one in told if any(_read_all([one], form) for form in _FORMATS)]
    fits = {form: days for form in _FORMATS if (days := _read_all(plain, form)) is not None}
    unclear = next((one for one in plain if not fits and _is_two_days(one)), None)
    if len({tuple(days) for days in fits.values()}) > 1 or unclear:
        raise InputError(
            f"{name}: days like {unclear or plain[0]} can be read as two days, month or day first; export them as 2027-12-31"
        )
    return next(iter(fits), None)


def _is_two_days(text: str) -> bool:
    return len({tuple(days) for form in _FORMATS if (days := _read_all([text], form))}) > 1


def _read_all(texts: Sequence[str], form: str) -> list[date] | None:
    try:
        return [_parsed(text, form) for text in texts]
    except ValueError:
        return None


def _parsed(text: str, form: str) -> date:
    return datetime.strptime(text, form).replace(tzinfo=UTC).date()


def _date_part(text: str) -> str:
    """A day without its time and weekday."""
    told = re.sub(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+", "", text.strip())
    return re.sub(r"[T\s]\d{1,2}:\d{2}.*$", "", told)


def _day(text: str, form: str | None) -> date | None:
    told = _date_part(text)
    if not told or told == "NA":
        return None
    for one in (form,) if form else _FORMATS:
        try:
            return _parsed(told, one)
        except ValueError:
            continue
    raise ValueError(told)


def _events(name: str, body: bytes) -> Iterable[_Row]:
    try:
        held = Calendar.from_ical(body, multiple=True)
    except (ValueError, KeyError, IndexError):
        held = []
    if not held:
        raise InputError(f"{name} cannot be read as a calendar; export it once more as iCalendar, or as .csv")  # fmt: skip
    found = (e for one in held for e in one.walk() if e.name in ("VEVENT", "VTODO"))
    for number, event in enumerate(found, 1):
        yield _event(number, event)


def _event(number: int, event: Component) -> _Row:
    title, uid = str(_first_of(event, "summary") or ""), str(_first_of(event, "uid") or "")
    told = event.get("categories", [])
    # Several lines of categories come as a list, one as itself.
    lines = told if isinstance(told, list) else [told]
    labels = " ".join(str(one) for line in lines for one in getattr(line, "cats", [line]))
    try:
        due, done = _event_day(event), _plain_day(_first_of(event, "completed"))
    except (AttributeError, TypeError, ValueError, OverflowError):
        problem = f"event {number}: the days of {title or uid} cannot be read"
        return _Row(number, uid, title, labels, None, None, problem)
    closed = str(_first_of(event, "status") or "").upper() == "COMPLETED"
    return _Row(number, uid, title, labels, due, done or (_closed_on(due) if closed else None))


def _first_of(event: Component, name: str) -> Any:
    """A property, the first where it stands more than once."""
    held = event.get(name)
    return held[0] if isinstance(held, list) else held


def _event_day(event: Component) -> date | None:
    """The last day of an event: a whole-day one ends before its DTEND."""
    due, ends, starts = (_first_of(event, name) for name in ("due", "dtend", "dtstart"))
    if due is not None:
        return _plain_day(due)
    over = ends.dt if ends is not None else _after(starts, _first_of(event, "duration"))
    if over is not None and not isinstance(over, datetime):
        first = _plain_day(starts) or over
        last: date = max(first, over - timedelta(days=1))
        return last
    return (over.date() if over is not None else None) or _plain_day(starts)


def _after(starts: Any, lasts: Any) -> date | None:
    """When an event is over that says how long it lasts."""
    if starts is None or lasts is None or not isinstance(lasts.dt, timedelta):
        return None
    over: date = starts.dt + lasts.dt
    return over


def _plain_day(held: object) -> date | None:
    found = getattr(held, "dt", None)
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else None
