"""What may be done with what users report, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from takeup.questions.fix_check.measure import FixCheck
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.feedback.models import (
    LABELS,
    MEANWHILE,
    SEVERITIES,
    Export,
    Flag,
    OverrideTotal,
    Release,
    Reply,
    Topic,
)
from takeup.server.acting.feedback.naming import name_of
from takeup.server.acting.feedback.taking import (
    check_fixes,
    check_of,
    due_of,
    keep_flags,
    marks_of,
    members_of,
    take_topics,
    tell_of_late,
)
from takeup.server.acting.feedback.written import forget_words, take_words
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role

ANSWERED_AT = "/my/today"


@transaction.atomic
def label_topic(number: int, label: str, *, by: str) -> Topic:
    """Say what it is. Raises InputError where there is no such topic or label."""
    topic = _topic(number)
    if label not in LABELS:
        raise InputError("choose one of the labels")
    before, topic.label = topic.label, label
    topic.labelled_at, topic.labelled_by = now(), by
    topic.save(update_fields=["label", "labelled_at", "labelled_by"])
    audit.record("topic.labelled", actor=by, number=number, before=before, after=label)
    return topic


@transaction.atomic
def set_severity(number: int, severity: str, *, by: str) -> None:
    """How soon it must be answered. Raises InputError where there is no such severity."""
    topic = _topic(number)
    if severity not in SEVERITIES:
        raise InputError("choose one of the severities")
    if severity == topic.severity:
        return
    before, topic.severity = topic.severity, severity
    topic.save(update_fields=["severity"])
    audit.record("topic.severity", actor=by, number=number, before=before, after=severity)


@transaction.atomic
def decide_meanwhile(number: int, decided: str, why: str, *, by: str) -> None:
    """Where harm is possible: whether advice is kept or paused in such cases until it is answered. The
    programme's leads, who can stop it, are told. Raises InputError without a choice or a reason."""
    topic = _topic(number)
    if topic.severity != "harm":
        raise InputError("only where harm is possible is a pause decided")
    if decided not in MEANWHILE:
        raise InputError("choose whether the advice is kept or paused meanwhile")
    if not why.strip():
        raise InputError("say why the advice is kept or paused; the leads read it")
    topic.meanwhile, topic.meanwhile_why = decided, why.strip()
    topic.save(update_fields=["meanwhile", "meanwhile_why"])
    subject = {"pause": "Pause the advice", "keep": "Possible harm, advice kept"}[decided]
    tell(
        [h for h, _ in organization.named_with([Role.PROGRAMME_LEAD], now().date())],
        f"meanwhile:{number}:{decided}", f"{subject}: {name_of(topic)}", topic.meanwhile_why,
        f"/rollout/{topic.use_case}", to_webhooks=True,
    )  # fmt: skip
    audit.record("topic.meanwhile", actor=by, number=number, decided=decided)


@transaction.atomic
def assign_topic(number: int, owner: str, *, by: str) -> None:
    """Somebody looks into it. Raises InputError where they are nobody of the organization."""
    topic = _topic(number)
    if not organization.names_of([owner]):
        raise InputError("choose who looks into it")
    topic.owner = owner
    topic.save(update_fields=["owner"])
    audit.record("topic.assigned", actor=by, number=number, subject=owner)


@transaction.atomic
def merge_topic(number: int, into: int, *, by: str) -> None:
    """It is the same as another: that one's label and answers count for both. Raises InputError where
    it would be merged in a circle, or across use cases."""
    topic, other = _topic(number), _topic(into)
    if other.merged_into_id is not None or topic.pk == other.pk or topic.merged.exists():
        raise InputError("choose a topic that is not merged itself")
    if other.use_case != topic.use_case:
        raise InputError("the two are of different use cases")
    topic.merged_into = other
    topic.save(update_fields=["merged_into"])
    audit.record("topic.merged", actor=by, number=number, into=into)


@transaction.atomic
def answer_topic(number: int, text: str, *, by: str) -> Reply:
    """An answer that reaches everybody behind it. Raises InputError without text, or before it has a
    label: people are told what was found, not that something was received."""
    topic = _topic(number)
    if not text.strip():
        raise InputError("write the answer; everybody behind this reads it")
    if not topic.label:
        raise InputError("say first what it is: choose a label")
    if topic.severity == "harm" and not topic.meanwhile:
        raise InputError(
            "harm is possible: decide first whether advice is kept or paused meanwhile"
        )
    people = members_of(topic)
    made = Reply.objects.create(topic=topic, text=text.strip(), at=now(), by=by, people=len(people))
    tell(
        sorted(people), f"reply:{made.pk}", "An answer to what you reported or overrode", made.text,
        ANSWERED_AT, kind="digest",
    )  # fmt: skip
    audit.record("topic.answered", actor=by, number=number, people=len(people))
    return made


@transaction.atomic
def ship_release(
    use_case: str, version: str, shipped_on: date, words: str, topics: Collection[int], *,
    export: str = "", by: str,
) -> Release:  # fmt: skip
    """A model version ships and cites what it answers; those behind are told. Raises InputError
    where it cites nothing, says nothing, or is there already."""
    if not version.strip() or not words.strip():
        raise InputError("name the version, and say in words what changed")
    cited = list(Topic.objects.filter(pk__in=topics, use_case=use_case))
    if not cited:
        raise InputError("a release cites at least one topic it answers")
    if Release.objects.filter(use_case=use_case, version=version.strip()).exists():
        raise InputError("that version is there already")
    if (
        export.strip()
        and not Export.objects.filter(export_id=export.strip(), use_case=use_case).exists()
    ):
        raise InputError(
            f"there is no export {export.strip()!r} of this use case (takeup export overrides)"
        )
    made = Release.objects.create(
        use_case=use_case, version=version.strip(), words=words.strip(), export=export.strip(),
        shipped_at=datetime.combine(shipped_on, datetime.min.time(), UTC), made_at=now(), made_by=by,
    )  # fmt: skip
    made.topics.set(cited)
    people = {handle for topic in cited for handle in members_of(topic)}
    tell(
        sorted(people), f"release:{made.pk}", f"What you reported led to version {made.version}",
        made.words, ANSWERED_AT, kind="digest",
    )  # fmt: skip
    audit.record(
        "release.shipped", actor=by, use_case=use_case, version=made.version, export=made.export,
        topics=sorted(t.pk for t in cited),
    )  # fmt: skip
    return made


def all_overrides(use_case: str) -> Mapping[str, Any]:
    """Figures over all overrides as of the newest snapshot; empty where none may be shown."""
    held = OverrideTotal.objects.filter(use_case=use_case).first()
    return held.figures if held else {}


def topics_of(use_case: str) -> list[Topic]:
    """Topics that stand for themselves, those without a label first, then by how many cases."""
    held = Topic.objects.filter(use_case=use_case, merged_into=None)
    found = list(held.prefetch_related("flags", "replies", "releases", "merged__flags"))
    return sorted(found, key=lambda t: (-_cases(t), t.pk))


def override_topics(use_case: str) -> list[Topic]:
    """Clusters of overrides, the largest first."""
    found = [t for t in topics_of(use_case) if t.reason]
    return sorted(found, key=lambda t: -int(t.figures.get("overrides", 0)))


def releases_of(use_case: str) -> list[Release]:
    """Every release, the newest first."""
    return list(
        Release.objects.filter(use_case=use_case).prefetch_related("topics").order_by("-shipped_at")
    )


def worked_on(use_case: str) -> bool:
    """Whether anybody labelled or answered a topic of it, or shipped a version."""
    topics = Topic.objects.filter(use_case=use_case)
    answered = topics.filter(~Q(label="") | Q(replies__isnull=False)).exists()
    return answered or Release.objects.filter(use_case=use_case).exists()


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more: its topics, flags and totals go."""
    Topic.objects.filter(use_case=use_case).delete()
    OverrideTotal.objects.filter(use_case=use_case).delete()


def flags_of(use_case: str, decision_ids: Collection[str]) -> dict[str, Topic]:
    """The topics in which these decisions' flags are, by decision: for the one who made them."""
    marks = marks_of(use_case, decision_ids)
    held = Flag.objects.filter(mark__in=list(marks)).select_related("topic__merged_into")
    return {marks[f.mark]: f.topic.merged_into or f.topic for f in held}


@dataclass(frozen=True, slots=True)
class Became:
    """What the model's makers made of overrides: a label, an answer, the version that cites them."""

    label: str
    text: str
    version: str


def what_became(use_case: str, levels_of: Mapping[str, Collection[str]]) -> dict[str, list[Became]]:
    """By reason: what became of overrides with it on these kinds of case."""
    held = Topic.objects.filter(use_case=use_case, reason__in=list(levels_of)).select_related(
        "merged_into"
    )
    found: dict[str, list[Became]] = {}
    for topic in held.prefetch_related("replies", "releases"):
        if topic.level not in levels_of[topic.reason]:
            continue
        worked_on = topic.merged_into or topic
        reply = worked_on.replies.order_by("-at").first()
        release = worked_on.releases.order_by("-shipped_at").first()
        if worked_on.label or reply or release:
            found.setdefault(topic.reason, []).append(
                Became(
                    worked_on.label, reply.text if reply else "", release.version if release else ""
                )
            )
    return found


def fixes_of(topics: Collection[Topic]) -> dict[int, list[tuple[str, str]]]:
    """By topic: the versions that cite it, and what the log says of each fix."""
    found: dict[int, list[tuple[str, str]]] = {}
    for topic in topics:
        for release in topic.releases.order_by("-shipped_at"):
            check = check_of(release, topic)
            verdict = check.verdict if isinstance(check, FixCheck) else "too_early"
            found.setdefault(topic.pk, []).append((release.version, verdict))
    return found


def replies_to(topics: Collection[Topic]) -> dict[int, list[Reply]]:
    """Answers by topic, the newest first."""
    found: dict[int, list[Reply]] = {}
    for reply in Reply.objects.filter(topic__in=list(topics)).order_by("-at"):
        found.setdefault(reply.topic_id, []).append(reply)
    return found


def _cases(topic: Topic) -> int:
    return int(topic.figures.get("overrides", 0)) + len(topic.flags.all())


def _topic(number: int) -> Topic:
    found = Topic.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise InputError("that topic is not there")
    return found


__all__ = [
    "all_overrides",
    "answer_topic",
    "assign_topic",
    "check_fixes",
    "decide_meanwhile",
    "due_of",
    "fixes_of",
    "flags_of",
    "forget_use_case",
    "forget_words",
    "keep_flags",
    "label_topic",
    "merge_topic",
    "name_of",
    "releases_of",
    "replies_to",
    "set_severity",
    "ship_release",
    "take_topics",
    "take_words",
    "tell_of_late",
    "topics_of",
    "what_became",
    "worked_on",
]
