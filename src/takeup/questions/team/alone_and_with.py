"""The same person and the same case, decided alone and with the advice: the nearest to an experiment that a
table can hold without a draw."""

from __future__ import annotations

import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.questions.shared.known_truth import seen_rows
from takeup.record.columns import CASE

_MOST_OF = 0.5
"""Part of the decisions made alone that must have their like with the advice; fewer are chance repeats of a
programme in which people saw other cases before."""


def decided_twice(decisions: ir.Table) -> ir.Table | None:
    """The decisions of every person and case that was decided alone (shadow or off, the advice unseen) and with
    the advice in view, with `alone__`; None where that is not how most cases were decided alone."""
    if not {CASE, "person_id"} <= set(decisions.columns):
        return None
    alone = blind(decisions.filter(decisions.action.isin(["shadow", "off"])))
    seen, pair = seen_rows(decisions), ["person_id", CASE]
    # Those decided alone are few: the others are only looked up among them.
    first = keep(alone.select(*pair).distinct())
    twice = keep(first.semi_join(seen.select(*pair), pair))
    alone_n, twice_n = (
        int(fetch(t.aggregate(n=t.count()))["n"][0].as_py()) for t in (first, twice)
    )
    if not twice_n or twice_n < _MOST_OF * alone_n:
        return None
    both = alone.mutate(alone__=True).union(seen.mutate(alone__=False))
    return keep(both.semi_join(twice, pair))


def blind(alone: ir.Table) -> ir.Table:
    """Of decisions in shadow mode or without advice, those made before any advice was seen."""
    if "unblinded" not in alone.columns:
        return alone
    return alone.filter(~alone.unblinded.fill_null(False))


def side_by_side(
    twice: ir.Table, values: dict[str, ir.Value], whole: dict[str, ir.Value] | None = None
) -> ir.Table:
    """One row for each person and case of `decided_twice`: the mean of each value alone (`NAME_alone`) and with
    the advice (`NAME_with`), and of what is of the case (`whole`), where all is known."""
    sums = {name: value.mean() for name, value in (whole or {}).items()}
    for name, value in values.items():
        known = value.notnull()
        sums[f"{name}_alone"] = value.mean(where=twice.alone__ & known)
        sums[f"{name}_with"] = value.mean(where=~twice.alone__ & known)
    pairs = twice.group_by("person_id", CASE).aggregate(**sums)
    return pairs.filter([pairs[name].notnull() for name in sums])
