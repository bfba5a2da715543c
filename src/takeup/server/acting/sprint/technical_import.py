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

from icalendar import Calendar

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
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    head = next((n for n, cells in enumerate(lines) if _column(cells, _DUE)), None)
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
    closed = at(_STATE).strip().lower() in _CLOSED or at(_SHARE).strip().rstrip("% ") in ("100", "100.0", "1")  # fmt: skip
    return _Row(number, key, title, labels, due or done, done or (due if closed else None))


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


def _delimiter(text: str) -> str:
    head = text[:2000]
    return max((",", ";", "\t"), key=head.count)


def _format_of(name: str, cells: Sequence[str]) -> str | None:
    """The one way of writing days that all of them follow; None where there is none. Raises InputError where two ways
    fit, and say different days."""
    plain = [_date_part(cell) for cell in cells if cell.strip() and cell.strip() != "NA"]
    fits = {form: days for form in _FORMATS if (days := _read_all(plain, form)) is not None}
    if len({tuple(days) for days in fits.values()}) > 1:
        raise InputError(
            f"{name}: days like {plain[0]} can be read as two days, month or day first; export them as 2027-12-31"
        )
    return next(iter(fits), None)


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
        held = Calendar.from_ical(body)
    except (ValueError, KeyError, IndexError) as error:
        raise InputError(f"{name} cannot be read as a calendar: {error}") from None
    for number, event in enumerate((e for e in held.walk() if e.name in ("VEVENT", "VTODO")), 1):
        title, uid = str(event.get("summary", "")), str(event.get("uid", ""))
        told = event.get("categories", [])
        # Several lines of categories come as a list, one as itself.
        lines = told if isinstance(told, list) else [told]
        labels = " ".join(str(one) for line in lines for one in line.cats)
        done = event.get("completed") or (event.get("dtend") if str(event.get("status", "")).upper() == "COMPLETED" else None)  # fmt: skip
        yield _Row(number, uid, title, labels, _event_day(event), _plain_day(done))


def _event_day(event: object) -> date | None:
    """The last day of an event: a whole-day one ends before its DTEND."""
    due = event.get("due")  # type: ignore[attr-defined]
    ends, starts = event.get("dtend"), event.get("dtstart")  # type: ignore[attr-defined]
    if due is not None:
        return _plain_day(due)
    if ends is not None and not isinstance(ends.dt, datetime):
        first = _plain_day(starts) or ends.dt
        last: date = max(first, ends.dt - timedelta(days=1))
        return last
    return _plain_day(ends) or _plain_day(starts)


def _plain_day(held: object) -> date | None:
    found = getattr(held, "dt", None)
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else None
