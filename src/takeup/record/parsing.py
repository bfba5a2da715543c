"""Texts of a file become typed values, on any engine.

Each reader gives a value that is null where the cell is blank or cannot be read; whether it
could not be read is told by comparing with the blank-stripped text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from takeup.record.clock import now
from takeup.record.number_format import NumberFormat, bare_number
from takeup.record.shapes import shape_of
from takeup.record.time_format import MINUTES_OF_ZONE, MONTHS, WEEKDAY, TimeFormat, Unit
from takeup.record.words import WIDE_BLANKS

TRUE_WORDS = ("true", "t", "yes", "y", "1", "1.0", "ja", "j", "oui", "si", "wahr")
FALSE_WORDS = ("false", "f", "no", "n", "0", "0.0", "nein", "non", "falsch")

_SUFFIX = r"\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
_HALF = r"\s*([AaPp])\.?\s?[Mm]\.?$"
_DOTTED = r"(\d)(?:-|,?\s)(\d{1,2})\.(\d{2})"
_LETTERS = "[A-Za-zÄÖÜäöü]"
_NAMED_MONTHS = {
    rf"^(?:{_LETTERS}{{2,10}}\.?,?\s)?(\d{{1,2}})\.?[-\s]({_LETTERS}{{3,9}})\.?,?[-\s](\d{{4}}|\d{{2}}),?(\D.*)?$": (1, 2, 3, 4),
    rf"^({_LETTERS}{{3,9}})\.?\s(\d{{1,2}}),?\s(\d{{4}}),?(\D.*)?$": (2, 1, 3, 4),
}  # fmt: skip
"""Dates with the month's name, and which group is the day, the month, the year, the rest."""
_EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - a clock on the wall
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are UTC without a zone
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def present(text: ir.StringValue, blanks: Sequence[str], *, wide: bool = True) -> ir.StringValue:
    """The trimmed text; null where it is a word for "unknown". `wide`: some blanks may be such that the
    engine takes them for letters."""
    for blank in WIDE_BLANKS if wide else "":
        text = text.replace(blank, " ")
    trimmed = text.strip()
    return ibis.ifelse(
        trimmed.lower().isin([b.lower() for b in blanks]), ibis.literal(None, "string"), trimmed
    )


def to_number(text: ir.StringValue, form: NumberFormat) -> ir.FloatingValue:
    """A number as `form` writes it; null where it is none (words such as "inf" are numbers here, callers
    check)."""
    plain = bare_number(text, form)
    for sign in form.thousands:
        plain = plain.replace(sign, "")
    if form.decimal == ",":
        plain = plain.replace(",", ".")
    number = plain.try_cast("float64")
    return _of_shapes(number / 100 if form.hundredths else number, text, form.only)


def _of_shapes(value: ir.Value, text: ir.StringValue, only: Sequence[str]) -> ir.Value:
    """`value`, null where the text has none of the shapes `only` (where there are any)."""
    if not only:
        return value
    return ibis.ifelse(shape_of(text).isin(only), value, ibis.literal(None, value.type()))


def to_boolean(text: ir.StringValue) -> ir.BooleanValue:
    """True or false from the usual words; null otherwise."""
    word = text.lower()
    return ibis.cases((word.isin(TRUE_WORDS), True), (word.isin(FALSE_WORDS), False))


def whole_number_text(text: ir.StringValue) -> ir.StringValue:
    """`1.0` and `1` are one name."""
    return text.re_replace(r"^(-?\d+)\.0+$", r"\1")


def to_time(
    text: ir.StringValue,
    form: TimeFormat,
    zone: str | None,
    years: tuple[int, int],
) -> ir.TimestampValue:
    """A moment in UTC (without zone), as `form` writes it. Texts that name their zone are exact; others
    are local time of `zone` (UTC where None) in `years`. Null where the text is no moment."""
    if form.unit is None:
        moment = _written_time(text, form, zone, years)
    else:
        moment = counted_time(text.try_cast("float64"), form.unit)
        if form.unit == "days" and zone not in (None, "UTC"):
            moment = local_to_utc(moment, str(zone), years)
    return _of_shapes(moment, text, form.only)


def counted_time(number: ir.NumericValue, unit: Unit) -> ir.TimestampValue:
    """A moment from a number: seconds, milli-, micro- or nanoseconds since 1970 in UTC, or Excel's days
    (a clock on the wall). To the second for days, as spreadsheets round them."""
    if unit == "days":
        seconds = (number.cast("float64") * 86_400).round(0).cast("int64")
        return ibis.literal(_EXCEL_BEGINS) + seconds.as_interval("s")
    if unit == "ns":
        micro = (number / 1_000).cast("int64")
    else:
        micro = (number * _MICROSECONDS[unit]).round(0).cast("int64")
    return ibis.literal(_EPOCH) + micro.as_interval("us")


def years_around(seen: tuple[int, int] | None) -> tuple[int, int]:
    """The years whose changes of clocks are needed for moments in `seen`: the last thirty where nothing was
    seen; none before those or after the next, where only slips lie."""
    latest = now().year + 1
    low, high = seen or (latest - 30, latest)
    return max(low, latest - 60) - 1, min(high, latest) + 1


def _written_time(
    text: ir.StringValue, form: TimeFormat, zone: str | None, years: tuple[int, int]
) -> ir.TimestampValue:
    if form.weekday:
        text = text.re_replace(f"^{WEEKDAY}", "")
    if form.brackets:
        # A bracket says again what an offset or a name before it says, else it is the name itself.
        before = "|".join(
            [r"[+-]\d{2}:?\d{0,2}|Z", *map(re.escape, (*form.zones, *form.unknown_zones))]
        )
        text = text.re_replace(rf"({before})\[[^\]]*\]$", r"\1")
        text = text.re_replace(r"\[([^\]]*)\]$", r" \1")
    if form.clock_word:
        text = text.re_replace(r"\s?Uhr$", "")
    branches: list[tuple[ir.BooleanValue, ir.IntegerValue | str]] = []
    if form.offsets:
        timed = text.contains(":") | text.re_search(r"\dT\d|\dZ$")
        suffix = ibis.ifelse(timed, text.re_extract(_SUFFIX, 1), "")
        branches.append((suffix != "", _offset_minutes(suffix)))
        text = ibis.ifelse(suffix != "", text.re_replace(_SUFFIX, ""), text)
    if names := (*form.zones, *form.unknown_zones):
        named = rf"\s?({'|'.join(map(re.escape, names))})$"
        word = text.re_extract(named, 1)
        for name in names:
            fixed = MINUTES_OF_ZONE.get(name.lower())
            branches.append((word == name, name if fixed is None else ibis.literal(fixed)))
        text = text.re_replace(named, "")
    clock = _whole_day(text, form)
    local = clock if zone in (None, "UTC") else local_to_utc(clock, str(zone), years)
    moments: list[tuple[ir.BooleanValue, ir.TimestampValue]] = []
    for holds, minutes in branches:
        if not isinstance(minutes, str):
            moments.append((holds, clock - minutes.as_interval("m")))
        elif minutes in form.zones:
            moments.append((holds, local_to_utc(clock, minutes, years)))
        else:
            moments.append((holds, ibis.literal(None, "timestamp")))
    return ibis.cases(*moments, else_=local) if moments else local


def _offset_minutes(suffix: ir.StringValue) -> ir.IntegerValue:
    offset = suffix.replace(":", "")
    sign = ibis.ifelse(offset.startswith("-"), -1, 1)
    hours = offset.substr(1, 2).try_cast("int64").fill_null(0)
    minutes = offset.substr(3, 2).nullif("").try_cast("int64").fill_null(0)
    return sign * (hours * 60 + minutes)


def _whole_day(text: ir.StringValue, form: TimeFormat) -> ir.TimestampValue:
    """The clock on the wall, 0 to 24 hours."""
    if not form.half_days:
        return _year_first(text, form).try_cast("timestamp")
    half = text.re_extract(_HALF, 1).lower()
    clock = _year_first(text.re_replace(_HALF, ""), form).try_cast("timestamp")
    return ibis.cases(
        ((half == "p") & (clock.hour() < 12), clock + ibis.interval(hours=12)),
        ((half == "a") & (clock.hour() == 12), clock - ibis.interval(hours=12)),
        else_=clock,
    )


def _year_first(text: ir.StringValue, form: TimeFormat) -> ir.StringValue:
    """The date as YYYY-MM-DD, what stands behind it as it is."""
    if form.comma:
        text = text.re_replace(r":(\d{2}),(\d+)", r":\1.\2")
        text = text.re_replace(r",(\s\d{1,2}:)", r"\1")
    if form.dotted:
        text = text.re_replace(_DOTTED + r"\.(\d{2}(?:\.\d{1,6})?)\d*$", r"\1 \2:\3:\4")
        text = text.re_replace(_DOTTED + "$", r"\1 \2:\3")
    if form.months:
        text = _months_as_numbers(text)
    if form.day_first:
        order = r"\3-\2-\1" if form.order != "mdy" else r"\3-\1-\2"
        if form.short_year:
            text = _whole_year(text, r"^(\d{1,2}[./-]\d{1,2}[./-])(\d{2})(\D|$)")
        text = text.re_replace(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})", order)
    if form.slashes:
        text = text.re_replace(r"^(\d{4})[./](\d{1,2})[./](\d{1,2})", r"\1-\2-\3")
    if form.compact and form.runs:
        text = text.re_replace(r"^(\d{8})T?(\d{4}|\d{6})$", r"\1 \2")
    if form.compact:
        text = text.re_replace(r"^(\d{4})(\d{2})(\d{2})", r"\1-\2-\3")
    if form.runs:
        text = text.re_replace(r"[T ](\d{2})(\d{2})(\d{2})$", r" \1:\2:\3")
        text = text.re_replace(r"[T ](\d{2})(\d{2})$", r" \1:\2:00")
    return text


def _whole_year(text: ir.StringValue, pattern: str) -> ir.StringValue:
    """Two digits of a year are of the last hundred years up to the next one."""
    year = text.re_extract(pattern, 2).try_cast("int64")
    this = text.re_replace(pattern, r"\1" + "20" + r"\2\3")
    last = text.re_replace(pattern, r"\1" + "19" + r"\2\3")
    return ibis.cases((year.isnull(), text), (year <= now().year % 100 + 1, this), else_=last)


def _months_as_numbers(text: ir.StringValue) -> ir.StringValue:
    """`3 Mar 2025 10:00`, `03-MAR-25` and `March 3, 2025` with the year first and the month a number."""
    found = text
    for pattern, (day, month, year, rest) in _NAMED_MONTHS.items():
        whole = text.re_extract(pattern, year)
        century = ibis.cases(
            (whole.length() == 4, ""),
            (whole.try_cast("int64") <= now().year % 100 + 1, "20"),
            else_="19",
        )
        name = text.re_extract(pattern, month).lower()
        number = name.cases(*[(word, str(n)) for word, n in MONTHS.items()], else_="0")
        first = century + whole + "-" + number + "-" + text.re_extract(pattern, day)
        found = ibis.ifelse(text.re_search(pattern), first + text.re_extract(pattern, rest), found)
    return found


def local_to_utc(clock: ir.TimestampValue, zone: str, years: tuple[int, int]) -> ir.TimestampValue:
    """Local wall-clock time of `zone` as UTC, by the zone's transitions between `years`.

    Written out as steps, so every engine gives the same answer without a time zone database of its own. An hour that happens twice is read as its first occurrence.
    """
    return clock - _offset_at(clock, _local_transitions(zone, years)).as_interval("s")


def _offset_at(
    clock: ir.TimestampValue, transitions: list[tuple[datetime, float]]
) -> ir.IntegerValue:
    """Seconds that a zone is ahead of UTC. A sum of steps, not a case list: what stands in a case list is
    computed again for every branch."""
    offset: ir.IntegerValue = ibis.literal(int(transitions[0][1])).cast("int64")
    for (until, before), (_, after) in itertools.pairwise(transitions):
        if after != before:
            offset = offset + (clock >= ibis.literal(until)).cast("int64") * int(after - before)
    return offset


def utc_to_local(moment: ir.TimestampValue, zone: str, years: tuple[int, int]) -> ir.TimestampValue:
    """The clock on the wall of `zone` at moments of UTC within `years`."""
    steps = [
        (until - timedelta(seconds=offset), offset)
        for until, offset in _local_transitions(zone, years)
    ]
    return moment + _offset_at(moment, steps).as_interval("s")


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
