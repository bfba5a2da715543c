"""What may be done with a sprint, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.sprint.milestone import Attest, Need
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.models import (
    DayFacts,
    Happened,
    MilestoneState,
    Signed,
    Sprint,
    TechnicalDate,
)
from takeup.server.acting.sprint.plan import (
    GATES,
    TECHNICAL,
    Facts,
    Planned,
    Window,
    plan,
    windows,
    with_needs,
)
from takeup.server.deployment.documents import Kept
from takeup.server.deployment.roles import Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization

DECIDERS = (Role.EXECUTIVE, Role.PROGRAMME_LEAD)
"""Who may be named to decide at a gate."""
MOST_AHEAD, LONGEST = timedelta(days=365), timedelta(days=365)
LONGEST_TEXT = 2_000
"""Characters of a reason or note."""
_ONE_RUNS = "a sprint of this use case is running; end that one first"
_TITLE, _LINK = 200, 500
_BEFORE_START = {"P0", *(one.id for one in TECHNICAL)}


def path_of(sprint: Sprint) -> str:
    """The page of a sprint."""
    return f"/sprints/{sprint.pk}"


def sprints(use_case: str | None = None) -> list[Sprint]:
    """Every sprint, those that run first, the newest first."""
    held = Sprint.objects.all() if use_case is None else Sprint.objects.filter(use_case=use_case)
    return sorted(held, key=lambda one: (one.ended_on is not None, -one.starts_on.toordinal()))


def running(use_case: str | None = None) -> list[Sprint]:
    """Those that are not over."""
    return [one for one in sprints(use_case) if one.ended_on is None]


def read_whole(found: list[Sprint]) -> list[Sprint]:
    """The same with what stands beside them, read at once: to be told of, not to be changed."""
    prefetch_related_objects(found, "technical", "states", "gates")
    return found


def sprint_of(number: int) -> Sprint | None:
    """The sprint of that number."""
    return Sprint.objects.filter(pk=number).first()


@transaction.atomic
def begin(
    use_case: str,
    starts_on: date,
    *,
    by: str,
    title: str = "",
    remediation: bool = False,
    deciders: Mapping[str, str] | None = None,
) -> Sprint:
    """Plan a sprint of ninety days from `starts_on`; by gate who decides. Raises InputError where the use case is not there
    or has one, the start has passed or is over a year away, or nobody decides."""
    if use_case not in organization.use_case_names():
        raise InputError("choose a use case that is there")
    today = now().date()
    if starts_on < today:
        raise InputError(
            f"{starts_on:%-d %B %Y} has passed: a sprint begins today or later, as nobody can keep days that are over"
        )
    if starts_on > today + MOST_AHEAD:
        raise InputError("a sprint begins within a year: nobody can say more of its days")
    if Sprint.objects.filter(use_case=use_case, ended_on=None).exists():
        raise InputError(_ONE_RUNS)
    named = dict(deciders or {})
    for gate in GATES:
        _need_decider(named.get(gate.id, ""), f"name the one person who decides at the {str(gate.name).lower()}")  # fmt: skip
    called = " ".join(title.split())[:_TITLE] or organization.use_case_title(use_case)
    try:
        with transaction.atomic():
            made = Sprint.objects.create(
                use_case=use_case, title=called, starts_on=starts_on, remediation=remediation, deciders=named,
                made_at=now(), made_by=by,
            )  # fmt: skip
    except IntegrityError:
        # Somebody else planned it a moment ago.
        raise InputError(_ONE_RUNS) from None
    MilestoneState.objects.bulk_create(MilestoneState(sprint=made, milestone=m) for m in MILESTONES)
    audit.record(
        "sprint.begun", actor=by, number=made.pk, use_case=use_case, starts_on=starts_on.isoformat(),
        remediation=remediation,
    )  # fmt: skip
    return made


@transaction.atomic
def end(sprint: Sprint, reason: str, *, by: str) -> None:
    """It goes no further. Raises InputError without a reason, or where it is over."""
    held = _running(sprint)
    if not reason.strip():
        raise InputError("say why it ends: gates that were not decided stay open for good")
    need_short(reason)
    held.ended_on, held.ended_why = now().date(), reason.strip()
    held.save(update_fields=["ended_on", "ended_why"])
    audit.record("sprint.ended", actor=by, number=held.pk, use_case=held.use_case, reason=reason.strip())  # fmt: skip


@transaction.atomic
def assign(sprint: Sprint, milestone: str, handle: str, *, by: str) -> None:
    """Somebody answers for a milestone. Raises InputError where there is no such milestone or person."""
    held = _running(sprint)
    if milestone not in MILESTONES:
        raise InputError("choose a milestone of the sprint")
    if organization.active_person(handle) is None:
        raise InputError("name somebody of the organization who has not left")
    held.owners = held.owners | {milestone: handle}
    held.save(update_fields=["owners"])
    audit.record("sprint.owner", actor=by, number=held.pk, use_case=held.use_case, milestone=milestone, subject=handle)  # fmt: skip
    if handle != by:
        due = plan_of(held).get(milestone)
        when = f"It is due on {due.due:%-d %B %Y}." if due else ""
        subject = f"Yours to answer for: {MILESTONES[milestone].name}"
        tell([handle], f"sprint:{held.pk}:{milestone}:owner", subject, when, f"{path_of(held)}/{milestone}")  # fmt: skip


@transaction.atomic
def move(sprint: Sprint, about: str, due: date | None, reason: str, *, by: str) -> None:
    """Another due day for a milestone (None: the planned one again). What depends on it moves with it. Raises InputError
    without a reason, or for a day that cannot be."""
    held = _running(sprint)
    if about not in MILESTONES:
        raise InputError("choose a milestone of the sprint")
    if not reason.strip():
        raise InputError("say why its day moves: those who wait for it will ask")
    need_short(reason)
    if due is not None:
        need_day(held, about, due)
    before = plan_of(held)[about].due
    held.typed = {k: v for k, v in held.typed.items() if k != about} | ({about: due.isoformat()} if due else {})  # fmt: skip
    held.save(update_fields=["typed"])
    after = plan_of(held)[about].due
    happened(held, about, "moved", f"from {before:%-d %B} to {after:%-d %B %Y}: {reason.strip()}")
    audit.record(
        "sprint.moved", actor=by, number=held.pk, use_case=held.use_case, milestone=about,
        before=before.isoformat(), after=after.isoformat(), reason=reason.strip(),
    )  # fmt: skip


def need_day(sprint: Sprint, about: str, due: date) -> None:
    """Raises InputError for a due day that cannot be: of a milestone or gate before the start (of what comes before it or
    is another plan's: more than a year before), or more than a year after it."""
    early = about in _BEFORE_START
    if due < sprint.starts_on - (LONGEST if early else timedelta(0)):
        by = "more than a year before" if early else "before"
        raise InputError(f"{due:%-d %B %Y} is {by} the sprint begins, on {sprint.starts_on:%-d %B %Y}")  # fmt: skip
    if due > sprint.starts_on + LONGEST:
        raise InputError(f"{about} is due within a year of the start; what comes later is another sprint’s")  # fmt: skip


def need_short(text: str) -> None:
    """Raises InputError where a text is longer than anybody reads on a page, or prints."""
    if len(text) > LONGEST_TEXT:
        raise InputError(f"a text has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}")  # fmt: skip


@transaction.atomic
def wait_for(sprint: Sprint, milestone: str, on: str, *, by: str) -> None:
    """A milestone waits for another (or a technical date) besides. Raises InputError where they would wait for each other."""
    held = _running(sprint)
    if on in [need.on for need in windows_of(held)[milestone].needs] if milestone in MILESTONES else False:  # fmt: skip
        raise InputError(f"{milestone} waits for {on} already")
    needs = held.needs | {milestone: [*held.needs.get(milestone, []), on]}
    with_needs(windows(held.remediation), _needs(needs))
    held.needs = needs
    held.save(update_fields=["needs"])
    audit.record("sprint.waits", actor=by, number=held.pk, use_case=held.use_case, milestone=milestone, on=on)  # fmt: skip


@transaction.atomic
def wait_no_more(sprint: Sprint, milestone: str, on: str, *, by: str) -> None:
    """What was added goes. Raises InputError where it is the plan's own, or not there."""
    held = _running(sprint)
    added = held.needs.get(milestone, [])
    if on not in added:
        raise InputError("only what was added to the plan can be taken away")
    held.needs = held.needs | {milestone: [one for one in added if one != on]}
    held.save(update_fields=["needs"])
    audit.record("sprint.waits_no_more", actor=by, number=held.pk, use_case=held.use_case, milestone=milestone, on=on)  # fmt: skip


@transaction.atomic
def sign(
    sprint: Sprint, milestone: str, item: str, *, by: str, roles: Collection[Role], note: str = "",
    document: Kept | None = None,
) -> Signed:  # fmt: skip
    """Somebody signs a statement that the system cannot see. Raises InputError where there is none, it is not theirs to
    sign, or neither a document nor a note says what it stands on."""
    held = _running(sprint)
    statement = need_signer(milestone, item, roles, note)
    if document is None and not note.strip():
        raise InputError("hand in the document, or say in a sentence where it lies")
    made = Signed.objects.create(
        sprint=held, milestone=milestone, item=item, statement=statement, note=note.strip(),
        signed_by=by, signed_at=now(), document=document.name if document else "",
        sha256=document.sha256 if document else "",
    )  # fmt: skip
    audit.record(
        "sprint.signed", actor=by, number=held.pk, use_case=held.use_case, milestone=milestone,
        statement=made.statement, sha256=made.sha256,
    )  # fmt: skip
    return made


def need_signer(milestone: str, item: str, roles: Collection[Role], note: str = "") -> str:
    """The statement that whoever holds these roles may sign: asked before a document is kept. Raises InputError where
    there is none, it is not theirs to sign, or the note is too long."""
    need_short(note)
    found = MILESTONES[milestone].item(item) if milestone in MILESTONES else None
    if not isinstance(found, Attest):
        raise InputError("that is measured, not signed" if found else "there is no such statement")
    if not set(found.roles) & set(roles):
        labels = ", ".join(str(role.label) for role in found.roles)
        raise InputError(f"this is signed by: {labels}")
    return str(found.words)


@transaction.atomic
def take_back(sprint: Sprint, number: int, *, by: str, reason: str) -> None:
    """A signature is taken back by whoever gave it; it stays on record. Raises InputError without a reason, or where it is
    another's."""
    held = _running(sprint)
    found = held.signatures.filter(pk=number, withdrawn_at=None).first()
    if found is None or found.signed_by != by:
        raise InputError("only who signed takes a signature back, once")
    if not reason.strip():
        raise InputError("say why it is taken back")
    need_short(reason)
    found.withdrawn_at = now()
    found.save(update_fields=["withdrawn_at"])
    audit.record(
        "sprint.signature_back", actor=by, number=held.pk, use_case=held.use_case,
        milestone=found.milestone, statement=found.statement, reason=reason.strip(),
    )  # fmt: skip


@transaction.atomic
def set_technical(
    sprint: Sprint, key: str, due: date, *, by: str, done_on: date | None = None, source: str = "", link: str | None = None
) -> None:  # fmt: skip
    """A date of the technical track; its `link` stays where none is told. Raises InputError where there is no such one, or
    it is done on a day to come."""
    held = _running(sprint)
    if key not in {one.id for one in TECHNICAL}:
        raise InputError("choose one of T1 to T5")
    if done_on is not None and done_on > now().date():
        raise InputError(f"{key} is done on a day that is still to come: write the day it is due")
    need_day(held, key, due)
    if done_on is not None:
        need_day(held, key, done_on)
    if link and not link.startswith(("https://", "http://")):
        raise InputError("a link begins with https://")
    if link and len(link) > _LINK:
        raise InputError(f"a link has at most {_LINK} characters; this one has {len(link):,}")
    TechnicalDate.objects.update_or_create(
        sprint=held, key=key,
        defaults={"due": due, "done_on": done_on, "source": source[:300], "read_at": now()}
        | ({} if link is None else {"link": link}),
    )  # fmt: skip
    audit.record(
        "sprint.technical", actor=by, number=held.pk, use_case=held.use_case, technical=key, due=due.isoformat(),
        done_on=done_on.isoformat() if done_on else None, source=source[:300],
    )  # fmt: skip


def plan_of(sprint: Sprint, today: date | None = None, what_if: Mapping[str, date] | None = None) -> dict[str, Planned]:  # fmt: skip
    """Every date of a sprint as of today; `what_if` due days are tried and not kept."""
    typed = {key: date.fromisoformat(day) for key, day in sprint.typed.items()}
    technical = list(sprint.technical.all())
    typed |= {one.key: one.due for one in technical}
    done = {one.key: one.done_on for one in technical if one.done_on}
    done |= {s.milestone: s.done_on for s in sprint.states.all() if s.done_on}
    for taken in sorted(sprint.gates.all(), key=lambda one: one.pk):
        # What is held after it was passed in part is open again.
        if taken.decided == "hold":
            done.pop(taken.gate, None)
        else:
            done.setdefault(taken.gate, taken.decided_at.date())
    facts = Facts(today or now().date(), typed | dict(what_if or {}), done)
    return plan(sprint.starts_on, windows_of(sprint), facts)


def windows_of(sprint: Sprint) -> dict[str, Window]:
    """Milestones, technical dates and gates of a sprint, with what each needs."""
    return with_needs(windows(sprint.remediation), _needs(sprint.needs))


def _needs(held: Mapping[str, list[str]]) -> dict[str, list[Need]]:
    return {key: [Need(on) for on in ons] for key, ons in held.items() if ons}


Holding = Mapping[Role, tuple[str, ...]]
"""Handles of who holds each role that owns milestones."""


def holding_on(today: date) -> Holding:
    """Who holds them on a day: read once for many sprints."""
    roles = {m.owner for m in MILESTONES.values()}
    return {role: tuple(h for h, _ in organization.named_with([role], today)) for role in roles}


def owners_of(sprint: Sprint, holding: Holding) -> dict[str, tuple[str, ...]]:
    """Who answers for each milestone: whoever was named and has not left, else all who hold its role."""
    there = organization.active_among(sprint.owners.values()) if sprint.owners else set()
    return {
        key: (sprint.owners[key],) if sprint.owners.get(key) in there else holding[m.owner]
        for key, m in MILESTONES.items()
    }


def left(sprint: Sprint) -> list[str]:
    """Milestones whose named owner left, and gates whose decider did, as far as they are not done."""
    if sprint.ended_on is not None:
        return []
    planned, named = plan_of(sprint), sprint.owners | sprint.deciders
    return [
        key for key, handle in named.items()
        if planned[key].done is None and organization.active_person(handle) is None
    ]  # fmt: skip


@transaction.atomic
def name_decider(sprint: Sprint, gate: str, handle: str, *, by: str) -> None:
    """Another person decides at a gate from now on. Raises InputError where there is no such gate or person."""
    held = _running(sprint)
    if gate not in {one.id for one in GATES}:
        raise InputError("choose a gate of the sprint")
    _need_decider(handle, "name somebody of the organization who has not left")
    held.deciders = held.deciders | {gate: handle}
    held.save(update_fields=["deciders"])
    audit.record("sprint.decider", actor=by, number=held.pk, use_case=held.use_case, gate=gate, subject=handle)  # fmt: skip


def _need_decider(handle: str, otherwise: str) -> None:
    """Raises InputError where nobody is there of that handle, or who is there cannot decide."""
    person = organization.active_person(handle)
    if person is None:
        raise InputError(otherwise)
    if not set(DECIDERS) & organization.roles_of(person):
        labels = " or ".join(str(role.label) for role in DECIDERS)
        raise InputError(f"an {labels} decides at a gate: name one of them")


def happened(sprint: Sprint, about: str, what: str, words: str = "") -> None:
    """Keep what happened to a milestone or gate today."""
    Happened.objects.create(sprint=sprint, about=about, day=now().date(), what=what, words=words)


def _running(sprint: Sprint) -> Sprint:
    held = Sprint.objects.select_for_update().filter(pk=sprint.pk).first()
    if held is None or held.ended_on is not None:
        raise InputError("that sprint is over: nothing of it changes any more")
    return held


def forget_use_case(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Sprint.objects.filter(use_case=use_case).delete()
    DayFacts.objects.filter(use_case=use_case).delete()
