"""Texts of a file become typed values, on any engine.

Each reader gives a value that is null where the cell is blank or cannot be read; whether it
could not be read is told by comparing with the blank-stripped text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

TRUE_WORDS = ("true", "t", "yes", "y", "1", "1.0", "ja", "oui", "si", "wahr")
FALSE_WORDS = ("false", "f", "no", "n", "0", "0.0", "nein", "non", "falsch")

_DATE = r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(.*)$"
_OFFSET = r"(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
_TIME_WITH_OFFSET = r"\d{1,2}:\d{2}.*(Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})$"


def present(text: ir.StringValue, blanks: Sequence[str]) -> ir.StringValue:
    """The trimmed text; null where it is a word for "unknown"."""
    trimmed = text.strip()
    return ibis.ifelse(
        trimmed.lower().isin([b.lower() for b in blanks]), ibis.literal(None, "string"), trimmed
    )


def to_number(text: ir.StringValue, decimal: str = ".") -> ir.FloatingValue:
    """A number; with decimal comma, points and blanks between thousands are passed over.

    A thing that is no number gives null; so do words such as "inf" here (callers check).
    """
    if decimal == ",":
        text = text.replace(".", "").replace(" ", "").replace(",", ".")
    return text.try_cast("float64")


def to_boolean(text: ir.StringValue) -> ir.BooleanValue:
    """True or false from the usual words; null otherwise."""
    word = text.lower()
    return ibis.cases((word.isin(TRUE_WORDS), True), (word.isin(FALSE_WORDS), False))


def whole_number_text(text: ir.StringValue) -> ir.StringValue:
    """`1.0` and `1` are one name."""
    return text.re_replace(r"^(-?\d+)\.0+$", r"\1")


def has_offset(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a timestamp names its own zone."""
    return text.re_search(_TIME_WITH_OFFSET)


def to_time(
    text: ir.StringValue,
    date_order: Literal["ymd", "dmy", "mdy"],
    zone: str | None,
    years: tuple[int, int] = (1990, 2100),
) -> ir.TimestampValue:
    """A moment in UTC (without zone). Texts with an offset are exact; others are local time
    of `zone` (UTC where None). Null where the text is no date in the given order."""
    ordered = _year_first(text.replace("T", " "), date_order)
    bare = ordered.re_replace(r"\s*" + _OFFSET, "").re_replace(r"\s*UTC$", "")
    with_offset = has_offset(text)
    clock = ibis.ifelse(with_offset, bare, ordered).try_cast("timestamp")
    minutes = ibis.ifelse(with_offset, _offset_minutes(text), 0)
    exact = clock - minutes.as_interval("m")
    if zone in (None, "UTC"):
        return exact
    return ibis.ifelse(with_offset, exact, local_to_utc(clock, str(zone), years))


def _year_first(text: ir.StringValue, order: str) -> ir.StringValue:
    swapped = {
        "ymd": text,
        "dmy": text.re_replace(_DATE, r"\3-\2-\1\4"),
        "mdy": text.re_replace(_DATE, r"\3-\1-\2\4"),
    }[order]
    already = text.re_search(r"^\d{4}[./-]")
    year_first = text.re_replace(r"^(\d{4})[./-](\d{1,2})[./-](\d{1,2})", r"\1-\2-\3")
    return ibis.ifelse(already, year_first, swapped)


def _offset_minutes(text: ir.StringValue) -> ir.IntegerValue:
    offset = text.re_extract(_OFFSET, 1).replace(":", "")
    sign = ibis.ifelse(offset.startswith("-"), -1, 1)
    hours = offset.substr(1, 2).try_cast("int64").fill_null(0)
    minutes = offset.substr(3, 2).nullif("").try_cast("int64").fill_null(0)
    return sign * (hours * 60 + minutes)


def local_to_utc(clock: ir.TimestampValue, zone: str, years: tuple[int, int]) -> ir.TimestampValue:
    """Local wall-clock time of `zone` as UTC, by the zone's transitions between `years`.

    Written out as a case list, so every engine gives the same answer without a time zone
    database of its own. An hour that happens twice is read as its first occurrence.
    """
    transitions = _local_transitions(zone, years)
    branches = [
        (clock < ibis.literal(until), clock - ibis.interval(seconds=int(offset)))
        for until, offset in transitions[:-1]
    ]
    last = clock - ibis.interval(seconds=int(transitions[-1][1]))
    return ibis.cases(*branches, else_=last) if branches else last


def _local_transitions(zone: str, years: tuple[int, int]) -> list[tuple[datetime, float]]:
    """(local time until which an offset holds, offset in seconds), in order of time."""
    tz = ZoneInfo(zone)

    def offset_at(moment: datetime) -> float:
        delta = moment.replace(tzinfo=UTC).astimezone(tz).utcoffset()
        return delta.total_seconds() if delta else 0.0

    end = datetime(years[1], 12, 31)  # noqa: DTZ001 - wall-clock arithmetic
    moment = datetime(years[0], 1, 1)  # noqa: DTZ001
    found: list[tuple[datetime, float]] = []
    while moment < end:
        later = moment + timedelta(days=7)
        before, after = offset_at(moment), offset_at(later)
        if before != after:
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if offset_at(middle) == before else (low, middle)
            switch = high.replace(second=0, microsecond=0)
            found.append((switch + timedelta(seconds=before), before))
        moment = later
    found.append((end, offset_at(end)))
    return found
