"""What the queue tells of conditions: overrides that were read, changes that cite them, reports and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta

from takeup.record.conditions import ConditionRecord
from takeup.server.acting.feedback.models import Flag, Release, Reply, Topic
from takeup.server.acting.feedback.services import all_overrides
from takeup.server.acting.feedback.taking import WITHIN
from takeup.server.deployment.working_days import due_after

READ_WITHIN, CITED_WITHIN, TOLD_WITHIN, DUE_WITHIN = (timedelta(days=d) for d in (28, 90, 35, 28))
ACKNOWLEDGED_WITHIN = 2
"""Working days."""


def tell(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """Counts of the use case as a whole: a topic is of no single population."""
    topics = list(
        Topic.objects.filter(use_case=use_case)
        .select_related("merged_into")
        .prefetch_related("replies", "releases")
    )
    if topics:
        yield from _read(topics, today)
        yield from _cited(use_case, today)
        yield from _answered(use_case, today)
        yield _told_back(use_case, today)


def _counted(indicator: str, k: float, n: int, today: date, statement: str) -> ConditionRecord:
    return ConditionRecord(
        indicator=indicator, k=k, n=n, source="telemetry", on=today, statement=statement
    )


def _read(topics: list[Topic], today: date) -> Iterable[ConditionRecord]:
    """Of the overrides whose 28 days are over, or that are read already: those with a label."""
    read = due = 0
    for topic in topics:
        if not topic.reason:
            continue
        cases = int(topic.figures.get("overrides", 0))
        labelled = bool((topic.merged_into or topic).label)
        read += cases * labelled
        due += cases * (labelled or today - topic.opened_on > READ_WITHIN)
    yield _counted("C3.3", read, due, today, "the queue")


def _cited(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """Releases that cite overrides, shipped in 90 days; a half where one has a date to come."""
    held = Release.objects.filter(use_case=use_case).exclude(topics__reason="").distinct()
    days = [r.shipped_at.astimezone(UTC).date() for r in held]
    shipped = sum(today - CITED_WITHIN <= day <= today for day in days)
    value = float(shipped) if shipped else 0.5 * any(day > today for day in days)
    overrides = int(all_overrides(use_case).get("overrides", 0))
    yield ConditionRecord(
        indicator="C3.4", value=value, n=overrides, source="telemetry", on=today,
        statement="releases",
    )  # fmt: skip


def _answered(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """Reports with a first sign within two working days; reports whose answer was due, and came in time."""
    signed = signed_of = replied = replied_of = 0
    flags = Flag.objects.filter(topic__use_case=use_case).select_related("topic__merged_into")
    replies: dict[int, list[date]] = {}
    for one in Reply.objects.filter(topic__use_case=use_case):
        replies.setdefault(one.topic_id, []).append(one.at.astimezone(UTC).date())
    for flag in flags:
        topic, day = flag.topic.merged_into or flag.topic, flag.decided_at.astimezone(UTC).date()
        answers = replies.get(topic.pk, [])
        signs = [*answers, *([topic.labelled_at.astimezone(UTC).date()] if topic.labelled_at else [])]  # fmt: skip
        first = due_after(day, ACKNOWLEDGED_WITHIN)
        if today - DUE_WITHIN <= first < today:
            signed_of += 1
            signed += any(sign <= first for sign in signs)
        last = due_after(day, WITHIN[topic.severity][1])
        if today - DUE_WITHIN <= last < today:
            replied_of += 1
            replied += any(answer <= last for answer in answers)
    yield _counted("C8.1", signed, signed_of, today, "flags, by the first label or answer")
    yield _counted("C8.2", replied, replied_of, today, "flags, by the first answer")


def _told_back(use_case: str, today: date) -> ConditionRecord:
    """Whether those who reported were told of a change in 35 days; a half where they were answered only."""
    since = today - TOLD_WITHIN
    shipped = Release.objects.filter(
        use_case=use_case, shipped_at__date__gt=since, shipped_at__date__lte=today
    )
    answered = Reply.objects.filter(topic__use_case=use_case, at__date__gt=since)
    value = 1.0 if shipped.exists() else 0.5 * answered.exists()
    return ConditionRecord(
        indicator="C8.4", value=value, source="telemetry", on=today,
        statement="releases and answers, told to those behind them",
    )  # fmt: skip
