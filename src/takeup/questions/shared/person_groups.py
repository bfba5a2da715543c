"""People in a fixed number of groups, so that errors can respect that a person's decisions
are alike without one row per person and kind of case."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.log import keep

MOST_GROUPS = 50
GROUP = "group__"


def with_person_groups(rows: ir.Table, most: int = MOST_GROUPS) -> ir.Table:
    """`rows` with `group__`: people in order of how many rows they have and of their first,
    dealt out in turn; the same on every engine, and whatever people are called (a pseudonym
    changes no figure). Each person is a group of its own where there are no more than `most`."""
    rows = rows.mutate(person__=rows.person_id.cast("string"))
    known = rows.filter(rows.person__.notnull())
    first = {"first__": known.decided_at.min()} if "decided_at" in rows.columns else {}
    people = known.group_by("person__").aggregate(n__=known.count(), **first)
    order = [people.n__, *(people[name] for name in first), people.person__]
    ranked = people.mutate(rank__=ibis.row_number().over(order_by=order))
    dealt = keep(ranked.select("person__", **{GROUP: (ranked.rank__ % most).cast("int32")}))
    return rows.join(dealt, "person__").drop("person__")
