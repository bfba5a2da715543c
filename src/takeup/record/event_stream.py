"""Several rows make one decision: opened, perhaps shown again, closed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    raw: ir.Table,
    stream: EventStream,
    moment: Callable[[ir.Value], ir.Value],
    carry: Sequence[str] = (),
    blanks: Collection[str] = ("",),
) -> FoldedStream:
    """Each closing event of an opened episode becomes a row; what came before folds into it.
    What is shown again after it was closed, or before anything was opened, opens an episode.

    `raw` has `row__`; `moment` makes a time or a number of the column `order`. Of the columns `carry`,
    what a closing event leaves blank (a text of `blanks`, in small letters) is what was last said of it
    in its episode: the advice stands where it was shown. Raises DeclarationError where the stream names
    absent columns.
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
    fated = counted.mutate(**{FATE: fate})
    fates = _carried(fated, carry, blanks, inside_of=stream.by).drop(
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


def _blank(value: ir.Value, blanks: Collection[str]) -> ir.BooleanValue:
    if value.type().is_string():
        return value.isnull() | value.strip().lower().isin(list(blanks))
    return value.isnull()


def blank_and_told(fates: ir.Table, names: Sequence[str], blanks: Collection[str]) -> ir.Table:
    """One row: for the N-th of `names`, on how many closing events it is blank (`blankN`) and on how many
    events that fold into one it is told (`toldN`)."""
    closing, other = fates[FATE] == DECISION, fates[FATE] == FOLDED
    sums = {}
    for i, name in enumerate(names):
        blank = _blank(fates[name], blanks)
        sums[f"blank{i}"] = (closing & blank).cast("int64").sum()
        sums[f"told{i}"] = (other & ~blank).cast("int64").sum()
    return fates.aggregate(**sums)


def _carried(
    fated: ir.Table, names: Sequence[str], blanks: Collection[str], inside_of: Sequence[str]
) -> ir.Table:
    """`fated` with the last value told in the episode where a closing event leaves a column blank."""
    if not names:
        return fated
    key = [*inside_of, "episode__"]
    order = [fated.order__, fated[ROW]]
    placed = fated.mutate(
        place__=ibis.row_number().over(group_by=[fated[k] for k in key], order_by=order)
    )
    told = placed.group_by(key).aggregate(
        **{
            f"told{i}__": placed[name].argmax(
                placed.place__, where=~_blank(placed[name], blanks) & (placed.close_number__ == 0)
            )
            for i, name in enumerate(names)
        }
    )
    both = placed.left_join(told, key, rname="{name}_told__")
    closes = both[FATE] == DECISION
    carried = {
        name: ibis.ifelse(closes & _blank(both[name], blanks), both[f"told{i}__"], both[name])
        for i, name in enumerate(names)
    }
    return both.mutate(**carried).select(*fated.columns)
