"""The sample bank's queue: the largest topics are read and answered, reports within a working day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from takeup.record.clock import at, now
from takeup.server.acting.feedback.models import Topic
from takeup.server.acting.feedback.services import (
    answer_topic,
    label_topic,
    override_topics,
    topics_of,
)
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with

_CLUSTERS = 5
_ANSWERS = {
    "local_income": (
        "data_gap",
        "You are right: income that comes once a year is in no column yet. It comes with the next version; until then these "
        "cases are yours to decide.",
    ),
    "": ("correct_as_is", "We read twenty of these again: the advice held in most of them. The screen now says why."),
}  # fmt: skip
"""By kind of case what the model's makers found, and what they answered."""


def record(bank: Bank) -> None:
    """Reports on the day after the first of their kind, but for the newest, which wait."""
    by = _reader()
    for topic in topics_of(bank.use_case):
        if topic.flag_kind and (first := _first_day(topic)) < now().date() - timedelta(days=7):
            Topic.objects.filter(pk=topic.pk).update(opened_on=first)
            with at(datetime.combine(first + timedelta(days=1), time(9), UTC)):
                _answer(topic, by)


def afterwards(bank: Bank) -> None:
    """The largest clusters of overrides, today."""
    by = _reader()
    for topic in override_topics(bank.use_case)[:_CLUSTERS]:
        _answer(topic, by)


def _reader() -> str:
    ((by, _),) = named_with([Role.PRODUCT_TEAM], now().date())
    return by


def _first_day(topic: Topic) -> date:
    return min(flag.decided_at for flag in topic.flags.all()).astimezone(UTC).date()


def _answer(topic: Topic, by: str) -> None:
    label, words = _ANSWERS.get(topic.level, _ANSWERS[""])
    label_topic(topic.pk, label, by=by)
    answer_topic(topic.pk, words, by=by)
