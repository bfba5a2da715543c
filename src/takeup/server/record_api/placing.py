"""Where a sender does not say in which population and team a person was, the organization does: as
of the day of the decision."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from takeup.log.delta import TIME_OF
from takeup.record.incoming import RecordKind
from takeup.server.organization.models import Placement

PLACES = ("population", "team")
_History = list[tuple[date, date, str, str | None]]
"""From which day (included) until which (not included): population, team."""


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


def _histories(people: list[str]) -> dict[str, _History]:
    """Of each person that the organization knows, every place, oldest first."""
    known: dict[str, _History] = defaultdict(list)
    chunk = 500
    for start in range(0, len(people), chunk):
        found = Placement.objects.filter(person__person_id__in=people[start : start + chunk])
        for person, began, ended, population, team in found.order_by("from_day").values_list(
            "person__person_id", "from_day", "until_day", "population__key", "team__key"
        ):
            known[person].append((began, ended or date.max, population, team))
    return known


def _on(history: _History, day: date) -> tuple[str, str | None] | None:
    at = bisect_right(history, day, key=lambda place: place[0]) - 1
    if at < 0 or day >= history[at][1]:
        return None
    return history[at][2], history[at][3]
