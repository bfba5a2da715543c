"""Kinds of case that a stop can name: those that were recorded, with how many cases each hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from takeup.record.clock import now
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import InputError
from takeup.record.use_case import words_of_kind
from takeup.server.acting.rollout.shadow_looks import kinds_seen
from takeup.server.deployment.recorder import recorder
from takeup.server.foundation.pages.detail import kind_words

LATELY = timedelta(days=28)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_BESIDE = ("stakes", "cohort")
_MOST = 50
"""Values of one column that are offered, the most frequent: more of them are no kinds."""


@dataclass(frozen=True, slots=True)
class KindThere:
    """A kind of case (value by covariate; empty: every case), and the cases of it in the last 28
    days."""

    kind: Mapping[str, str]
    cases: int

    @property
    def key(self) -> str:
        """As `kind_of` reads it."""
        return words_of_kind(self.kind)

    @property
    def words(self) -> str:
        """As people read it."""
        return kind_words(self.kind)


class Recorded:
    """The decisions of a use case since a moment (None: of the last 28 days), read once, asked by
    kind of case."""

    def __init__(self, use_case: str, since: datetime | None = None) -> None:
        self._use_case = use_case
        self._rows = recorder().decisions_of(use_case, since or now() - LATELY)
        self._engine = duckdb.connect()
        self._engine.execute("SET TimeZone = 'UTC'")
        if self._rows is not None:
            self._engine.register("held", self._rows)

    def kinds(self) -> list[KindThere]:
        """Every case first, then what tells cases apart, by name and frequency, then kinds that a shadow
        report tells of."""
        found = [KindThere({}, self.cases({}))]
        for column in self._columns():
            if column == "cohort":
                # Which cohort has advice is a step's matter; a gate's stop may name one.
                continue
            counted = self._engine.execute(
                f"SELECT {_text(column)}, count(DISTINCT decision_id) FILTER (decided_at >= ?) AS n "
                f"FROM held WHERE {_named(column)} IS NOT NULL GROUP BY 1 HAVING n > 0 ORDER BY n DESC, 1 LIMIT ?",
                [now() - LATELY, _MOST + 1],
            ).fetchall()
            if len(counted) <= _MOST or column in _BESIDE:
                name = column.removeprefix(COVARIATE_PREFIX)
                found += [KindThere({name: str(value)}, n) for value, n in counted]
        offered = [one.kind for one in found]
        # What a report told of may be stopped though no case of it came lately.
        return found + [
            KindThere(kind, 0) for kind in kinds_seen(self._use_case) if kind not in offered
        ]

    def cases(self, kind: Mapping[str, str]) -> int:
        """Cases of this kind, of the last 28 days."""
        if self._rows is None:
            return 0
        columns = {name: self._column(name) for name in kind}
        if None in columns.values():
            return 0
        where = " AND ".join(f"{_text(str(columns[name]))} = ?" for name in kind)
        (found,) = self._engine.execute(
            f"SELECT count(DISTINCT decision_id) FROM held WHERE decided_at >= ? {'AND ' if where else ''}{where}",
            [now() - LATELY, *kind.values()],
        ).fetchall()  # fmt: skip
        return int(found[0])

    def since(self, kind: Mapping[str, str], begins: datetime, ends: datetime) -> tuple[int, int]:
        """Cases of this kind decided between two moments, and those whose advice was shown after the
        first of them."""
        rows = self._rows
        columns = {name: self._column(name) for name in kind}
        if rows is None or None in columns.values():
            return 0, 0
        where = "".join(f" AND {_text(str(columns[name]))} = ?" for name in kind)
        told = "coalesce(delivered_at, decided_at)" if "delivered_at" in rows.column_names else "decided_at"  # fmt: skip
        shown = (
            f"\"mode\" = 'assist' AND {told} >= ?"
            if "mode" in rows.column_names
            else "false AND ? IS NULL"
        )
        (found,) = self._engine.execute(
            f"SELECT count(DISTINCT decision_id), count(DISTINCT decision_id) FILTER ({shown}) "
            f"FROM held WHERE decided_at >= ? AND decided_at < ?{where}",
            [begins, begins, ends, *kind.values()],
        ).fetchall()
        return int(found[0]), int(found[1])

    def _columns(self) -> list[str]:
        rows = self._rows
        if rows is None:
            return []
        kinds = [
            f.name
            for f in rows.schema
            if f.name.startswith(COVARIATE_PREFIX)
            and (pa.types.is_string(f.type) or pa.types.is_boolean(f.type))
        ]
        beside = [name for name in _BESIDE if name in rows.column_names]
        return [n for n in (*kinds, *beside) if rows[n].null_count < rows.num_rows]

    def _column(self, name: str) -> str | None:
        own = (name, f"{COVARIATE_PREFIX}{name}")
        return next((column for column in self._columns() if column in own), None)

    def values(self, name: str) -> list[str]:
        """What a covariate of this name was, the most frequent first; empty where there is none."""
        column = self._column(name)
        if column is None:
            return []
        found = self._engine.execute(
            f"SELECT {_text(column)}, count(*) AS n FROM held WHERE {_named(column)} IS NOT NULL "
            "GROUP BY 1 ORDER BY n DESC, 1"
        ).fetchall()
        return [str(value) for value, _ in found]

    def unknown(self, name: str) -> str:
        """Why cases cannot be told apart by this name, and by which they can."""
        there = () if self._rows is None else self._rows.column_names
        if name in there or f"{COVARIATE_PREFIX}{name}" in there:
            return f"{name!r} is a number: kinds of case are told apart by words"
        names = [column.removeprefix(COVARIATE_PREFIX) for column in self._columns()]
        told = f"what is recorded: {', '.join(names)}" if names else "nothing is recorded yet"
        return f"nothing tells cases apart by {name!r} here; {told}"


def need_kind(use_case: str, kind: Mapping[str, str], lately: Recorded) -> None:
    """Raises InputError where no case of this use case was ever of a part of `kind`. What was seen
    `lately` needs no look at all the rest."""
    left = {
        name: value
        for name, value in kind.items()
        if {name: value} not in kinds_seen(use_case) and value not in lately.values(name)
    }
    ever = Recorded(use_case, _EVER) if left else lately
    for name, value in left.items():
        held = ever.values(name)
        if not held:
            raise InputError(ever.unknown(name))
        if value not in held:
            raise InputError(
                f"no case was ever {kind_words({name: value})}; there is: "
                f"{', '.join(held[:10])}{' …' if len(held) > 10 else ''}"
            )


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(column: str) -> str:
    return f"{_named(column)}::VARCHAR"
