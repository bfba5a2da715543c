"""Which records the day's figures may hold: all that came, but for what is held back so that nobody
finds a person by subtracting yesterday's figures (`takeup.disclosure.over_time`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from takeup.disclosure.over_time import Family, held_back
from takeup.record.incoming import RecordKind
from takeup.server.agreement.services import showing
from takeup.server.overview.models import Released
from takeup.server.record_api.services import NOT_DRAINED

_KEYS: dict[str, tuple[str, ...]] = {
    "decisions": ("decision_id", "revision"),
    "outcomes": ("decision_id", "outcome_name", "observed_at"),
}
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
    keys = {kind: _keys(table, kind) for kind, table in there.items()}
    batches = {kind: _last_batch(table) for kind, table in there.items()}
    also = {kind: _not_drained(table, keys[kind]) for kind, table in there.items()}
    if last is None:
        return Release(use_case, rows, batches, also, {})
    new = {kind: _new(table, keys[kind], kind, last) for kind, table in there.items()}
    kept = dict(rows)
    held: dict[str, list[str]] = {}
    for kind, mask in _waiting(there, new, segments).items():
        kept[kind] = there[kind].filter(pa.array(~mask))  # type: ignore[index]
        held[kind] = keys[kind][mask].tolist()
        gone = set(held[kind])
        also[kind] = [key for key in also[kind] if key not in gone]
    return Release(use_case, kept, batches, also, held)


def _keys(rows: pa.Table, kind: str) -> np.ndarray[Any, Any]:
    parts = [pc.cast(rows[name], pa.string()) for name in _KEYS[kind] if name in rows.column_names]
    joined = pc.binary_join_element_wise(*[pc.fill_null(p, "") for p in parts], "\x1f")
    found: np.ndarray[Any, Any] = np.asarray(joined.to_pylist(), dtype=object)
    return found


def _last_batch(rows: pa.Table) -> int:
    return max(int(pc.max(rows["batch"]).as_py() or 0), 0)


def _not_drained(rows: pa.Table, keys: np.ndarray[Any, Any]) -> list[str]:
    mask = rows["batch"].to_numpy() == NOT_DRAINED
    found: list[str] = keys[mask].tolist()
    return found


def _new(
    rows: pa.Table, keys: np.ndarray[Any, Any], kind: str, last: Released
) -> np.ndarray[Any, Any]:
    """Rows that no figure has held yet."""
    batch = rows["batch"].to_numpy()
    came = (batch > last.batches.get(kind, 0)) | (batch == NOT_DRAINED)
    shown = np.isin(keys, list(last.also.get(kind, ())))
    held = np.isin(keys, list(last.held.get(kind, ())))
    found: np.ndarray[Any, Any] = (came & ~shown) | held
    return found


def _waiting(
    rows: dict[str, pa.Table], new: dict[str, np.ndarray[Any, Any]], segments: Sequence[str]
) -> dict[str, np.ndarray[Any, Any]]:
    """Of what is new, the rows that wait; an outcome counts as something new of its decision."""
    whole = _told(rows["decisions"], segments)
    fresh = whole[new["decisions"]]
    touched = [fresh]
    if "outcomes" in new:
        outcomes = rows["outcomes"].filter(pa.array(new["outcomes"]))
        of = pd.DataFrame({"decision_id": outcomes["decision_id"].to_pylist()})
        whose = whole.drop_duplicates("decision_id", keep="last")
        touched.append(of.merge(whose, on="decision_id", how="left"))
    table = pd.concat(touched, ignore_index=True)
    rules = showing()
    labels = _labels(whole, segments, rules.minimum_group)
    shown_by = pd.DataFrame(
        {"person_id": table["person_id"], **{str(f): one(table) for f, one in labels.items()}}
    )
    wait = held_back(shown_by, [(), *((str(f),) for f in labels)], rules)
    found = {kind: mask.copy() for kind, mask in new.items()}
    found["decisions"][np.flatnonzero(new["decisions"])] = wait[: len(fresh)]
    if "outcomes" in new:
        found["outcomes"][np.flatnonzero(new["outcomes"])] = wait[len(fresh) :]
    return found


def _labels(
    whole: pd.DataFrame, segments: Sequence[str], least: int
) -> dict[Family, Callable[[pd.DataFrame], pd.Series]]:
    """For each table that pages show, what a row's group is called there. Groups that are hidden for
    being small, and the one hidden with them, show only together: they are one."""
    alone = [c for c in (*_SHOWN_BY, *segments) if c in whole.columns]
    families: list[Family] = [(c,) for c in alone]
    if "population" in alone:
        families += [("population", c) for c in alone if c != "population"]
    return {family: _label(whole, family, least) for family in families}


def _label(whole: pd.DataFrame, family: Family, least: int) -> Callable[[pd.DataFrame], pd.Series]:
    known = whole.dropna(subset=["person_id"])
    people = known.groupby([_word(known[c]) for c in family])["person_id"].nunique()
    hidden: set[tuple[str, ...]] = set()
    parents = (
        people.groupby(level=list(range(len(family) - 1))) if len(family) > 1 else [((), people)]
    )
    for _, inside in parents:
        sizes = sorted(
            (int(n), key if isinstance(key, tuple) else (key,)) for key, n in inside.items()
        )
        few = [key for n, key in sizes if n < least]
        rest = [(n, key) for n, key in sizes if n >= least]
        while few and rest and len(few) < 2:
            few.append(rest.pop(0)[1])
        hidden |= set(few)

    def label(table: pd.DataFrame) -> pd.Series:
        parts = [_word(table[c]) for c in family]
        keys = list(zip(*parts, strict=True))
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
