"""People in a fixed number of groups, so that errors can respect that a person's decisions
are alike without one row per person and kind of case."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.log import keep

MOST_GROUPS = 50
GROUP = "group__"


def with_person_groups(rows: ir.Table, most: int = MOST_GROUPS) -> ir.Table:
    """`rows` with `group__`: people in order of their id, dealt out in turn; the same on every
    engine. Each person is a group of its own where there are no more than `most`."""
    named = rows.person_id.cast("string")
    people = rows.select(person__=named).filter(lambda t: t.person__.notnull()).distinct()
    ranked = people.mutate(rank__=ibis.row_number().over(order_by=people.person__))
    dealt = keep(ranked.select("person__", **{GROUP: (ranked.rank__ % most).cast("int32")}))
    return rows.mutate(person__=named).join(dealt, "person__").drop("person__")
