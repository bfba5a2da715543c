"""Pages: where a champion raises a problem and reads what became of it; what waits for the product team; counts for the
executive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.escalations import health, services
from takeup.server.acting.escalations.kinds import kinds_of
from takeup.server.acting.escalations.models import Escalation
from takeup.server.acting.escalations.priorities import MEANINGS
from takeup.server.acting.escalations.sealing import writer_of
from takeup.server.acting.escalations.telling import done_by, history, told
from takeup.server.acting.rollout.services import stops_of
from takeup.server.deployment.working_days import calendar_words, hours_words, local
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import day_of
from takeup.server.foundation.permissions import may

_OVER = 20
"""How many that are over stand on a page, the newest."""


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


def _reads_all(request: HttpRequest) -> bool:
    """Whether somebody reads every escalation: who answers them, and the programme's leads."""
    held = organization.roles_of(_person(request))
    return bool(held & {organization.Role.PRODUCT_TEAM, organization.Role.PROGRAMME_LEAD})


@require_GET
def escalations(request: HttpRequest) -> HttpResponse:
    """What is due of all, what is one's own, or how many there are: by who asks."""
    return _escalations(request)


def _escalations(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    titles = organization.population_titles()
    rows = [told(one, titles) for one in services.every()] if _reads_all(request) else []
    shown = {
        "reads_all": _reads_all(request), "open": [row for row in rows if not row["over"]],
        "over": [row for row in rows if row["over"]][:_OVER],
        "late": 0, **_own(request, titles), **_counts(request),
        "calendar": calendar_words(), "hours": hours_words(),
    }  # fmt: skip
    return render(request, "escalations/escalations.html", shown | more, status=status)


def _own(request: HttpRequest, titles: dict[str, str]) -> dict[str, Any]:
    """The form, and what is theirs; nothing for who is no champion."""
    if not may("escalation_open", request.user):
        return {"raises": False}
    asked = request.POST or request.GET
    names = organization.use_case_names()
    wanted = asked.get("use_case", "")
    use_case = wanted if wanted in names else (names[0] if names else "")
    population = organization.placement_of(_person(request), now().date())
    return {
        "raises": True, "use_cases": names, "use_case": use_case, "asked": asked, "longest": services.LONGEST,
        "population": titles.get(population) or population, "meanings": MEANINGS.items(),
        "kinds": kinds_of(use_case).items(),
        "mine": [told(one, titles) for one in services.own(_person(request).handle)],
    }  # fmt: skip


def _counts(request: HttpRequest) -> dict[str, Any]:
    """How many of each class, and whether they are answered in time; for those who read all and for executives."""
    held = organization.roles_of(_person(request))
    if not (_reads_all(request) or organization.Role.EXECUTIVE in held):
        return {"counts": []}
    every = services.every()
    counts = [_counted(key, [one for one in every if one.priority == key]) for key in MEANINGS]
    return {
        "counts": counts, "late": sum(one["late"] for one in counts), "some": len(every), "fewest": health.FEWEST, "days": health.WITHIN.days,
        "figures": [
            (_("acknowledged in time, of those whose time ran out in the last {n} days").format(n=health.WITHIN.days), health.acknowledged_in_time(every, now())),
            (_("ended in a change or a reasoned decline within {n} days, of those that became so old in the last {n} days").format(n=health.WITHIN.days), health.ended_in_time(every, now())),
        ],
    }  # fmt: skip


def _counted(priority: str, held: list[Escalation]) -> dict[str, Any]:
    rows = [told(one, {}) for one in held]
    return {
        "priority": priority, "meaning": MEANINGS[priority].words, "raised": len(held),
        "waiting": sum(one.decided_at is None for one in held),
        "promised": sum(services.is_promised(one) for one in held),
        "shipped": sum(one.shipped_at is not None for one in held),
        "declined": sum(one.decision == "declined" for one in held), "late": sum(row["late"] for row in rows),
    }  # fmt: skip


@require_POST
def escalation_open(request: HttpRequest) -> HttpResponse:
    """A champion raises a problem."""
    asked = request.POST
    try:
        made = services.open_escalation(
            asked.get("use_case", ""), asked.get("priority", ""), asked.get("text", ""),
            by=_person(request).handle, kind=asked.get("kind", ""),
        )  # fmt: skip
    except InputError as error:
        return _escalations(request, 422, problems=str(error).split("; "))
    messages.success(request, _("Raised: the product team is told, and you of each step."))
    return redirect("escalation", made.pk)


def _one(request: HttpRequest, number: int) -> Escalation:
    """One that somebody may read; to whom it is somebody else's there is none."""
    found = Escalation.objects.filter(pk=number).first()
    if found is None or not (_reads_all(request) or writer_of(found) == _person(request).handle):
        raise Http404
    return found


@require_GET
def escalation(request: HttpRequest, number: int) -> HttpResponse:
    """One: what happens, what was done, what is due."""
    return _escalation(request, number)


def _escalation(request: HttpRequest, number: int, status: int = 200, **more: Any) -> HttpResponse:
    one = _one(request, number)
    stopped = any(stop.lifted_at is None for stop in stops_of(one.use_case))
    shown = told(one, organization.population_titles()) | {
        "mine": writer_of(one) == _person(request).handle, "asked": request.POST,
        "history": history(one, organization.names_of(done_by(one))),
        "acts": may("escalation_act", request.user), "stopped": stopped,
        "sees_rollout": may("rollout", request.user), "today": local(now()).date().isoformat(),
        "longest": services.LONGEST, "calendar": calendar_words(), "hours": hours_words(),
    }  # fmt: skip
    return render(request, "escalations/escalation.html", shown | more, status=status)


@require_POST
def escalation_act(request: HttpRequest, number: int) -> HttpResponse:
    """Acknowledge, decide on a pause, decide, move the promised day, ship."""
    asked, by, act = request.POST, _person(request).handle, request.POST.get("act", "")
    _one(request, number)
    acts: dict[str, tuple[str, Callable[[], object]]] = {
        "acknowledge": (_("Acknowledged: the champion is told."), lambda: services.acknowledge(number, by=by)),
        "pause": (
            _("Decided; the champion and the programme’s leads are told. A stop is made on the rollout page."),
            lambda: services.decide_pause(number, asked.get("pause", ""), asked.get("why", ""), by=by),
        ),
        "decide": (
            _("Decided: the champion is told."),
            lambda: services.decide(number, asked.get("decision", ""), by=by, promised_on=_day(asked), reason=asked.get("reason", "")),
        ),
        "promise": (
            _("Kept: the champion is told of the new day."),
            lambda: services.move_promise(number, day_of(asked.get("promised_on", "")), asked.get("reason", ""), by=by),
        ),
        "ship": (_("Shipped: the champion is told."), lambda: services.ship(number, asked.get("changed", ""), by=by)),
    }  # fmt: skip
    try:
        if act not in acts:
            raise InputError(_("choose what is done with it"))
        done, verb = acts[act]
        verb()
    except InputError as error:
        return _escalation(request, number, 422, problems=[str(error)], act=act)
    messages.success(request, done)
    return redirect("escalation", number)


def _day(asked: QueryDict) -> date | None:
    """The promised day, where one is accepted and it is written."""
    text = asked.get("promised_on", "")
    return day_of(text) if text and asked.get("decision") == "accepted" else None
