"""What published reports tell of conditions: how old the last one is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date

from takeup.record.conditions import ConditionRecord
from takeup.server.showing.overview.services import first_measured
from takeup.server.showing.performance.services import reports_of


def tell(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """Days since the last report was published; where none ever was, for how long figures were there."""
    published = [r.approved_at for r in reports_of(use_case, drafts=False) if r.approved_at]
    if published:
        last = max(published).astimezone(UTC).date()
        yield ConditionRecord(
            indicator="C2.5", value=(today - last).days, source="telemetry", on=today,
            statement=f"published on {last:%d %B %Y}",
        )  # fmt: skip
        return
    first = first_measured(use_case)
    if first is not None:
        yield ConditionRecord(
            indicator="C2.5", k=0, n=0, beside=(today - first).days, source="telemetry", on=today,
            statement="no report was ever published",
        )  # fmt: skip
