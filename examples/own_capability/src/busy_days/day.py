"""Counts the decisions of each weekday, where enough people made them."""

from __future__ import annotations

import pyarrow.compute as pc

from busy_days.models import Weekday
from takeup.server.deployment.day import Day
from takeup.server.foundation.agreement.services import showing


def take(day: Day) -> None:
    """What is known today takes the place of what was known."""
    forget(day.use_case)
    rows = day.recorded
    people = pc.count_distinct(rows["person_id"]).as_py() if "person_id" in rows.column_names else 0
    if people < showing().minimum_group:
        return
    counts = pc.value_counts(pc.day_of_week(rows["decided_at"])).to_pylist()
    Weekday.objects.bulk_create(
        Weekday(use_case=day.use_case, day=one["values"], decisions=one["counts"]) for one in counts
    )


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Weekday.objects.filter(use_case=use_case).delete()
