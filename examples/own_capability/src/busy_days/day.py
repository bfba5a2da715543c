"""Counts the decisions of each weekday, where enough people made them."""

from __future__ import annotations

from busy_days.models import Weekday
from takeup.log import fetch
from takeup.server.deployment.day import Day
from takeup.server.foundation.agreement.services import showing


def take(day: Day) -> None:
    """What is known today takes the place of what was known."""
    forget(day.use_case)
    rows = day.recorded
    if "person_id" not in rows.columns:
        return
    (people,) = fetch(rows.aggregate(n=rows.person_id.nunique()))["n"].to_pylist()
    if people < showing().minimum_group:
        return
    weekday = rows.decided_at.day_of_week.index()
    counts = fetch(rows.group_by(day=weekday).aggregate(n=rows.count())).to_pylist()
    Weekday.objects.bulk_create(
        Weekday(use_case=day.use_case, day=one["day"], decisions=one["n"]) for one in counts
    )


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Weekday.objects.filter(use_case=use_case).delete()
