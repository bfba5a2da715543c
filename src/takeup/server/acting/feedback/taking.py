"""Flags as they are drained; clusters of overrides and checks of fixes with the daily snapshot."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any

import ibis.expr.types as ir
from pydantic import TypeAdapter
from pydantic_core import from_json

from takeup.disclosure.group_size import few
from takeup.log import fetch
from takeup.questions.fix_check.disclose import disclose_fix
from takeup.questions.fix_check.measure import FixCheck, measure_fix
from takeup.questions.override_clusters.disclose import disclose_clusters
from takeup.questions.override_clusters.measure import (
    MOST_POPULATIONS,
    OverrideClusters,
    measure_override_clusters,
)
from takeup.questions.override_ledger.measure import LedgerLine
from takeup.record.clock import now
from takeup.record.use_case import UseCase
from takeup.server.acting.feedback.models import Flag, OverrideTotal, Release, Topic
from takeup.server.acting.feedback.naming import name_of
from takeup.server.deployment.sealing import SealedKind, keyed, opens, seal, unseal
from takeup.server.deployment.working_days import due_after
from takeup.server.foundation.agreement.services import measuring
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization.services import (
    Role,
    declared,
    handles_of,
    managers_of,
    named_with,
    population_titles,
)
from takeup.stats.answer import CannotSay, Estimate

WITHIN = {"harm": (1, 1), "blocking": (2, 5), "normal": (5, 15), "idea": (10, 30)}
"""By severity: working days until a topic has a label, and until it has an answer."""
CHECKED_DAYS = 28
_KIND, _REASON, _NAME = 40, 100, 200
"""Longest kinds of flag, reasons and names that are kept."""
_CHECK: TypeAdapter[FixCheck | CannotSay] = TypeAdapter(FixCheck | CannotSay)
PeopleOf = Callable[[Collection[str]], Mapping[str, str]]
"""Handles by the pseudonyms under which people stand in the log."""


def keep_flags(bodies: Sequence[str]) -> None:
    """Decisions (JSON) in which somebody marked the advice as wrong, into the queue. Again changes
    nothing but what was corrected."""
    flagged = [row for row in map(from_json, bodies) if row.get("flagged")]
    handles = handles_of({row["person_id"] for row in flagged if row.get("person_id")})
    for row in flagged:
        name = row["use_case"]
        dimension, level = _kind_of(row, declared(name))
        topic, _ = Topic.objects.get_or_create(
            use_case=name, dimension=dimension, level=level, reason="",
            flag_kind=str(row["flagged"])[:_KIND], version=str(row.get("model_version") or "")[:_NAME],
            defaults={"opened_on": now().date()},
        )  # fmt: skip
        handle = handles.get(row.get("person_id") or "", "")
        Flag.objects.update_or_create(
            mark=_mark(name, row["decision_id"]),
            defaults={
                "topic": topic, "case_id": str(row.get("case_id") or row["decision_id"])[:200],
                "decided_at": row["decided_at"], "reporter": seal(handle) if handle else "",
            },
        )  # fmt: skip


def take_topics(name: str, decisions: ir.Table, people_of: PeopleOf, day: date) -> None:
    """The clusters of overrides, as they may be shown, with those behind each, sealed."""
    settings = measuring()
    dimensions = [s for s in declared(name).segment if s in decisions.columns]
    found = disclose_clusters(
        measure_override_clusters(decisions, dimensions, settings), "share", settings
    )
    if not isinstance(found, CannotSay):
        if not few(found.total.people, "share", settings.disclosure):
            OverrideTotal.objects.update_or_create(
                use_case=name, defaults={"day": day, "figures": _figures(found.total)}
            )
        _keep_clusters(name, found, decisions, people_of, day)


def _keep_clusters(
    name: str, found: OverrideClusters, decisions: ir.Table, people_of: PeopleOf, day: date
) -> None:
    members = {
        dimension: _members(decisions, dimension or "")
        for dimension in {one.dimension for one in found.clusters}
    }
    behind_all = {p for by in members.values() for people in by.values() for p in people}
    handles = people_of(behind_all)
    fewest = measuring().disclosure.minimum_group
    titles = population_titles()
    for one in found.clusters:
        line = one.whole
        if line.reason is None:
            continue
        key = (line.segment or "", line.reason, line.version or "")
        behind = members[one.dimension].get(key, {})
        topic, _ = Topic.objects.get_or_create(
            use_case=name, dimension=(one.dimension or "") if line.segment else "",
            level=(line.segment or "")[:_NAME], reason=line.reason[:_REASON], flag_kind="",
            version=(line.version or "")[:_NAME], defaults={"opened_on": day},
        )  # fmt: skip
        counts = _marked(behind)
        before = _behind(topic)
        if topic.figures and 0 < len(_changed(before[_COUNTS], _summed(counts))) < fewest:
            # What few have added since would be what is between yesterday's figures and today's.
            continue
        told_of = dict(one.populations[:MOST_POPULATIONS])
        last = {own["key"]: own for own in topic.figures.get("populations", ()) if "key" in own}
        shown, where = (before.get(name, {}) for name in (_SHOWN, _WHERE))
        waits = _waiting(shown, where, counts, told_of, fewest) if topic.figures else set()
        fresh = {
            key: {"key": key, "name": titles.get(key, key)} | _figures(own)
            for key, own in told_of.items()
        }
        populations = [last.get(key) if key in waits else own for key, own in fresh.items()]
        topic.figures = _figures(line) | {"populations": [own for own in populations if own]}
        told = sorted({handles[p] for p in behind if p in handles})
        shown = {k: shown.get(k, {}) if k in waits else counts.get(k, {}) for k in told_of}
        kept = {_TOLD: told, _COUNTS: _summed(counts), _WHERE: counts, _SHOWN: shown}
        topic.members = seal(json.dumps(kept))
        topic.save(update_fields=["figures", "members"])


def _marked(behind: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """By population and mark of a person how many overrides there are."""
    found: dict[str, dict[str, int]] = {}
    for person, places in behind.items():
        for population, n in places.items():
            found.setdefault(population, {})[keyed("behind", person)[:_MARK]] = n
    return found


def _summed(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The same by mark alone."""
    found: Counter[str] = Counter()
    for own in counts.values():
        found.update(own)
    return dict(found)


def _changed(before: Mapping[str, int], counts: Mapping[str, int]) -> set[str]:
    """Who has added to a topic, or taken from it, since its figures were taken."""
    return {p for p in {*before, *counts} if before.get(p, 0) != counts.get(p, 0)}


_Counts = Mapping[str, Mapping[str, int]]
"""By population and mark of a person how many overrides there are."""


def _waiting(
    shown: _Counts, before: _Counts, counts: _Counts, told_of: Collection[str], fewest: int
) -> set[str]:
    """Populations that keep their figures, as too few in them have changed anything since these were taken (`shown`); and
    the smallest others, until what the whole leaves for all that are not told anew is of enough since last time
    (`before`), or nobody's."""
    places = {*before, *counts}
    since = {k: _changed(shown.get(k, {}), counts.get(k, {})) for k in told_of}
    lately = {k: _changed(before.get(k, {}), counts.get(k, {})) for k in places}
    waits = {k for k, people in since.items() if 0 < len(people) < fewest}
    others = sorted(
        (k for k in told_of if since[k] and k not in waits), key=lambda k: len(since[k])
    )
    while others and 0 < len(_left(lately, told_of, waits)) < fewest:
        waits.add(others.pop(0))
    return waits


def _left(lately: Mapping[str, set[str]], told_of: Collection[str], waits: set[str]) -> set[str]:
    untold = (people for k, people in lately.items() if k in waits or k not in told_of)
    return set().union(*untold)


def _behind(topic: Topic) -> dict[str, Any]:
    """Handles of those behind a topic, and how many overrides of it each made, under marks; of topics of
    before there were counts, handles alone."""
    held = json.loads(_opened(topic.members) or "[]")
    return held if isinstance(held, dict) else {_TOLD: held, _COUNTS: {}}


_TOLD, _COUNTS, _WHERE, _SHOWN, _MARK = "handles", "counts", "where", "shown", 16


def tell_of_late(name: str, day: date) -> None:
    """What is past its day is told, once, to the managers of whoever looks into it; where nobody does,
    to the programme's leads."""
    held = Topic.objects.filter(use_case=name, merged_into=None)
    for topic in held.prefetch_related("replies"):
        due = due_of(topic)
        if due is None or due >= day:
            continue
        above = managers_of(topic.owner) if topic.owner else []
        leads = above or [h for h, _ in named_with([Role.PROGRAMME_LEAD], day)]
        tell(
            leads, f"late:{topic.pk}:{due}", f"An answer to users is late: {name_of(topic)}",
            f"It was due on {due:%d %B %Y} and has {'no answer' if topic.label else 'no label'} yet.",
            f"/queue/{name}", kind="digest",
        )  # fmt: skip


def due_of(topic: Topic) -> date | None:
    """The day by which a topic has its label, then its answer (domain: working days by severity); None
    once it is answered."""
    if topic.replies.all():
        return None
    triage, answer = WITHIN[topic.severity]
    return due_after(topic.opened_on, answer if topic.label else triage)


def check_fixes(name: str, decisions: ir.Table) -> None:
    """Whether what each release answers got better, in the log."""
    for release in Release.objects.filter(use_case=name, shipped_at__lte=now()):
        shipped = release.shipped_at.astimezone(UTC).replace(tzinfo=None)
        for topic in release.topics.exclude(dimension=""):
            found = measure_fix(
                decisions, topic.dimension, topic.level, shipped, CHECKED_DAYS, release.version,
                measuring(),
            )  # fmt: skip
            told = disclose_fix(found, "share", measuring().disclosure)
            release.checks[str(topic.pk)] = _CHECK.dump_python(told, mode="json")
        release.save(update_fields=["checks"])


def check_of(release: Release, topic: Topic) -> FixCheck | CannotSay | None:
    """The newest check of one topic's fix."""
    held = release.checks.get(str(topic.pk))
    return None if held is None else _CHECK.validate_python(held)


def members_of(topic: Topic) -> set[str]:
    """Handles of everybody behind a topic and those merged into it: to tell them, never to show them."""
    found: set[str] = set()
    for one in (topic, *topic.merged.all()):
        found |= set(_behind(one)[_TOLD])
        found |= {handle for f in one.flags.all() if (handle := _opened(f.reporter))}
    return found


def _opened(sealed: str) -> str:
    """What was sealed; empty where nothing was, or with another deployment's secret."""
    try:
        return unseal(sealed) if sealed else ""
    except ValueError:
        return ""


def marks_of(use_case: str, decision_ids: Collection[str]) -> dict[str, str]:
    """By a flag's mark the decision it is of."""
    return {_mark(use_case, one): one for one in decision_ids}


def _members(
    decisions: ir.Table, segment: str
) -> dict[tuple[str, str, str], dict[str, dict[str, int]]]:
    """By kind of case, reason and version: who overrode, and how often in which population."""
    if not {"person_id", "override_reason"} <= set(decisions.columns):
        return {}
    over = decisions.filter(decisions.action == "overridden")
    none = over.override_reason.nullif(over.override_reason)
    by = {
        "level": over[segment].cast("string") if segment else none,
        "reason": over.override_reason,
        "version": over.model_version if "model_version" in over.columns else none,
        "population": over.population.cast("string") if "population" in over.columns else none,
    }
    frame = fetch(over.group_by(**by, person=over.person_id).aggregate(n=over.count())).to_pylist()
    found: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
    for row in frame:
        key = (row["level"] or "", row["reason"] or "", row["version"] or "")
        if row["person"]:
            own = found.setdefault(key, {}).setdefault(row["person"], {})
            own[row["population"] or ""] = row["n"]
    return found


def _figures(line: LedgerLine) -> dict[str, Any]:
    share = line.human_share
    known = share if isinstance(share, Estimate) else None
    return {
        "overrides": line.overrides, "people_right": line.human_knew, "model_right": line.model_right,
        "cannot_tell": line.cannot_tell, "people": line.people,
        "share": known.value if known else None, "low": known.low if known else None,
        "high": known.high if known else None,
        "why": share.reason if isinstance(share, CannotSay) else "",
    }  # fmt: skip


def _kind_of(row: Mapping[str, Any], use_case: UseCase) -> tuple[str, str]:
    for name in use_case.segment:
        if row.get(name) is not None:
            return name, str(row[name])[:_NAME]
    return "", ""


def _mark(use_case: str, decision_id: str) -> str:
    return keyed("flag", json.dumps([use_case, decision_id]))[:32]


def _each_topic() -> Iterator[tuple[int, bool]]:
    for number, sealed in Topic.objects.exclude(members="").values_list("pk", "members").iterator():
        yield number, opens(sealed)


def _each_flag() -> Iterator[tuple[int, bool]]:
    for number, sealed in (
        Flag.objects.exclude(reporter="").values_list("pk", "reporter").iterator()
    ):
        yield number, opens(sealed)


def _forget_members(numbers: Collection[int]) -> None:
    Topic.objects.filter(pk__in=numbers).update(members="")


def _forget_reporters(numbers: Collection[int]) -> None:
    Flag.objects.filter(pk__in=numbers).update(reporter="")


SEALED = (
    SealedKind(
        40, "members of topics", "whom an answer in the queue is told to", _each_topic, _forget_members
    ),
    SealedKind(
        50, "reporters of flags", "who marked advice as wrong, to be answered", _each_flag,
        _forget_reporters,
    ),
)  # fmt: skip
