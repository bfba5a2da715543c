"""Kinds of case that a stop can name: those that were recorded, with how many cases each hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import finalize

import duckdb
import ibis.expr.datatypes as dt

from takeup.log import Engine
from takeup.record.clock import now
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import InputError
from takeup.record.use_case import words_of_kind
from takeup.server.acting.rollout.counted import Counted
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
    counted: Counted

    @property
    def cases(self) -> int:
        """How many there are, for whoever holds the log."""
        return self.counted.cases

    @property
    def told(self) -> int | None:
        """About how many there are, as a page may tell it."""
        return self.counted.told

    @property
    def key(self) -> str:
        """As `kind_of` reads it."""
        return words_of_kind(self.kind)

    @property
    def words(self) -> str:
        """As people read it."""
        return kind_words(self.kind)


class Recorded:
    """The decisions of a use case since a moment (None: of the last 28 days), counted where they lie, by kind
    of case. A decision that was corrected counts as it stands now."""

    def __init__(self, use_case: str, since: datetime | None = None) -> None:
        self._use_case = use_case
        self._since = since or now() - LATELY
        self._open()

    def _open(self) -> None:
        self._engine = Engine()
        # It goes with this look: each page that counts opens one.
        finalize(self, self._engine.close)
        rows = recorder().decisions_in(self._engine, self._use_case)
        self._schema: Mapping[str, dt.DataType] = (
            {} if rows is None else dict(rows.schema().items())
        )
        if rows is not None:
            self._engine.run(f"CREATE TEMP VIEW held AS {self._standing(rows.get_name())}")

    def _standing(self, rows: str) -> str:
        """Each decision since the moment once, as it stands now. Few are corrected: only those are compared."""
        lately = f"SELECT * FROM {_named(rows)} WHERE decided_at >= {_moment(self._since)}"
        if "revision" not in self._schema or not self._engine.run(
            f"SELECT 1 FROM ({lately}) WHERE revision > 1 LIMIT 1"
        ):
            return lately
        return (
            f"WITH lately AS ({lately}), later AS (SELECT decision_id, max(revision) AS newest FROM lately "
            "WHERE revision > 1 GROUP BY 1) SELECT lately.* FROM lately LEFT JOIN later USING (decision_id) "
            "WHERE coalesce(revision, 1) >= coalesce(newest, 1)"
        )

    def _ask(self, sql: str, given: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            return self._engine.run(sql, list(given))
        except duckdb.IOException:
            # An erasure took files away meanwhile: the log as it is now.
            self._open()
            return self._engine.run(sql, list(given))

    def kinds(self) -> list[KindThere]:
        """Every case first, then what tells cases apart, by name and frequency, then kinds that a shadow
        report tells of."""
        found = [KindThere({}, self.counted({}))]
        for column in self._columns():
            if column == "cohort":
                # Which cohort has advice is a step's matter; a gate's stop may name one.
                continue
            counted = self._ask(
                f"SELECT level, {_FOLDED} FROM (SELECT {_text(column)} AS level, {self._person} AS person, count(*) AS n "
                f"FROM held WHERE {_named(column)} IS NOT NULL AND decided_at >= ? GROUP BY 1, 2) "
                "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
                [now() - LATELY, _MOST + 1],
            )
            if len(counted) <= _MOST or column in _BESIDE:
                name = column.removeprefix(COVARIATE_PREFIX)
                found += [KindThere({name: str(level)}, _counted(of)) for level, *of in counted]
        offered = [one.kind for one in found]
        # What a report told of may be stopped though no case of it came lately.
        return found + [
            KindThere(kind, Counted()) for kind in kinds_seen(self._use_case) if kind not in offered
        ]

    def counted(self, kind: Mapping[str, str]) -> Counted:
        """Cases of this kind, of the last 28 days."""
        return self._count(kind, "decided_at >= ?", [now() - LATELY])

    def since(
        self, kind: Mapping[str, str], begins: datetime, ends: datetime
    ) -> tuple[Counted, Counted]:
        """Cases of this kind decided between two moments, and those whose advice was shown after the
        first of them."""
        between = "decided_at >= ? AND decided_at < ?"
        cases = self._count(kind, between, [begins, ends])
        if "mode" not in self._schema:
            return cases, Counted()
        told = (
            "coalesce(delivered_at, decided_at)" if "delivered_at" in self._schema else "decided_at"
        )
        shown = f"{between} AND \"mode\" = 'assist' AND {told} >= ?"
        return cases, self._count(kind, shown, [begins, ends, begins])

    def _count(self, kind: Mapping[str, str], when: str, given: Sequence[object]) -> Counted:
        where = self._of(kind)
        if where is None:
            return Counted()
        (found,) = self._ask(
            f"SELECT {_FOLDED} FROM (SELECT {self._person} AS person, count(*) AS n FROM held "
            f"WHERE {when}{where} GROUP BY 1)",
            [*given, *kind.values()],
        )
        return _counted(found)

    @property
    def _person(self) -> str:
        """Who decided; nobody where that is not recorded."""
        return "person_id" if "person_id" in self._schema else "NULL"

    def _of(self, kind: Mapping[str, str]) -> str | None:
        """What cases of a kind have in common, as a condition on columns; None where no case can be."""
        columns = [self._column(name) for name in kind]
        if not self._schema or None in columns:
            return None
        return "".join(f" AND {_text(str(column))} = ?" for column in columns)

    def _columns(self) -> list[str]:
        kinds = [
            name
            for name, held in self._schema.items()
            if name.startswith(COVARIATE_PREFIX) and (held.is_string() or held.is_boolean())
        ]
        return [*kinds, *(name for name in _BESIDE if name in self._schema)]

    def _column(self, name: str) -> str | None:
        own = (name, f"{COVARIATE_PREFIX}{name}")
        return next((column for column in self._columns() if column in own), None)

    def values(self, name: str) -> list[str]:
        """What a covariate of this name was, the most frequent first; empty where there is none."""
        column = self._column(name)
        if column is None:
            return []
        found = self._ask(
            f"SELECT {_text(column)}, count(*) AS n FROM held WHERE {_named(column)} IS NOT NULL "
            "GROUP BY 1 ORDER BY n DESC, 1",
            [],
        )
        return [str(value) for value, _ in found]

    def unknown(self, name: str) -> str:
        """Why cases cannot be told apart by this name, and by which they can."""
        filled = self._filled()
        if name in filled or f"{COVARIATE_PREFIX}{name}" in filled:
            return f"{name!r} is a number: kinds of case are told apart by words"
        names = [c.removeprefix(COVARIATE_PREFIX) for c in self._columns() if c in filled]
        told = f"what is recorded: {', '.join(names)}" if names else "nothing is recorded yet"
        return f"nothing tells cases apart by {name!r} here; {told}"

    def _filled(self) -> set[str]:
        """Columns that hold anything."""
        if not self._schema:
            return set()
        asked = ", ".join(f"count({_named(name)})" for name in self._schema)
        (counts,) = self._ask(f"SELECT {asked} FROM held", [])
        return {name for name, n in zip(self._schema, counts, strict=True) if n}


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


_FOLDED = "coalesce(sum(n), 0), count(person), coalesce(max(n) FILTER (person IS NOT NULL), 0)"
"""Cases, people, and how many cases are one's, of how many there are by person."""


def _counted(of: Sequence[Any]) -> Counted:
    return Counted(*map(int, of))


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _moment(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.astimezone(UTC).isoformat()}'"


def _text(column: str) -> str:
    return f"{_named(column)}::VARCHAR"
