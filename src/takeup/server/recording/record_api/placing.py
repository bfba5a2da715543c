"""Where a sender does not say in which population, team and cohort a person was, the organization
does: as of the day of the decision."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from takeup.log.delta import TIME_OF
from takeup.record.incoming import RecordKind
from takeup.server.foundation.organization.services import Place, places_of

PLACES = ("population", "team")
"""Said together: a sender who names one is not corrected in the other."""
FILLED = (*PLACES, "cohort")
"""What the organization may fill in: another history of it, or a person who was erased, fills in otherwise."""
_CHUNK = 500


def placed(kind: RecordKind, rows: pa.Table) -> pa.Table:
    """Rows with `population` and `team` filled in where both are blank, and with `cohort` where it
    is, if the organization knows where the person was that day; what a sender says stands."""
    if kind == "outcomes" or "population" not in rows.column_names:
        return rows
    known_person = pc.is_valid(rows["person_id"])
    blank = {name: pc.and_(_unsaid(rows, name), known_person) for name in FILLED
             if name in rows.column_names}  # fmt: skip
    some = pc.or_(blank["population"], blank.get("cohort", blank["population"]))
    if not pc.any(some).as_py():
        return rows
    people = pc.unique(rows["person_id"].filter(some)).to_pylist()
    known = _histories(people)
    if not known:
        return rows
    where = [
        _on(known.get(person, []), moment.date()) if empty else None
        for person, moment, empty in zip(
            rows["person_id"].to_pylist(), rows[TIME_OF[kind]].to_pylist(), some.to_pylist(),
            strict=True,
        )
    ]  # fmt: skip
    for name, empty in blank.items():
        found = pa.array([place and getattr(place, name) for place in where], pa.string())
        filled = pc.if_else(empty, found, rows[name])
        rows = rows.set_column(rows.column_names.index(name), name, filled)
    return rows


def _unsaid(rows: pa.Table, name: str) -> pa.ChunkedArray:
    if name in PLACES:
        return pc.and_(pc.is_null(rows["population"]), pc.is_null(rows["team"]))
    return pc.is_null(rows[name])


def _histories(people: list[str]) -> dict[str, list[Place]]:
    known: dict[str, list[Place]] = {}
    for start in range(0, len(people), _CHUNK):
        known |= places_of(people[start : start + _CHUNK])
    return known


def _on(history: list[Place], day: date) -> Place | None:
    at = bisect_right(history, day, key=lambda place: place.from_day) - 1
    if at < 0:
        return None
    place = history[at]
    return None if place.until_day is not None and day >= place.until_day else place
