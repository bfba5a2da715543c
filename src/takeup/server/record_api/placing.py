"""Where a sender does not say in which population and team a person was, the organization does: as
of the day of the decision."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from takeup.log.delta import TIME_OF
from takeup.record.incoming import RecordKind
from takeup.server.organization.services import Place, places_of

PLACES = ("population", "team")
_CHUNK = 500


def placed(kind: RecordKind, rows: pa.Table) -> pa.Table:
    """Rows with `population` and `team` filled in where both are blank and the organization knows
    where the person was that day; what a sender says stands."""
    if kind == "outcomes" or "population" not in rows.column_names:
        return rows
    blank = pc.and_(
        pc.and_(pc.is_null(rows["population"]), pc.is_null(rows["team"])),
        pc.is_valid(rows["person_id"]),
    )
    if not pc.any(blank).as_py():
        return rows
    people = pc.unique(rows["person_id"].filter(blank)).to_pylist()
    known = _histories(people)
    if not known:
        return rows
    where = [
        _on(known.get(person, []), moment.date()) if empty else None
        for person, moment, empty in zip(
            rows["person_id"].to_pylist(), rows[TIME_OF[kind]].to_pylist(), blank.to_pylist(),
            strict=True,
        )
    ]  # fmt: skip
    for index, name in enumerate(PLACES):
        found = pa.array([place and place[index] for place in where], pa.string())
        filled = pc.coalesce(rows[name], found)
        rows = rows.set_column(rows.column_names.index(name), name, filled)
    return rows


def _histories(people: list[str]) -> dict[str, list[Place]]:
    known: dict[str, list[Place]] = {}
    for start in range(0, len(people), _CHUNK):
        known |= places_of(people[start : start + _CHUNK])
    return known


def _on(history: list[Place], day: date) -> tuple[str, str | None] | None:
    at = bisect_right(history, day, key=lambda place: place[0]) - 1
    if at < 0:
        return None
    _, until, population, team = history[at]
    return None if until is not None and day >= until else (population, team)
