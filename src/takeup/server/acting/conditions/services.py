"""What may be done with conditions, each as one verb: atomic, audited, by somebody; and what is known of them."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from takeup.drawing.plain import plain
from takeup.drawing.words import name_of, upper_first
from takeup.questions.conditions import EVIDENCE_DAYS, PopulationConditions
from takeup.questions.conditions.indicators import condition_of, conditions, indicators
from takeup.questions.conditions.readiness import (
    CLAIMS,
    FEWEST_PRACTITIONERS,
    GROUPS,
    Answered,
    Group,
    Readiness,
    ReadinessQuestion,
    Respondent,
    readiness,
    readiness_questions,
)
from takeup.questions.shared.whose import ALL
from takeup.record.clock import now
from takeup.record.conditions import (
    EVERY_POPULATION,
    MOST,
    ConditionClaim,
    ConditionRecord,
    ConditionRecords,
)
from takeup.record.errors import InputError
from takeup.server.acting.conditions.models import (
    SOURCES,
    Answers,
    Assessment,
    ConditionsDay,
    Record,
    Ticket,
)
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.roles import Role
from takeup.server.foundation.agreement.services import need_agreement
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization

_TOLD: TypeAdapter[PopulationConditions] = TypeAdapter(PopulationConditions)


COMES_BACK_WITHIN = timedelta(days=EVIDENCE_DAYS)
MOST_LINKS = 100
"""To answer by, made at a time."""
NAMED = "named"
"""In place of evidence that was named: what it is called decides nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is recorded: k of n, or a value over n; the second figure where the indicator has one."""

    k: float | None = None
    n: int | None = None
    value: float | None = None
    beside: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document by its name and SHA-256; the document itself is not kept."""

    name: str = ""
    sha256: str = ""


def document_of(file: UploadedFile[Any] | None) -> Document:
    """The name and SHA-256 of a file that is handed in; nothing where none is."""
    if file is None:
        return Document()
    found = hashlib.sha256()
    for part in file.chunks():
        found.update(part)
    return Document((file.name or "document")[:255], found.hexdigest())


@transaction.atomic
def record_indicator(
    use_case: str, indicator: str, population: str, figure: Figure, *, source: str, statement: str,
    document: Document, held_on: date, valid_until: date | None, by: str, role: str,
) -> Record:  # fmt: skip
    """Record what is known of an indicator; an earlier record stays as it was. Raises InputError where the
    indicator or population is not there, the figure is none, or a record has no document."""
    if indicator not in indicators():
        raise InputError("choose one of the indicators")
    if population and population not in organization.population_keys():
        raise InputError("choose a population, or all of them")
    if source not in SOURCES:
        raise InputError("choose what it is: a record, an attestation or a claim")
    if valid_until is not None and valid_until < held_on:
        raise InputError("it holds until the day it held, or later")
    if held_on > now().date():
        raise InputError("that day is still to come: record what held on a day that has been")
    who = organization.names_of([by]).get(by, by)
    _checked(indicator, population, figure, source, statement, document, held_on, valid_until, who, role)  # fmt: skip
    if source == "attestation" and "A" not in indicators()[indicator].classes:
        raise InputError(
            "this indicator is counted, not attested: record the count with its document"
        )
    held = Record.objects.select_for_update().filter(
        use_case=use_case, indicator=indicator, population=population
    )
    made = Record.objects.create(
        use_case=use_case, indicator=indicator, population=population, revision=held.count() + 1,
        source=source, k=figure.k, n=figure.n, value=figure.value, beside=figure.beside,
        statement=statement.strip(), document=document.name, sha256=document.sha256, role=role,
        held_on=held_on, valid_until=valid_until, recorded_at=now(), recorded_by=by,
    )  # fmt: skip
    audit.record(
        "condition.recorded", actor=by, use_case=use_case, indicator=indicator,
        population=population, source=source, revision=made.revision, sha256=document.sha256,
    )  # fmt: skip
    return made


def _checked(
    indicator: str, population: str, figure: Figure, source: str, statement: str,
    document: Document, held_on: date, valid_until: date | None, who: str, role: str,
) -> ConditionRecord:  # fmt: skip
    try:
        return ConditionRecord(
            indicator=indicator, population=population or EVERY_POPULATION, k=figure.k, n=figure.n,
            value=figure.value, beside=figure.beside, source=source, who=who, role=role,
            statement=statement.strip(), document=document.name, sha256=document.sha256, on=held_on,
            valid_until=valid_until,
        )  # fmt: skip
    except ValidationError as error:
        raise InputError(
            "; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())
        ) from None


def records_of(use_case: str, today: date) -> ConditionRecords:
    """All that the server knows of the conditions of a use case beside its decisions: what capabilities tell,
    what people recorded (the newest revision, until its last day), what assessments of readiness claim."""
    told: list[ConditionRecord] = []
    for tells in of_every("condition_records", "tell"):
        told += tells(use_case, today)
    held = newest_records(use_case)
    told += [_as_told(r) for r in held if r.valid_until is None or r.valid_until >= today]
    own_view = any(of_every("condition_records", "OWN_VIEW"))
    return ConditionRecords(tuple(told), tuple(_claims(use_case)), own_view or None)


def newest_records(use_case: str) -> list[Record]:
    """The newest revision of each indicator and population."""
    found: dict[tuple[str, str], Record] = {}
    for one in Record.objects.filter(use_case=use_case).order_by("revision"):
        found[one.indicator, one.population] = one
    return list(found.values())


def _as_told(r: Record) -> ConditionRecord:
    """As measures read it: by the role of who recorded it, as figures outlive people's names."""
    return ConditionRecord(
        indicator=r.indicator, population=r.population or EVERY_POPULATION, k=r.k, n=r.n,
        value=r.value, beside=r.beside, source=r.source,
        who=r.role or "recorded by hand", role=r.role, statement=r.statement,
        document=r.document, sha256=r.sha256, on=r.held_on, valid_until=r.valid_until,
    )  # fmt: skip


def _claims(use_case: str) -> Iterable[ConditionClaim]:
    """What assessments expect: it annotates what is measured, and never decides."""
    for one in Assessment.objects.filter(use_case=use_case).order_by("opened_at"):
        found = result_of(one)
        asked = found.respondents["practitioner"]
        for condition in found.conditions:
            status = CLAIMS[condition.expected]
            if status == "unknown":
                continue
            yield ConditionClaim(
                condition=condition.condition, status=status,
                population=one.population or EVERY_POPULATION, who=f"readiness: {one.title}",
                on=one.opened_at.date(), practitioners=asked,
                answer=condition.by_group.get("practitioner"),
            )  # fmt: skip


@transaction.atomic
def keep_day(
    use_case: str, day: date, found: Sequence[PopulationConditions], titles: Mapping[str, str]
) -> None:
    """Keep how the conditions of each population stood that night; of earlier nights, statuses alone."""
    # What may not be shown any more is not shown as it was, nor what is told anew.
    ConditionsDay.objects.filter(use_case=use_case).update(told=None)
    ConditionsDay.objects.bulk_create(
        [
            ConditionsDay(
                use_case=use_case, population=one.population, day=day,
                title=_title(one.population, titles)[:200], told=plain(one),
                stood={"risk": one.risk} | {c.condition: c.status for c in one.conditions},
            )
            for one in found if not one.hidden
        ],
        update_conflicts=True, unique_fields=["use_case", "population", "day"],
        update_fields=["title", "told", "stood"],
    )  # fmt: skip
    for one in found:
        _tell_of_contradictions(use_case, day, one, titles)


def _tell_of_contradictions(
    use_case: str, day: date, one: PopulationConditions, titles: Mapping[str, str]
) -> None:
    """Who leads the programme is asked for evidence where a claim and what is known lie apart, once a claim."""
    contradicted = [c for c in one.conditions if c.contradiction]
    if contradicted:
        leads = [handle for handle, _ in organization.named_with([Role.PROGRAMME_LEAD], day)]
        for c in contradicted:
            name = condition_of(c.condition).name
            tell(
                leads, f"contradiction:{use_case}:{one.population}:{c.condition}:{c.claimed}"[:120],
                f"{_title(one.population, titles)}: {name} is claimed {c.claimed}, and is {c.status}",
                f"Evidence is asked for until {day + COMES_BACK_WITHIN:%d %B %Y}. Until then, and "
                "without any, what is known stands.",
                f"/conditions/{use_case}/at/{c.condition}", kind="digest",
            )  # fmt: skip


def _title(key: str, titles: Mapping[str, str]) -> str:
    """A population as people call it; all together where none is named."""
    return titles.get(key) or ("Everybody" if key == ALL else upper_first(name_of(key)))


@dataclass(frozen=True)
class Stood:
    """One population as of the newest night, and since when each condition stands as it does, after what; both read when
    they are asked for, as there are hundreds of populations and a page shows ten."""

    night: ConditionsDay

    @property
    def population(self) -> str:
        """Its key."""
        return self.night.population

    @property
    def title(self) -> str:
        """What it is called."""
        return self.night.title

    @property
    def day(self) -> date:
        """The night's."""
        return self.night.day

    @property
    def risk(self) -> str:
        """That it bears; empty where nothing is known."""
        return str(self.night.stood.get("risk") or "")

    @cached_property
    def told(self) -> PopulationConditions:
        """All of it."""
        found: PopulationConditions = _TOLD.validate_python(self.night.told)
        return found

    @cached_property
    def since(self) -> Mapping[str, tuple[date, str]]:
        """By condition the first night of its standing, and how it stood before (empty: as ever)."""
        return _since(self.night)


def newest(use_case: str) -> list[Stood]:
    """Every population of the newest night, the gravest first."""
    held = ConditionsDay.objects.filter(use_case=use_case).exclude(told=None).defer("told")

    def grave(one: ConditionsDay) -> tuple[int, int, str]:
        statuses = list(one.stood.values())
        return -statuses.count("absent"), -statuses.count("partial"), one.title

    return [Stood(one) for one in sorted(held, key=grave)]


def stood_on(use_case: str, population: str, day: date) -> Mapping[str, str] | None:
    """How each condition stood on the first night from `day` on (and the risk); None where there was none before the
    newest."""
    nights = ConditionsDay.objects.filter(use_case=use_case, population=population, day__gte=day)
    first = nights.filter(told=None).order_by("day").values_list("stood", flat=True).first()
    return None if first is None else dict(first)


def _since(last: ConditionsDay) -> dict[str, tuple[date, str]]:
    """By condition the first night of its standing, and how it stood before (empty: as ever)."""
    nights = list(
        ConditionsDay.objects.filter(
            use_case=last.use_case, population=last.population, day__lte=last.day
        )
        .order_by("-day")
        .values_list("day", "stood")
    )
    found = {}
    for rule in conditions():
        first, before = last.day, ""
        for day, stood in nights:
            if stood.get(rule.id) != last.stood.get(rule.id):
                before = stood.get(rule.id, "")
                break
            first = day
        found[rule.id] = (first, before)
    return found


def forget_use_case(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    for model in (Record, ConditionsDay, Assessment):
        model.objects.filter(use_case=use_case).delete()


@transaction.atomic
def open_assessment(
    title: str, closes_on: date, *, by: str, use_case: str = "", population: str = "",
    practitioners: int | None = None,
) -> Assessment:  # fmt: skip
    """Begin an assessment of readiness. Raises InputError without a title, or where its last day has passed."""
    need_agreement("an assessment of readiness")
    if not title.strip():
        raise InputError("give it a title: which advice, for whom")
    if closes_on < now().date():
        raise InputError("its last day has passed; choose one to come")
    if use_case and use_case not in organization.use_case_names():
        raise InputError("choose a use case, or none")
    if population and population not in organization.population_keys():
        raise InputError("choose a population, or all of them")
    if practitioners is not None and not 1 <= practitioners <= MOST:
        raise InputError("how many people decide: write 1 or more, or nothing where it is unknown")
    made = Assessment.objects.create(
        title=title.strip()[:200], closes_on=closes_on, use_case=use_case, population=population,
        practitioners=practitioners, opened_at=now(), opened_by=by,
    )  # fmt: skip
    audit.record("readiness.opened", actor=by, use_case=use_case, number=made.pk, title=made.title)
    return made


@transaction.atomic
def make_links(assessment: Assessment, group: str, many: int | None, *, by: str) -> list[str]:
    """What stands in so many new links, each of which answers once as one of a group; it is told here and kept
    nowhere. Raises InputError where the assessment is closed, the group is none, or there would be too many."""
    _need_open(assessment)
    _need_group(group)
    if many is None or not 1 <= many <= MOST_LINKS:
        raise InputError(f"make 1 to {MOST_LINKS} links at a time")
    codes = [secrets.token_urlsafe(18) for _ in range(many)]
    Ticket.objects.bulk_create(
        [Ticket(assessment=assessment, group=group, sha256=_print(code)) for code in codes]
    )
    audit.record("readiness.links", actor=by, number=assessment.pk, group=group, links=many)
    return codes


def _print(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def ticket_of(code: str) -> Ticket | None:
    """What a link opens; None where it is none of ours."""
    return Ticket.objects.select_related("assessment").filter(sha256=_print(code)).first()


@transaction.atomic
def answer_by(ticket: Ticket, answers: Mapping[str, Answered]) -> Answers:
    """Keep what one respondent answered by their link, which answers no more. Raises InputError where it has answered,
    and as `answer_assessment` does."""
    made = answer_assessment(ticket.assessment, ticket.group, answers)
    # By one statement, so that a link opened twice answers once.
    if not Ticket.objects.filter(pk=ticket.pk, answered=False).update(answered=True):
        raise InputError("this link has answered already")
    return made


def links_of(assessment: Assessment) -> dict[str, tuple[int, int]]:
    """By group how many links were made, and how many of them have answered."""
    held = assessment.tickets.values_list("group", "answered")
    every, done = Counter(g for g, _ in held), Counter(g for g, answered in held if answered)
    return {group: (every[group], done[group]) for group in GROUPS if every[group]}


def _need_open(assessment: Assessment) -> None:
    if assessment.closes_on < now().date():
        raise InputError("this assessment is closed")


def _need_group(group: str) -> Group:
    found = next((g for g in GROUPS if g == group), None)
    if found is None:
        raise InputError("say for whom you answer: process owner, direct manager or practitioner")
    return found


@transaction.atomic
def answer_assessment(
    assessment: Assessment, group: str, answers: Mapping[str, Answered]
) -> Answers:
    """Keep what one respondent answered, without who. Raises InputError where it is closed, no group is named, or
    nothing is answered."""
    _need_open(assessment)
    told = checked_answers(group, answers)
    return Answers.objects.create(
        assessment=assessment, group=told.group, day=now().date(),
        values={key: [a.value, bool(a.evidence)] for key, a in told.answers.items()},
        evidence="\n".join(
            f"{key}: {' '.join(a.evidence.split())}" for key, a in told.answers.items() if a.evidence
        ),
    )  # fmt: skip


def checked_answers(group: str, answers: Mapping[str, Answered]) -> Respondent:
    """Answers of one group. Raises InputError where it is none, or no question is answered from 1 to 5."""
    own = _need_group(group)
    known = {q.id for q in readiness_questions()}
    told = {key: a for key, a in answers.items() if key in known and a.value in range(1, 6)}
    if not told:
        raise InputError("answer at least one question")
    return Respondent(own, told)


def result_of(assessment: Assessment) -> Readiness:
    """What the answers so far amount to. Of fewer practitioners than `FEWEST_PRACTITIONERS` nothing is in it before all
    who are asked for have answered: beside one owner and one manager, what they said would follow."""
    held = _respondents(assessment.answers.all())
    found = readiness(held, assessment.practitioners)
    if not _waits(found):
        return found
    others = readiness([one for one in held if one.group != "practitioner"])
    unknown = tuple(replace(one, expected="unknown") for one in others.conditions)
    return replace(found, conditions=unknown)


def _waits(found: Readiness) -> bool:
    """Whether what practitioners answered is not told yet."""
    return bool(found.missing) and found.respondents["practitioner"] < FEWEST_PRACTITIONERS


def _respondents(answers: Iterable[Answers]) -> list[Respondent]:
    return [
        Respondent(
            _group(a.group), {key: Answered(v, NAMED * e) for key, (v, e) in a.values.items()}
        )
        for a in answers
    ]


def evidence_of(assessment: Assessment) -> list[tuple[ReadinessQuestion, list[str]]]:
    """By question the evidence that was named, each once; of whom `result_of` tells."""
    every = list(assessment.answers.all())
    if _waits(readiness(_respondents(every), assessment.practitioners)):
        every = [a for a in every if a.group != "practitioner"]
    lines = [line for a in every for line in a.evidence.split("\n")]
    named: dict[str, list[str]] = {}
    for line in sorted(set(lines)):
        key, _, text = line.partition(": ")
        named.setdefault(key, []).append(text)
    return [(q, named[q.id]) for q in readiness_questions() if q.id in named]


def _group(name: str) -> Group:
    return next(g for g in GROUPS if g == name)
