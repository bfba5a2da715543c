"""Whether the advice came in time."""

from __future__ import annotations

import ibis.expr.types as ir


def with_delivery(decisions: ir.Table) -> ir.Table:
    """`decisions` with `late`: delivered after it was needed; null where either is unknown.

    The two times themselves are read by no measure and dropped.
    """
    if not {"delivered_at", "needed_by"} <= set(decisions.columns):
        return decisions
    late = decisions.delivered_at > decisions.needed_by
    return decisions.mutate(late=late).drop("delivered_at", "needed_by")
