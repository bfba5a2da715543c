"""Several rows make one decision: opened, perhaps shown again, closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.record.canonical import ROW
from takeup.record.errors import DeclarationError
from takeup.record.mapping import EventStream

FATE = "fate__"
DECISION, FOLDED, OPEN, UNOPENED, REPEATED, UNKNOWN, UNORDERED = (
    "decision",
    "folded",
    "open",
    "unopened",
    "closed_twice",
    "unknown_event",
    "no_order",
)


@dataclass(frozen=True, slots=True)
class FoldedStream:
    """`fates` has one row per event with `fate__`; `decisions` those that close one."""

    fates: ir.Table
    decisions: ir.Table


def fold(
    raw: ir.Table, stream: EventStream, moment: Callable[[ir.Value], ir.Value]
) -> FoldedStream:
    """Each closing event of an opened episode becomes a row; what came before folds into it.
    What is shown again after it was closed, or before anything was opened, opens an episode.

    `raw` has `row__`; `moment` makes a time or a number of the column `order`. Raises DeclarationError where the stream names absent columns.
    """
    needed = [stream.event, stream.order, *stream.by]
    absent = [name for name in needed if name not in raw.columns]
    if absent:
        raise DeclarationError("mapping", [f"events: the table has no column {absent[0]!r}"])
    event = raw[stream.event].cast("string").strip()
    raw = raw.mutate(order__=moment(raw[stream.order]))
    # Nobody knows when a row without order came: it is no part of any episode.
    known = raw.order__.notnull() | raw[stream.order].isnull()
    opens, repeats, closes, ignored = (
        event.isin(list(words)) & known
        for words in (stream.opens, stream.repeats, stream.closes, stream.ignores)
    )
    order = [raw.order__, raw[ROW]]
    by = [raw[name] for name in stream.by]
    flagged = raw.mutate(closes__=closes)
    was_closed = (
        flagged.closes__.lag().over(ibis.window(group_by=by, order_by=order)).fill_null(True)
    )
    flagged = flagged.mutate(
        opens__=opens | (repeats & was_closed), repeats__=repeats, ignored__=ignored
    )
    so_far = ibis.window(
        group_by=[flagged[name] for name in stream.by],
        order_by=[flagged.order__, flagged[ROW]],
        preceding=None,
        following=0,
    )
    marked = flagged.mutate(episode__=flagged.opens__.cast("int64").sum().over(so_far))
    inside = ibis.window(
        group_by=[marked[name] for name in stream.by] + [marked.episode__],
        order_by=[marked.order__, marked[ROW]],
        preceding=None,
        following=0,
    )
    whole = ibis.window(group_by=[marked[name] for name in stream.by] + [marked.episode__])
    counted = marked.mutate(
        close_number__=marked.closes__.cast("int64").sum().over(inside),
        closings__=marked.closes__.cast("int64").sum().over(whole),
        opened_at__=marked.order__.min().over(whole),
        shown__=(marked.opens__ | marked.repeats__).cast("int64").sum().over(inside),
    )
    fate = ibis.cases(
        (counted[stream.order].notnull() & counted.order__.isnull(), UNORDERED),
        (counted.closes__ & (counted.episode__ == 0), UNOPENED),
        (counted.closes__ & (counted.close_number__ > 1), REPEATED),
        (counted.closes__, DECISION),
        (~(counted.opens__ | counted.repeats__ | counted.ignored__), UNKNOWN),
        ((counted.opens__ | counted.repeats__) & (counted.closings__ == 0), OPEN),
        else_=FOLDED,
    )
    fates = counted.mutate(**{FATE: fate}).drop(
        "opens__",
        "closes__",
        "repeats__",
        "ignored__",
        "order__",
        "episode__",
        "close_number__",
        "closings__",
    )
    decisions = fates.filter(fates[FATE] == DECISION).drop(FATE)
    return FoldedStream(fates, decisions)
