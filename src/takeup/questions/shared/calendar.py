"""Days and weeks of decisions, by the calendar of those who decide."""

from __future__ import annotations

import ibis.expr.types as ir

from takeup.record.canonical import LOCAL


def local_clock(decisions: ir.Table) -> ir.TimestampValue:
    """When each decision was made, by the clock of the place: `decided_at` (UTC) where no zone is declared."""
    return decisions[LOCAL] if LOCAL in decisions.columns else decisions.decided_at


def week_of(decisions: ir.Table) -> ir.DateValue:
    """The Monday of each decision's week."""
    return local_clock(decisions).truncate("W").cast("date")
