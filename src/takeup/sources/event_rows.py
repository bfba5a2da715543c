"""What a stream of events tells of decisions: folded into rows, and what did not fit."""

from __future__ import annotations

from collections.abc import Collection

import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.record.canonical import ROW
from takeup.record.event_stream import (
    FATE,
    OPEN,
    REPEATED,
    UNKNOWN,
    UNOPENED,
    UNORDERED,
    blank_and_told,
    fold,
)
from takeup.record.mapping import Mapping
from takeup.record.vocabulary import Action
from takeup.sources.look import order_of
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem


def _carried(fates: ir.Table, mapping: Mapping, blanks: Collection[str]) -> list[str]:
    """Mapped columns that closing events leave blank and events before them tell: the advice stands
    where it was shown."""
    stream = mapping.events
    assert stream is not None
    named = [c for v in mapping.columns.values() for c in ([v] if isinstance(v, str) else v)]
    fixed = {stream.event, stream.order, *stream.by}
    names = [c for c in dict.fromkeys(named) if c in fates.columns and c not in fixed]
    if not names:
        return []
    (found,) = fetch(blank_and_told(fates, names, blanks)).to_pylist()
    return [n for i, n in enumerate(names) if found[f"blank{i}"] and found[f"told{i}"]]


def fold_events(raw: RawTable, mapping: Mapping) -> tuple[int, list[Problem], ir.Table, list[str]]:
    """How many events were folded into others or are open still, what is wrong with those that fit nowhere, the
    decisions, and what was taken from earlier events, in words. A table that is no stream is as it was."""
    if mapping.events is None:
        return 0, [], raw.table, []
    moment = order_of(raw.held, mapping, mapping.events.order)
    fates_table = keep(fold(raw.table, mapping.events, moment).fates)
    blanks = {"", *(word.lower() for word in mapping.file.blanks)}
    said = []
    if carried := _carried(fates_table, mapping, blanks):
        fates_table = keep(fold(raw.table, mapping.events, moment, carried, blanks).fates)
        said = [
            f"{', '.join(carried)}: taken from the event that opens where a closing one is blank"
        ]
    counts = {
        row["fate__"]: row
        for row in fetch(
            fates_table.group_by(FATE).aggregate(
                n=fates_table.count(),
                first=fates_table[ROW].min(),
                example=fates_table[mapping.events.event].cast("string").min(),
            )
        ).to_pylist()
    }
    texts = {
        UNOPENED: ("closes what nothing opened", "check [events] opens and by"),
        REPEATED: ("closes what is closed already", "check [events] opens and by"),
        UNKNOWN: (
            "is an event the mapping does not name",
            "add it to [events] opens, repeats, closes or ignores",
        ),
        UNORDERED: (
            f"has no place in time: its {mapping.events.order} is neither a number nor a time",
            f"see how {mapping.events.order} is written; [formats] in the mapping says what cannot be seen",
        ),
    }
    problems = [
        Problem(
            raw.name,
            fate,
            mapping.events.event,
            counts[fate]["n"],
            (counts[fate]["first"],),
            str(counts[fate]["example"]),
            *texts[fate],
        )
        for fate in texts
        if fate in counts
    ]
    folded = sum(counts[f]["n"] for f in ("folded", OPEN) if f in counts)
    decisions = fates_table.filter(fates_table[FATE] == "decision").drop(FATE)
    return folded, problems, decisions, said


def with_event_actions(mapping: Mapping) -> Mapping:
    """The mapping of the decisions: what a closing event means is an action, or a choice."""
    stream = mapping.events
    assert stream is not None
    meanings = set(stream.closes.values()) - {""}
    if not meanings:
        # What was done stands in a column of its own.
        return mapping
    target = "action" if meanings <= {a.value for a in Action} else "choice"
    return mapping.model_copy(
        update={
            "columns": {**mapping.columns, target: stream.event},
            "values": {**mapping.values, target: dict(stream.closes)},
        }
    )
