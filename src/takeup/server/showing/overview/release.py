"""Which records the day's figures may hold: all that came, but for what is held back so that nobody
finds a person by subtracting yesterday's figures (`takeup.disclosure.over_time`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from takeup.disclosure.over_time import Family, held_back
from takeup.record.incoming import RecordKind
from takeup.server.foundation.agreement.services import showing
from takeup.server.recording.record_api.services import NOT_DRAINED
from takeup.server.showing.overview.models import Released

_KEYS: dict[str, tuple[str, ...]] = {
    "decisions": ("decision_id", "revision"),
    "outcomes": ("decision_id", "outcome_name", "observed_at"),
    "eligible": ("case_id",),
}
_TIME_TO_DECIDE = timedelta(days=7)
"""An eligible case as old as this that no decision answers is left alone; a younger one may yet be decided."""
_WEEK = "week__"
_SHOWN_BY = ("population", "team", "mode", "stakes", "model_version", "phase", "cohort", _WEEK)


@dataclass(frozen=True, slots=True)
class Release:
    """The rows of a use case that figures may hold, and what to remember of it."""

    use_case: str
    rows: dict[RecordKind, pa.Table]
    batches: dict[str, int]
    also: dict[str, list[str]]
    held: dict[str, list[str]]

    def keep(self) -> None:
        """Remember it, together with the figures."""
        Released.objects.update_or_create(
            use_case=self.use_case,
            defaults={"batches": self.batches, "also": self.also, "held": self.held},
        )


def release(use_case: str, rows: dict[RecordKind, pa.Table], segments: Sequence[str]) -> Release:
    """What may be measured today. `rows` have the log's `batch`. The first figures hold everything:
    there is nothing to subtract them from."""
    last = Released.objects.filter(use_case=use_case).first()
    there: dict[str, pa.Table] = {kind: rows[kind] for kind in rows if kind in _KEYS}
    batches = {kind: _last_batch(table) for kind, table in there.items()}
    if last is None:
        also = {kind: _keys(_not_drained(table), kind) for kind, table in there.items()}
        return Release(use_case, rows, batches, also, {})
    new = {kind: _new(table, kind, last) for kind, table in there.items()}
    fresh = {kind: table.filter(pa.array(new[kind])) for kind, table in there.items()}
    kept = dict(rows)
    also, held = {}, {}
    for kind, waits in _waiting(there["decisions"], fresh, segments).items():
        gone = new[kind].copy()
        gone[np.flatnonzero(new[kind])] = waits
        kept[kind] = there[kind].filter(pa.array(~gone))  # type: ignore[index]
        held[kind] = _keys(fresh[kind].filter(pa.array(waits)), kind)
        also[kind] = _keys(_not_drained(kept[kind]), kind)  # type: ignore[index]
    if "eligible" in there:
        table = there["eligible"]
        waits = new["eligible"] & _not_yet_decided(table, there["decisions"], kept["decisions"])
        kept["eligible"] = table.filter(pa.array(~waits))
        held["eligible"] = _keys(table.filter(pa.array(waits)), "eligible")
        also["eligible"] = _keys(_not_drained(kept["eligible"]), "eligible")
    return Release(use_case, kept, batches, also, held)


Mask = np.ndarray[Any, Any]


def _not_yet_decided(eligible: pa.Table, decisions: pa.Table, shown: pa.Table) -> Mask:
    """Eligible cases that are nobody's so far, and would tell what somebody has done since: those whose
    decision waits, and those that may be decided any day."""
    case, at = eligible["case_id"], eligible["eligible_at"]
    answered = pc.is_in(case, pc.unique(decisions["case_id"])).to_numpy()
    told = pc.is_in(case, pc.unique(shown["case_id"])).to_numpy()
    young = pc.greater(at, pc.subtract(pc.max(at), pa.scalar(_TIME_TO_DECIDE)))
    mask: Mask = ~told & (answered | pc.fill_null(young, True).to_numpy())
    return mask


def _keys(rows: pa.Table, kind: str) -> list[str]:
    parts = [pc.cast(rows[name], pa.string()) for name in _KEYS[kind] if name in rows.column_names]
    joined = pc.binary_join_element_wise(*[pc.fill_null(p, "") for p in parts], "\x1f")
    found: list[str] = joined.to_pylist()
    return found


def _last_batch(rows: pa.Table) -> int:
    return max(int(pc.max(rows["batch"]).as_py() or 0), 0)


def _not_drained(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.equal(rows["batch"], NOT_DRAINED))


def _new(rows: pa.Table, kind: str, last: Released) -> Mask:
    """Rows that no figure has held yet: those that came since, and those held back then. Keys are
    compared only where they may decide: the log is long."""
    batch = rows["batch"].to_numpy()
    came = (batch > last.batches.get(kind, 0)) | (batch == NOT_DRAINED)
    held, shown = set(last.held.get(kind, ())), set(last.also.get(kind, ()))
    ids = pa.array([key.split("\x1f")[0] for key in held], pa.string())
    maybe = came | pc.is_in(pc.cast(rows[_KEYS[kind][0]], pa.string()), ids).to_numpy()
    keys = _keys(rows.filter(pa.array(maybe)), kind)
    new: Mask = maybe.copy()
    new[np.flatnonzero(maybe)] = [
        key in held or (since and key not in shown)
        for key, since in zip(keys, came[maybe], strict=True)
    ]
    return new


def _waiting(
    decisions: pa.Table, fresh: dict[str, pa.Table], segments: Sequence[str]
) -> dict[str, Mask]:
    """Which of the fresh rows wait; an outcome counts as something new of its decision."""
    touched = [_told(fresh["decisions"], segments)]
    if "outcomes" in fresh:
        of = fresh["outcomes"].select(["decision_id"]).to_pandas()
        there = decisions.filter(
            pc.is_in(decisions["decision_id"], pc.unique(fresh["outcomes"]["decision_id"]))
        )
        whose = _told(there, segments).drop_duplicates("decision_id", keep="last")
        touched.append(of.merge(whose, on="decision_id", how="left"))
    table = pd.concat(touched, ignore_index=True)
    rules = showing()
    labels = _labels(decisions, segments, rules.minimum_group)
    shown_by = pd.DataFrame(
        {"person_id": table["person_id"], **{str(f): one(table) for f, one in labels.items()}}
    )
    wait = held_back(shown_by, [(), *((str(f),) for f in labels)], rules)
    count = fresh["decisions"].num_rows
    found = {"decisions": wait[:count]}
    if "outcomes" in fresh:
        found["outcomes"] = wait[count:]
    return found


def _labels(
    decisions: pa.Table, segments: Sequence[str], least: int
) -> dict[Family, Callable[[pd.DataFrame], pd.Series]]:
    """For each table that pages show, what a row's group is called there. Groups that are hidden for
    being small, and the one hidden with them, show only together: they are one."""
    if "person_id" not in decisions.column_names:
        return {}
    known = decisions.filter(pc.is_valid(decisions["person_id"]))
    known = known.append_column(_WEEK, pc.floor_temporal(known["decided_at"], unit="week"))
    alone = [c for c in (*_SHOWN_BY, *segments) if c in known.column_names]
    families: list[Family] = [(c,) for c in alone]
    if "population" in alone:
        families += [("population", c) for c in alone if c != "population"]
    return {family: _label(known, family, least) for family in families}


def _label(known: pa.Table, family: Family, least: int) -> Callable[[pd.DataFrame], pd.Series]:
    counted = known.group_by(list(family)).aggregate([("person_id", "count_distinct")]).to_pandas()
    inside: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = {}
    names = [_word(counted[c]) for c in family]
    for *key, n in zip(*names, counted["person_id_count_distinct"], strict=True):
        inside.setdefault(tuple(key[:-1]), []).append((int(n), tuple(key)))
    hidden: set[tuple[str, ...]] = set()
    for sizes in inside.values():
        few = [key for n, key in sorted(sizes) if n < least]
        rest = [key for n, key in sorted(sizes) if n >= least]
        if len(few) == 1 and rest:
            few.append(rest[0])
        hidden |= set(few)

    def label(table: pd.DataFrame) -> pd.Series:
        keys = list(zip(*[_word(table[c]) for c in family], strict=True))
        return pd.Series(
            ["\x1f".join((*key[:-1], "few") if key in hidden else key) for key in keys],
            index=table.index, dtype=object,
        )  # fmt: skip

    return label


def _word(column: pd.Series) -> pd.Series:
    """A column as words; blanks are a group of their own."""
    return column.astype(object).where(column.notna(), "").map(str)


def _told(rows: pa.Table, segments: Sequence[str]) -> pd.DataFrame:
    """Who decided, and by what figures are shown."""
    wanted = [
        c for c in ("decision_id", "person_id", *_SHOWN_BY, *segments) if c in rows.column_names
    ]
    frame: pd.DataFrame = rows.select(wanted).to_pandas()
    if "person_id" not in frame:
        frame["person_id"] = None
    frame[_WEEK] = pc.floor_temporal(rows["decided_at"], unit="week").to_pandas()
    return frame
