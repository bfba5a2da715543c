"""What may be done with an escalation, each as one verb: atomic, audited, by somebody. Who raised it is told of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from takeup.disclosure.names import Names
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.escalations.breaches import awaited, take_breaches
from takeup.server.acting.escalations.kinds import kind_in
from takeup.server.acting.escalations.models import DECISIONS, PAUSES, Escalation
from takeup.server.acting.escalations.priorities import MEANINGS
from takeup.server.acting.escalations.sealing import raised_by, sealed, writer_of
from takeup.server.deployment.locks import hold_to_commit
from takeup.server.deployment.working_days import clock_words, local
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role

LONGEST = 2_000
"""Characters of a text."""
PROMISED_WITHIN = timedelta(days=366)
KEPT_AFTER = timedelta(days=180)
"""How long what a champion wrote is kept after an escalation ended."""


def path_of(escalation: Escalation) -> str:
    """Where an escalation stands."""
    return f"/escalations/{escalation.pk}"


@transaction.atomic
def open_escalation(
    use_case: str, priority: str, text: str, *, by: str, kind: str = ""
) -> Escalation:
    """A champion raises a problem of their own population, of any kind of case or of one (`kinds.kinds_of`). Names go from the text, and
    who wrote it is sealed. Raises InputError saying what is missing, where they are no champion, or in no population."""
    hold_to_commit("escalations")
    population = _population_of(by)
    _need(use_case, priority, text)
    kept, moment, meaning = _without_names(text), now(), MEANINGS[priority]
    _need_new(use_case, kept, by)
    made = Escalation.objects.create(
        use_case=use_case, population=population, priority=priority, kind=dict(kind_in(use_case, kind)), text=kept,
        raised_by=sealed(by), opened_at=moment, acknowledge_by=meaning.acknowledge_by(moment),
        decide_by=meaning.decide_by(moment),
    )  # fmt: skip
    # By nobody: the audit log is read by some from whom who raised it is sealed.
    audit.record(
        "escalation.opened", use_case=use_case, number=made.pk, population=population, priority=priority,
        acknowledge_by=made.acknowledge_by.isoformat(), decide_by=made.decide_by.isoformat(),
    )  # fmt: skip
    _tell_of(made)
    return made


def _population_of(handle: str) -> str:
    """Where a champion decides today. Raises InputError where somebody is none, or is placed nowhere."""
    person = organization.active_person(handle)
    if person is None or Role.CHAMPION not in organization.roles_of(person):
        raise InputError("escalations are raised by champions: report it where you decide")
    population = organization.placement_of(person, now().date())
    if not population:
        raise InputError("you are in no population today: ask an administrator to place you in yours")  # fmt: skip
    return population


def _need(use_case: str, priority: str, text: str) -> None:
    missing = []
    if use_case not in organization.use_case_names():
        missing.append("choose which use case it is about")
    if priority not in MEANINGS:
        missing.append("choose how grave it is: P1, P2 or P3")
    if not text.strip():
        missing.append("say what happens, and in which cases")
    if len(text) > LONGEST:
        missing.append(f"a text has at most {LONGEST:,} characters, and this one has {len(text):,}")
    if missing:
        raise InputError("; ".join(missing))


def _need_new(use_case: str, text: str, by: str) -> None:
    """Twice sent is once raised."""
    held = Escalation.objects.filter(use_case=use_case, text=text, decided_at=None)
    if held.filter(pk__in=raised_by(by)).exists():
        raise InputError("you have raised that already, and it is not decided yet")


def _tell_of(made: Escalation) -> None:
    """The product team, of that there is one, and not of what it says: that is read here, and goes with its writer."""
    team = [handle for handle, _ in organization.named_with([Role.PRODUCT_TEAM], now().date())]
    text = (
        f"{MEANINGS[made.priority].words}. Acknowledge it by {clock_words(made.acknowledge_by)}, and decide it by "
        f"{clock_words(made.decide_by)}."
    )
    tell(team, f"escalation:{made.pk}", f"{_where(made)}: a champion’s escalation, {made.priority}", text, path_of(made))  # fmt: skip


@transaction.atomic
def acknowledge(number: int, *, by: str) -> None:
    """Somebody has read it and is at it. Raises InputError where that is said, or it is not there."""
    one = _held(number)
    if one.acknowledged_at is not None:
        raise InputError("it is acknowledged already")
    one.acknowledged_at, one.acknowledged_by = now(), by
    one.save(update_fields=["acknowledged_at", "acknowledged_by"])
    _record("escalation.acknowledged", one, by, in_time=one.acknowledged_at <= one.acknowledge_by)
    _tell_writer(one, "acknowledged", "is acknowledged", f"It is decided by {clock_words(one.decide_by)}.")  # fmt: skip
    take_breaches(one.use_case)


@transaction.atomic
def decide_pause(number: int, decided: str, why: str, *, by: str) -> None:
    """Where harm is possible: whether advice is kept or paused until it is decided. The programme's leads are told.
    It stops nothing by itself. Raises InputError without a choice or a reason."""
    one = _held(number)
    if one.priority != "P1":
        raise InputError("only where harm is possible (P1) is a pause decided")
    if one.decided_at is not None:
        raise InputError("it is decided: a pause is decided before that")
    if decided not in PAUSES:
        raise InputError("choose whether the advice is kept or paused meanwhile")
    _need_text(why, "say why the advice is kept or paused; the champion and the leads read it")
    one.pause, one.pause_why, one.paused_at, one.paused_by = decided, why.strip(), now(), by
    one.save(update_fields=["pause", "pause_why", "paused_at", "paused_by"])
    leads = [h for h, _ in organization.named_with([Role.PROGRAMME_LEAD], now().date())]
    subject = {"pause": "Pause the advice", "keep": "Possible harm, advice kept"}[decided]
    times = f"escalation:{one.pk}:pause:{one.paused_at.isoformat()}"
    tell(leads, times, f"{subject}: {_where(one)}", one.pause_why, f"/rollout/{one.use_case}", to_webhooks=True)  # fmt: skip
    _record("escalation.pause", one, by, decided=decided)
    words = "the advice is to be paused" if decided == "pause" else "the advice stays meanwhile"
    _tell_writer(one, f"pause:{one.paused_at.isoformat()}", f": {words}", one.pause_why)


@transaction.atomic
def decide(
    number: int, decision: str, *, by: str, promised_on: date | None = None, reason: str = ""
) -> None:
    """Accept it, with the day by which it is there, or decline it, with the reason. One that nobody acknowledged is
    acknowledged by it. Raises InputError with what is missing, or where it was decided meanwhile."""
    one = _held(number)
    if one.decided_at is not None:
        raise InputError("it was decided meanwhile: read what was decided")
    if decision not in DECISIONS:
        raise InputError("choose whether it is accepted or declined")
    if one.priority == "P1" and not one.pause:
        raise InputError("harm is possible: decide first whether advice is kept or paused meanwhile")  # fmt: skip
    if decision == "declined":
        _need_text(reason, "say why it is declined; the champion reads it")
    else:
        _need_length(reason)
        _need_day(promised_on)
    moment = now()
    one.decision, one.reason, one.decided_at, one.decided_by = decision, reason.strip(), moment, by
    one.promised_on = promised_on if decision == "accepted" else None
    if one.acknowledged_at is None:
        one.acknowledged_at, one.acknowledged_by = moment, by
    one.save()
    _record("escalation.decided", one, by, decided=decision, in_time=moment <= one.decide_by)
    if one.promised_on:
        _tell_writer(one, "decided", f"is accepted: by {one.promised_on:%-d %B %Y}", one.reason)
    else:
        _tell_writer(one, "decided", "is declined, with the reason", one.reason)
    take_breaches(one.use_case)


@transaction.atomic
def move_promise(number: int, promised_on: date, why: str, *, by: str) -> None:
    """What was accepted comes on another day. Raises InputError without why, or where nothing is promised."""
    one = _promised(number)
    _need_day(promised_on)
    if promised_on == one.promised_on:
        raise InputError("that is the day it is promised for already")
    _need_text(why, "say why it comes on another day; the champion reads it")
    before, one.promised_on = one.promised_on, promised_on
    moved = f"Moved from {before:%-d %B} to {promised_on:%-d %B %Y}: {why.strip()}"
    one.reason = f"{one.reason}\n\n{moved}".strip()
    one.save(update_fields=["promised_on", "reason"])
    _record("escalation.promised", one, by, before=f"{before}", after=promised_on.isoformat())
    _tell_writer(one, f"promised:{promised_on}:{now().isoformat()}", f"comes on another day: {promised_on:%-d %B %Y}", why.strip())  # fmt: skip


@transaction.atomic
def ship(number: int, changed: str, *, by: str) -> None:
    """What it asked for is there. Raises InputError without what changed, or where it was not accepted."""
    one = _promised(number)
    _need_text(changed, "say what changed; the champion reads it")
    one.changed, one.shipped_at, one.shipped_by = changed.strip(), now(), by
    one.save(update_fields=["changed", "shipped_at", "shipped_by"])
    _record("escalation.shipped", one, by)
    _tell_writer(one, "shipped", "is shipped", one.changed)


def _held(number: int) -> Escalation:
    """One, until the end of this transaction nobody else's to change."""
    hold_to_commit("escalations")
    found = Escalation.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise InputError("that escalation is not there")
    return found


def _promised(number: int) -> Escalation:
    one = _held(number)
    if one.decision != "accepted":
        raise InputError("only what was accepted is shipped: decide it first")
    if one.shipped_at is not None:
        raise InputError("it is shipped already")
    return one


def _need_text(text: str, otherwise: str) -> None:
    if not text.strip():
        raise InputError(otherwise)
    _need_length(text)


def _need_length(text: str) -> None:
    if len(text) > LONGEST:
        raise InputError(
            f"a text has at most {LONGEST:,} characters, and this one has {len(text):,}"
        )


def _need_day(day: date | None) -> None:
    today = local(now()).date()
    if day is None:
        raise InputError("say by which day it is there")
    if day < today:
        raise InputError("the day by which it is there is past: choose one that comes")
    if day > today + PROMISED_WITHIN:
        raise InputError("promise a day within a year, or decline it and say that it takes longer")


def _record(action: str, one: Escalation, by: str, **more: Any) -> None:
    audit.record(action, actor=by, use_case=one.use_case, number=one.pk, priority=one.priority, **more)  # fmt: skip


def _tell_writer(one: Escalation, step: str, became: str, text: str) -> None:
    handle = writer_of(one)
    if handle and organization.active_person(handle) is not None:
        begins = f"Your escalation of {local(one.opened_at):%-d %B} ({one.priority})"
        apart = "" if became.startswith(":") else " "
        tell(
            [handle], f"escalation:{one.pk}:{step}", f"{begins}{apart}{became}", text, path_of(one)
        )


def _where(one: Escalation) -> str:
    return organization.population_titles().get(one.population) or one.population


def _without_names(text: str) -> str:
    """As it is kept: without the names of people here, addresses and numbers."""
    return Names(organization.called()).taken_out(text.strip())


def every() -> list[Escalation]:
    """All of them: what waits for the product team, the earliest first; then what is promised, by its day; then what is
    over, the newest first."""
    held = list(Escalation.objects.all())
    waiting = sorted((one for one in held if one.decided_at is None), key=_due)
    promised = sorted((one for one in held if is_promised(one)), key=lambda one: (one.promised_on, one.pk))  # fmt: skip
    over = sorted((one for one in held if ended_at(one)), key=lambda one: (ended_at(one), one.pk))
    return [*waiting, *promised, *reversed(over)]


def _due(one: Escalation) -> tuple[Any, int]:
    waits = awaited(one)
    return (waits[0] if waits else one.decide_by, one.pk)


def is_promised(one: Escalation) -> bool:
    """Whether it is accepted and not there yet."""
    return one.decision == "accepted" and one.shipped_at is None


def ended_at(one: Escalation) -> Any:
    """When it ended: shipped, or declined with a reason; None while it has not."""
    return one.decided_at if one.decision == "declined" else one.shipped_at


def own(handle: str) -> list[Escalation]:
    """What a person raised, the newest first."""
    return list(Escalation.objects.filter(pk__in=raised_by(handle)).order_by("-id"))


def forget_writer(handle: str) -> None:
    """A person was erased: what they wrote goes, and that it was they."""
    numbers: Collection[int] = raised_by(handle)
    Escalation.objects.filter(pk__in=numbers).update(text="", raised_by="")


def let_go(today: date) -> None:
    """What a champion wrote goes half a year after it ended; what was decided and why stays."""
    last = today - KEPT_AFTER
    for one in Escalation.objects.exclude(text=""):
        if (ended := ended_at(one)) is not None and ended.date() < last:
            Escalation.objects.filter(pk=one.pk).update(text="")


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more."""
    Escalation.objects.filter(use_case=use_case).delete()
