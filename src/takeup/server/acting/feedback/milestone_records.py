"""Reports that came through, as milestones ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date
from urllib.parse import quote

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.feedback.models import Topic
from takeup.server.acting.feedback.taking import WITHIN
from takeup.server.deployment.working_days import due_after


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """How many reports reached the model team, and how many went to an answer within their time."""
    held = list(Topic.objects.filter(use_case=use_case, merged_into=None).prefetch_related("replies"))  # fmt: skip
    path = f"/queue/{quote(use_case)}"
    if held:
        yield MilestoneRecord("feedback.routed", value=len(held), path=path, words="in the model team’s queue by themselves")  # fmt: skip
        yield MilestoneRecord("feedback.answered_in_time", value=sum(map(_in_time, held)), path=path, words="opened, read, answered in time")  # fmt: skip


def _in_time(topic: Topic) -> bool:
    last = due_after(topic.opened_on, WITHIN[topic.severity][1])
    return any(reply.at.astimezone(UTC).date() <= last for reply in topic.replies.all())
