"""Moments by the clock of a table, and rows outside the time asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record import parsing
from takeup.record.canonical import BAD, DROP, LOCAL
from takeup.record.errors import InputError
from takeup.record.mapping import Mapping

OUTSIDE = -1
"""`drop__` of rows outside --since/--until."""


def zone_of(mapping: Mapping) -> str | None:
    """The zone whose clock the decisions' times follow."""
    source = mapping.columns.get("decided_at")
    own = mapping.formats.get(str(source))
    return (own.time_zone if own else None) or mapping.file.time_zone


def by_the_clock(rows: ir.Table, zone: str | None, time: str = "decided_at") -> ir.Table:
    """`rows` with the clock on the wall, where it is not that of UTC: days and weeks are counted by it."""
    if zone in (None, "UTC") or time not in rows.columns:
        return rows
    year = rows[time].year()
    span = fetch(rows.aggregate(low=year.min(), high=year.max())).to_pylist()[0]
    if span["low"] is None:
        return rows
    years = (int(span["low"]) - 1, int(span["high"]) + 1)
    return rows.mutate(**{LOCAL: parsing.utc_to_local(rows[time], str(zone), years)})


def moment_of(given: datetime | None, zone: str | None) -> datetime | None:
    """A moment in UTC without zone: `given` by its own offset, else by the clock of `zone`."""
    if given is None:
        return None
    aware = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return aware.astimezone(UTC).replace(tzinfo=None)


Span = tuple[datetime | None, datetime | None]
"""From when on and until when, in UTC without zone; None: as far as there is anything."""


def within(typed: ir.Table, asked: Span) -> ir.Table:
    """Decisions outside the time asked for are marked to be dropped. Raises InputError where none is dated."""
    since, until = asked
    if since is None and until is None:
        return typed
    if "decided_at" not in typed.columns:
        raise InputError("--since and --until need decided_at, which this table does not give")
    outside: ir.BooleanValue = ibis.literal(False)
    if since is not None:
        outside = outside | (typed.decided_at < ibis.literal(since))
    if until is not None:
        outside = outside | (typed.decided_at >= ibis.literal(until))
    drop = ibis.ifelse(
        (typed[DROP] == 0) & outside.fill_null(False) & ~typed[BAD], OUTSIDE, typed[DROP]
    )
    return typed.mutate(**{DROP: drop.cast("int32")})
