"""Which records the day's figures may hold: all that came, but for what is held back so that nobody
finds a person by subtracting yesterday's figures (`takeup.disclosure.over_time`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from takeup.disclosure.over_time import Family, held_back
from takeup.log import fetch, keep
from takeup.log.compress import beside
from takeup.record.incoming import RecordKind
from takeup.server.foundation.agreement.services import showing
from takeup.server.recording.record_api.services import NOT_DRAINED
from takeup.server.showing.overview.models import Released

_KEYS: dict[RecordKind, tuple[str, ...]] = {
    "decisions": ("decision_id", "revision"),
    "outcomes": ("decision_id", "outcome_name", "observed_at"),
    "eligible": ("case_id",),
}
_TIME_TO_DECIDE = timedelta(days=7)
"""An eligible case as old as this that no decision answers is left alone; a younger one may yet be decided."""
_WEEK = "week__"
_ALIKE = "alike__"
_KEY = "key__"
_SHOWN_BY = ("population", "team", "mode", "stakes", "model_version", "phase", "cohort", _WEEK)


@dataclass(frozen=True, slots=True)
class Release:
    """The rows of a use case that figures may hold, and what to remember of it. `hidden_so_far`: what the next
    diagnosis has to know of those before."""

    use_case: str
    rows: Mapping[RecordKind, ir.Table]
    batches: dict[str, int]
    also: dict[str, list[str]]
    held: dict[str, list[str]]
    hidden_so_far: dict[str, Any]

    def keep(self, hidden_so_far: dict[str, Any]) -> None:
        """Remember it, together with the figures and what is hidden in them."""
        Released.objects.update_or_create(
            use_case=self.use_case,
            defaults={
                "batches": self.batches,
                "also": self.also,
                "held": self.held,
                "hidden_so_far": hidden_so_far,
            },
        )


def release(use_case: str, rows: Mapping[RecordKind, ir.Table], segments: Sequence[str]) -> Release:
    """What may be measured today. `rows` have the log's `batch` and stay where they are: what comes into
    memory is what is alike of the news, counted. The first figures hold everything: there is nothing to
    subtract them from."""
    last = Released.objects.filter(use_case=use_case).first()
    batches = {str(kind): _last_batch(table) for kind, table in rows.items()}
    if last is None:
        also = {str(kind): _keys(_not_drained(table), kind) for kind, table in rows.items()}
        return Release(use_case, rows, batches, also, {}, {})
    fresh = {kind: _fresh(table, kind, last) for kind, table in rows.items()}
    held = _waiting(rows["decisions"], fresh, segments)
    kept = {kind: _without(table, kind, held.get(kind, ())) for kind, table in rows.items()}
    if "eligible" in rows:
        held["eligible"] = _not_yet_decided(
            rows["eligible"], fresh["eligible"], rows["decisions"], kept["decisions"]
        )
        kept["eligible"] = _without(rows["eligible"], "eligible", held["eligible"])
    also = {str(kind): _keys(_not_drained(table), kind) for kind, table in kept.items()}
    waits = {str(kind): keys for kind, keys in held.items()}
    return Release(use_case, kept, batches, also, waits, last.hidden_so_far)


def _key(rows: ir.Table, kind: RecordKind) -> ir.StringValue:
    """What identifies a row of its kind within a use case."""
    parts = [_text(rows[name]).fill_null("") for name in _KEYS[kind] if name in rows.columns]
    return ibis.literal("\x1f").join(parts) if len(parts) > 1 else parts[0]


def _text(value: ir.Value) -> ir.StringValue:
    if value.type().is_timestamp():
        return value.strftime("%Y-%m-%d %H:%M:%S.%f") + "Z"
    return value.cast("string")


def _keys(rows: ir.Table, kind: RecordKind) -> list[str]:
    found: list[str] = fetch(rows.select(key=_key(rows, kind)))["key"].to_pylist()
    return found


def _last_batch(rows: ir.Table) -> int:
    return max(int(fetch(rows.aggregate(n=rows.batch.max()))["n"][0].as_py() or 0), 0)


def _not_drained(rows: ir.Table) -> ir.Table:
    return rows.filter(rows.batch == NOT_DRAINED)


def _fresh(rows: ir.Table, kind: RecordKind, last: Released) -> ir.Table:
    """Rows that no figure has held yet: those that came since, and those held back then."""
    came = (rows.batch > last.batches.get(kind, 0)) | (rows.batch == NOT_DRAINED)
    held, shown = last.held.get(kind, []), last.also.get(kind, [])
    # What waited in the inbox when it was shown is in a batch now.
    new = _without(rows.filter(came), kind, set(shown) - set(held))
    waited = _those(rows.filter(~came), kind, held)
    return keep(new if waited is None else new.union(waited))


def _those(rows: ir.Table, kind: RecordKind, keys: Collection[str]) -> ir.Table | None:
    """The rows with these keys; None where there are no keys. The log is long: whole keys are made only of
    rows that begin like one of them."""
    if not keys:
        return None
    first = _KEYS[kind][0]
    ids = _column(rows, {key.split("\x1f")[0] for key in keys})
    maybe = rows.semi_join(ids, rows[first].cast("string") == ids.value)
    return maybe.semi_join(named := _column(rows, keys), _key(maybe, kind) == named.value)


def _without(rows: ir.Table, kind: RecordKind, keys: Collection[str]) -> ir.Table:
    """The rows with other keys."""
    if not keys:
        return rows
    first = _KEYS[kind][0]
    ids = _column(rows, {key.split("\x1f")[0] for key in keys})
    others = rows.anti_join(ids, rows[first].cast("string") == ids.value)
    maybe = rows.semi_join(ids, rows[first].cast("string") == ids.value)
    named = _column(rows, keys)
    return others.union(maybe.anti_join(named, _key(maybe, kind) == named.value))


def _column(rows: ir.Table, values: Iterable[str]) -> ir.Table:
    return beside(rows, pa.table({"value": pa.array(sorted(values), pa.string())}))


def _not_yet_decided(
    eligible: ir.Table, fresh: ir.Table, decisions: ir.Table, shown: ir.Table
) -> list[str]:
    """Keys of eligible cases that are nobody's so far, and would tell what somebody has done since: those
    whose decision waits, and those that may be decided any day."""
    if "case_id" in shown.columns:
        fresh = fresh.anti_join(shown, "case_id")
    last = fetch(eligible.aggregate(at=eligible.eligible_at.max()))["at"][0].as_py()
    young = (
        fresh.eligible_at > ibis.literal(last) - ibis.interval(days=_TIME_TO_DECIDE.days)
    ).fill_null(True)
    waits = [fresh.filter(young)]
    if "case_id" in decisions.columns:
        waits.append(fresh.filter(~young).semi_join(decisions, "case_id"))
    return [key for rows in waits for key in _keys(rows, "eligible")]


def _waiting(
    decisions: ir.Table, fresh: Mapping[RecordKind, ir.Table], segments: Sequence[str]
) -> dict[RecordKind, list[str]]:
    """Keys of the fresh rows that wait; an outcome counts as something new of its decision."""
    shown_by = [c for c in (*_SHOWN_BY, *segments) if c == _WEEK or c in decisions.columns]
    told: dict[RecordKind, ir.Table] = {
        "decisions": _numbered(_told(fresh["decisions"], shown_by), "decisions", shown_by)
    }
    if "outcomes" in fresh:
        outcomes = fresh["outcomes"].select(*_of(fresh["outcomes"], _KEYS["outcomes"]))
        whose = _last_told(decisions.semi_join(outcomes, "decision_id"), shown_by)
        joined = outcomes.left_join(whose, "decision_id").drop("decision_id_right")
        told["outcomes"] = _numbered(joined, "outcomes", shown_by)
    alike = pd.concat(
        [_alike(rows, shown_by).assign(kind=kind) for kind, rows in told.items()], ignore_index=True
    )
    rules = showing()
    labels = _labels(decisions, shown_by, rules.minimum_group)
    groups = pd.DataFrame(
        {
            "person_id": alike["person_id"],
            "n": alike["n"],
            **{str(family): label(alike) for family, label in labels.items()},
        }
    )
    waits = held_back(groups, [(), *((str(family),) for family in labels)], rules)
    return {
        kind: _keys_alike(rows, alike[waits & (alike["kind"] == kind).to_numpy()][_ALIKE])
        for kind, rows in told.items()
    }


def _of(rows: ir.Table, names: Iterable[str]) -> list[str]:
    return [name for name in names if name in rows.columns]


def _told(rows: ir.Table, shown_by: Sequence[str]) -> ir.Table:
    """Who decided, and by what figures are shown: words, a blank is one of its own."""
    person = rows.person_id if "person_id" in rows.columns else ibis.null("string")
    words = {
        name: (rows.decided_at.truncate("W") if name == _WEEK else rows[name]) for name in shown_by
    }
    return rows.select(
        *_of(rows, _KEYS["decisions"]),
        person_id=person,
        **{name: _text(value).fill_null("") for name, value in words.items()},
    )


def _last_told(decisions: ir.Table, shown_by: Sequence[str]) -> ir.Table:
    """The same of each decision once, as last corrected."""
    order = [decisions.batch == NOT_DRAINED, decisions.batch]
    if "revision" in decisions.columns:
        order = [decisions.revision.fill_null(1), *order]
    place = ibis.row_number().over(
        group_by=decisions.decision_id, order_by=[ibis.desc(one) for one in order]
    )
    last = decisions.mutate(place__=place).filter(lambda t: t.place__ == 0).drop("place__")
    told = _told(last, shown_by)
    return told.drop("revision") if "revision" in told.columns else told


def _numbered(rows: ir.Table, kind: RecordKind, shown_by: Sequence[str]) -> ir.Table:
    """`rows` with their key, and one number for those that are alike: they wait together."""
    same = ibis.dense_rank().over(order_by=[rows["person_id"], *(rows[name] for name in shown_by)])
    return keep(rows.mutate(**{_KEY: _key(rows, kind), _ALIKE: same}))


def _alike(rows: ir.Table, shown_by: Sequence[str]) -> pd.DataFrame:
    found = rows.group_by([_ALIKE, "person_id", *shown_by]).aggregate(n=rows.count())
    frame: pd.DataFrame = fetch(found).to_pandas()
    return frame


def _keys_alike(rows: ir.Table, numbers: pd.Series) -> list[str]:
    if numbers.empty:
        return []
    waiting = beside(rows, pa.table({_ALIKE: pa.array(numbers.to_numpy(), pa.int64())}))
    found: list[str] = fetch(rows.semi_join(waiting, _ALIKE).select(_KEY))[_KEY].to_pylist()
    return found


def _labels(
    decisions: ir.Table, shown_by: Sequence[str], least: int
) -> dict[Family, Callable[[pd.DataFrame], pd.Series]]:
    """For each table that pages show, what a row's group is called there. Groups that are hidden for
    being small, and the one hidden with them, show only together: they are one."""
    if "person_id" not in decisions.columns:
        return {}
    known = _told(decisions.filter(decisions.person_id.notnull()), shown_by)
    people = keep(known.select("person_id", *shown_by).distinct())
    families: list[Family] = [(name,) for name in shown_by]
    if "population" in shown_by:
        families += [("population", name) for name in shown_by if name != "population"]
    return {family: _label(people, family, least) for family in families}


def _label(people: ir.Table, family: Family, least: int) -> Callable[[pd.DataFrame], pd.Series]:
    counted = fetch(
        people.group_by(list(family)).aggregate(n=people.person_id.nunique())
    ).to_pandas()
    inside: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = {}
    for *key, n in counted[[*family, "n"]].itertuples(index=False):
        inside.setdefault(tuple(key[:-1]), []).append((int(n), tuple(key)))
    hidden: set[tuple[str, ...]] = set()
    for sizes in inside.values():
        few = [key for n, key in sorted(sizes) if n < least]
        rest = [key for n, key in sorted(sizes) if n >= least]
        if len(few) == 1 and rest:
            few.append(rest[0])
        hidden |= set(few)

    def label(table: pd.DataFrame) -> pd.Series:
        # An outcome of no decision that is there is of no group.
        keys = list(zip(*[table[c].fillna("") for c in family], strict=True))
        return pd.Series(
            ["\x1f".join((*key[:-1], "few") if key in hidden else key) for key in keys],
            index=table.index, dtype=object,
        )  # fmt: skip

    return label
