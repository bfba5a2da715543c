"""What responses know of a sprint's milestones: answered in time, a drill where none came, over-reliance still open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.signals.drills import COUNTS_FOR, drills, in_time
from takeup.server.acting.signals.models import Response

_PATH = "/signals"


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """All of it, as of today. Drills are in no figure but their own."""
    held = Response.objects.filter(use_case=use_case, drill=False)
    due = held.filter(queued=False, due__gte=today - COUNTS_FOR)
    told = [found for one in due if (found := in_time(one)) is not None]
    if told:
        yield MilestoneRecord(
            "responses.in_time", k=sum(told), n=len(told), path=_PATH,
            words="signals answered inside their time, of those due in the last 90 days",
        )  # fmt: skip
    run = [in_time(one) for one in drills(use_case) if one.due >= today - COUNTS_FOR]
    if any(one is not None for one in run):
        yield MilestoneRecord(
            "responses.drill", value=float(any(run)), path=f"{_PATH}#drills",
            words="a drill was answered inside its time in the last 90 days",
        )  # fmt: skip
    there = held.filter(code="RR8").filter(Q(over_at=None) | Q(closed_at=None))
    yield MilestoneRecord(
        "responses.over_reliance_open", value=float(there.count()), path=_PATH,
        words="populations in which wrong advice is followed too",
    )  # fmt: skip
