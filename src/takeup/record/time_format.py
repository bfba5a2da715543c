"""How the moments of a column are written, settled once for the whole column.

Engines read a date from many texts and drop what they do not understand: DuckDB casts
`2025-03-03 02:00 PM` to two in the night and `10:00 CET` to ten o'clock UTC, without a word. So nothing
is left to them but `YYYY-MM-DD HH:MM:SS`; what else stands in a column is named here, and used or refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from takeup.record.shapes import Shape
from takeup.record.toml_file import toml_key

Order = Literal["ymd", "dmy", "mdy"]
Unit = Literal["s", "ms", "us", "ns", "days"]

MINUTES_OF_ZONE = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "oez": 120, "eest": 180, "oesz": 180,
}  # fmt: skip
"""Short names that mean one offset. Others mean several (CST is in Chicago, Havana and Shanghai; IST in
Dublin, Delhi and Jerusalem) and are refused by name."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner jän", "feb february februar feber", "mar march mär märz mrz",
            "apr april", "may mai", "jun june juni", "jul july juli", "aug august",
            "sep sept september", "oct october okt oktober", "nov november", "dec december dez dezember",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
"""Months as English and German tables write them."""

WEEKDAY = (
    r"(?i:mo|mon|monday|montag|di|tue|tues|tuesday|dienstag|mi|wed|wednesday|mittwoch|do|thu|thur|thurs|thursday|"
    r"donnerstag|fr|fri|friday|freitag|sa|sat|saturday|samstag|sonnabend|so|sun|sunday|sonntag)\.?,?\s"
)
"""A day of the week before a date, as English and German tables write it."""

_CLOCK = r"(?P<clock>9{1,2}:99(?::99(?:[.,]9{1,9})?)?)"
_DOTTED = r"(?P<dotted>9{1,2}\.99(?:\.99(?:\.9{1,12})?)?)(?:\s?Uhr)?"
"""A clock with points, as DB2 writes it behind a hyphen, and German tables behind a blank."""
_HALF = r"(?P<half>\s?[AaPp]\.?\s?[Mm]\.?(?![A-Za-z]))?"
_ZONE = (
    r"(?:\s?(?P<offset>[+-]99(?::?99)?)|\s?(?P<zone>[A-Za-z]{1,5}|[A-Za-z]+(?:/[A-Za-z_+\-]+)+))?"
    r"(?P<bracket>\[[^\]]*\])?(?:\s?Uhr)?"
)
_DAYS = (
    r"(?P<year_first>9999(?P<sign>[-/.])9{1,2}(?P=sign)9{1,2})"
    r"|(?P<day_first>9{1,2}(?P<between>[-/.])9{1,2}(?P=between)(?:9999|(?P<short>99)))"
    r"|(?P<compact>99999999)"
    r"|(?P<named>(?:[^\W\d]{2,10}\.?,?\s)?9{1,2}\.?[-\s](?P<month>[^\W\d]{3,9})\.?,?[-\s](?:9999|(?P<short_named>99)))"
    r"|(?P<month_first>(?P<month_before>[^\W\d]{3,9})\.?\s9{1,2},?\s9999)"
)
_SHAPE = re.compile(
    rf"(?P<weekday>{WEEKDAY})?(?:{_DAYS})"
    rf"(?:(?:T|(?P<pause>,)?\s){_CLOCK}{_HALF}{_ZONE}|(?:-|,?\s){_DOTTED}"
    rf"|(?(compact)(?:T|\s)?|(?:T|\s))(?P<run>999999|9999)(?P<run_zone>Z)?)?"
)
_NUMBER = re.compile(r"(9+)(?:\.9+)?")
_EXCEL_FROM = "30000"
"""Excel's day number of a day in 1982; a smaller number of five digits counts something else."""
_UNITS: dict[int, Unit] = {10: "s", 13: "ms", 16: "us", 19: "ns", 5: "days"}


@dataclass(frozen=True, slots=True)
class Fields:
    """Of the values that begin with a day or a month: in how many the first number can only be a day (13 to
    31), in how many the second, whether they differ anywhere, and one value where they do."""

    first_days: int = 0
    second_days: int = 0
    differ: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """What stands in a column of moments, beside `YYYY-MM-DD HH:MM:SS`. Everything false costs nothing
    to read. `unit`: the column counts since 1970 (`days`: Excel's day number). `bare`: some rows name no
    zone. `zones`: names behind a time; `unknown_zones`: those that mean several zones or none. `only`: the
    shapes that are moments, where the column has others too, and `lost` the most frequent of these."""

    order: Order = "ymd"
    unit: Unit | None = None
    slashes: bool = False
    day_first: bool = False
    short_year: bool = False
    compact: bool = False
    months: bool = False
    weekday: bool = False
    runs: bool = False
    dotted: bool = False
    half_days: bool = False
    comma: bool = False
    offsets: bool = False
    bare: bool = True
    brackets: bool = False
    clock_word: bool = False
    zones: tuple[str, ...] = ()
    unknown_zones: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """Days and months that can be told apart by no row: `example`."""

    example: str


def settle_time(
    shapes: Sequence[Shape],
    fields: Fields,
    declared: Order | None,
    file_order: Order | None,
) -> tuple[TimeFormat | TimeDoubt, str | None]:
    """How a column writes its moments, by all its rows, and a sentence where it does so in another order
    than the file's. `declared` is for this column, `file_order` for the file."""
    unit = _unit(shapes)
    if unit is not None:
        counted = [s.text for s in shapes if _counts(s, unit)]
        return TimeFormat(unit=unit, only=_only(counted, shapes), lost=_lost(counted, shapes)), None
    found, day_first, dots = TimeFormat(bare=False), 0, 0
    good: list[str] = []
    for shape in shapes:
        match = _SHAPE.fullmatch(shape.text)
        month = match and (match["month"] or match["month_before"])
        if match is None or (month and month.lower() not in MONTHS):
            continue
        good.append(shape.text)
        found = _with(found, match)
        if match["day_first"]:
            day_first += shape.n
            dots += shape.n if match["between"] == "." else 0
    found = replace(found, only=_only(good, shapes), lost=_lost(good, shapes))
    if not day_first:
        return found, None
    order, sure = _order(fields, 2 * dots > day_first)
    if declared:
        return replace(found, order=declared), None
    if sure and order is not None:
        note = None
        if file_order not in (None, order, "ymd"):
            first = "days" if order == "dmy" else "months"
            note = f"{first} come first ({fields.example}), whatever [file] date_order says"
        return replace(found, order=order), note
    chosen = file_order if file_order in ("dmy", "mdy") else order
    if chosen is None:
        return TimeDoubt(fields.example), None
    return replace(found, order=chosen), None


def _only(good: Sequence[str], shapes: Sequence[Shape]) -> tuple[str, ...]:
    """The good shapes, where there are others; one that no value has where none is good."""
    return () if len(good) == len(shapes) else tuple(good) or ("",)


def _lost(good: Collection[str], shapes: Sequence[Shape]) -> str:
    """A value of the most frequent shape that is not good."""
    return next((s.low for s in shapes if s.text not in good), "")


_FEW = 0.02
"""A share of rows below which a contrary date is a slip, and rejected, not another order."""


def _order(fields: Fields, dots: bool) -> tuple[Order | None, bool]:
    """The order that the numbers tell, and whether they do."""
    first, second = fields.first_days, fields.second_days
    told = first + second
    if told and min(first, second) <= _FEW * told:
        return ("dmy", True) if first > second else ("mdy", True)
    # With points between, days come first wherever dates are written so.
    return ("dmy" if dots or not fields.differ else None), False


def _with(found: TimeFormat, match: re.Match[str]) -> TimeFormat:
    offset = match["offset"] or match["run_zone"]
    zone = match["zone"]
    if zone in ("Z", "Uhr"):
        offset, zone = offset or (zone == "Z"), None
    if match["bracket"] and not (offset or zone):
        zone = match["bracket"][1:-1]
    known, unknown = set(found.zones), set(found.unknown_zones)
    if zone:
        (known if is_zone(zone) else unknown).add(zone)
    text = match[0]
    return replace(
        found,
        slashes=found.slashes or (bool(match["year_first"]) and match["sign"] != "-"),
        day_first=found.day_first or bool(match["day_first"]),
        short_year=found.short_year or bool(match["short"] or match["short_named"]),
        compact=found.compact or bool(match["compact"]),
        weekday=found.weekday or bool(match["weekday"]),
        months=found.months or bool(match["named"] or match["month_first"]),
        runs=found.runs or bool(match["run"]),
        dotted=found.dotted or bool(match["dotted"]),
        half_days=found.half_days or bool(match["half"]),
        comma=found.comma or bool(match["pause"]) or ("," in (match["clock"] or "")),
        offsets=found.offsets or bool(offset),
        bare=found.bare or not (offset or zone),
        brackets=found.brackets or bool(match["bracket"]),
        clock_word=found.clock_word or text.endswith("Uhr"),
        zones=tuple(sorted(known)),
        unknown_zones=tuple(sorted(unknown)),
    )


def share_of_moments(shapes: Sequence[Shape]) -> float:
    """The share of values that are written like moments; whole numbers where they can be days."""
    total = sum(s.n for s in shapes)
    dated = sum(s.n for s in shapes if _is_moment(s))
    return dated / total if total else 0.0


_DIGITS_ALONE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?"
)
"""A day in digits alone, with or without a clock; other numbers of as many digits are of accounts and cases."""


def _is_moment(shape: Shape) -> bool:
    match = _SHAPE.fullmatch(shape.text)
    if match is None:
        return False
    if shape.text.isdigit():
        return all(_DIGITS_ALONE.fullmatch(value) for value in (shape.low, shape.high))
    month = match["month"] or match["month_before"]
    return not month or month.lower() in MONTHS


def is_zone(name: str) -> bool:
    """Whether a name behind a time means one zone: `Z`, `CET`, `Europe/Berlin`."""
    if name.lower() in MINUTES_OF_ZONE:
        return True
    if "/" not in name:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _unit(shapes: Sequence[Shape]) -> Unit | None:
    """The unit of a column of numbers, by how many digits most rows have."""
    rows: dict[Unit, int] = {}
    total = sum(s.n for s in shapes)
    for shape in shapes:
        match = _NUMBER.fullmatch(shape.text)
        unit = _UNITS.get(len(match[1])) if match else None
        if unit is not None and (unit != "days" or shape.low >= _EXCEL_FROM):
            rows[unit] = rows.get(unit, 0) + shape.n
    best = max(rows, key=lambda u: rows[u], default=None)
    return best if best is not None and rows[best] > total / 2 else None


def _counts(shape: Shape, unit: Unit) -> bool:
    match = _NUMBER.fullmatch(shape.text)
    return match is not None and _UNITS.get(len(match[1])) == unit


_NOT_A_DAY = {
    r"\d{6}": "six digits may begin with the year or the day",
    r"\d{4}-?W\d{2}": "a week is no day",
    r"\d{4}|\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}": "this names no day",
    r"\d{1,2}[-/.]\d{1,2}\.?": "this names no year",
    r"\d{1,2}:\d{2}(:\d{2})?": "this names no day",
}
"""What is written like a moment and is none, and why."""


def time_remedy(source: str, form: TimeFormat) -> str:
    """What to do about a value of the column `source` that is no moment as `form` writes them."""
    if form.unknown_zones:
        return (
            f"{', '.join(form.unknown_zones)} is the name of several time zones or of none; write the "
            "offset behind the time (+01:00), or leave it out and set [file] time_zone in the mapping"
        )
    why = next((w for p, w in _NOT_A_DAY.items() if re.fullmatch(p, form.lost)), "")
    if form.lost:
        return f"{why + ': ' if why else ''}write the day as 2025-01-31, with a time as 2025-01-31 14:30"
    if form.unit is not None or not form.day_first:
        return "write a day that there is, as 2025-01-31, and times up to 23:59:59"
    other = "mdy" if form.order == "dmy" else "dmy"
    first = {"ymd": "the year", "dmy": "the day", "mdy": "the month"}
    return (
        f"write a day that there is, with {first[form.order]} first as in the rest of the column; if "
        f'{first[other]} comes first, set [formats.{toml_key(source)}] date_order = "{other}" in the mapping'
    )
