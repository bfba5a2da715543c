"""Pages: what is open and due, what was asked and answered, what came of it; drills."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from takeup.questions.signals.came_back import CAVEAT
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.signals import drills, services
from takeup.server.acting.signals.models import Asking, Response
from takeup.server.acting.signals.rules import SILENT, asks_of
from takeup.server.acting.signals.verdicts import verdict_words
from takeup.server.deployment.capability import READS_EVERY_COHORT
from takeup.server.deployment.working_days import calendar_words
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, Role
from takeup.server.foundation.pages.asked import day_of, whole_number
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may

_OWNERS = (
    Role.PROGRAMME_LEAD, Role.PRODUCT_TEAM, Role.EXECUTIVE, Role.OVERSIGHT_OFFICER, Role.ADMINISTRATOR,
)  # fmt: skip
_FEWEST = 5
"""How many answered is told from so many on."""
WAY_WORDS = {
    "talks": gettext_lazy("talks with single users"),
    "survey": gettext_lazy("the survey"),
    "conversations": gettext_lazy("a round of conversations"),
    "listening": gettext_lazy("a listening round"),
    "meeting": gettext_lazy("a meeting of the team"),
}
VERDICT_WORDS = {
    "moved": gettext_lazy("the figure moved back"),
    "not_moved": gettext_lazy("the figure did not move back"),
    "cannot_tell": gettext_lazy("whether the figure moved back cannot be told"),
}
LEVEL_WORDS = {
    1: gettext_lazy("whoever answers"),
    2: gettext_lazy("programme lead"),
    3: gettext_lazy("executive"),
}


@require_GET
def signals(request: HttpRequest) -> HttpResponse:
    """What is due first, what queues behind it, and the history."""
    return _signals(request)


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


def _mine(request: HttpRequest, held: Iterable[Response]) -> list[Response]:
    """Those that somebody may see: an administrator what is about senders."""
    if organization.roles_of(_person(request)) & READS_EVERY_COHORT:
        return list(held)
    return [one for one in held if one.code == SILENT]


def _need_mine(request: HttpRequest, number: int) -> None:
    if not _mine(request, Response.objects.filter(pk=number)):
        raise Http404


def _signals(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    first, queued = (_mine(request, held) for held in services.open_responses())
    history, run = _mine(request, services.answered()), _mine(request, drills.drills())
    every = [*first, *queued, *history, *run]
    titles = organization.population_titles()
    handles = {a.answered_by for r in every for a in r.answers.all()}
    handles |= {a.made_by for r in every for a in r.askings.all()}
    names = services.names_in(every) | organization.names_of(handles)
    told = _Telling(request, titles, names)
    shown = {
        "open": [told.of(r) for r in first], "queued": [told.of(r) for r in queued],
        "history": [told.of(r) for r in history],
        "drills_open": [told.of(r) for r in run if r.closed_at is None],
        "drills_run": [told.of(r) for r in run if r.closed_at is not None],
        "people": organization.named_with(_OWNERS, now().date()), "ways": WAY_WORDS.items(),
        "answers_may": may("signal_answer", request.user), "today": now().date().isoformat(),
        "sees_deliveries": may("deliveries", request.user),
        "calendar": calendar_words(), "caveat": CAVEAT, **_drillable(request),
    }  # fmt: skip
    if status != 200:
        # What is wrong stands in the card it is about, or on top where that one is closed meanwhile.
        here = any(r.pk == more.get("typed_of") for r in every if r.closed_at is None)
        return render(request, "signals/signals.html", shown | more | {"typed_here": here}, status=status)  # fmt: skip
    return shown_or_exported(request, "signals/signals.html", shown, "signals", _table(every, titles, names))  # fmt: skip


def _drillable(request: HttpRequest) -> dict[str, Any]:
    """Where a drill may begin, and why not elsewhere; nothing for who may not begin one."""
    if not may("signal_drill", request.user):
        return {"drills_may": False}
    why = {name: drills.why_no_drill(name) for name in organization.use_case_names()}
    titles = organization.population_titles()
    return {
        "drills_may": True, "quiet": [name for name, not_now in why.items() if not not_now],
        "not_quiet": [(name, not_now) for name, not_now in why.items() if not_now],
        "populations": [(k, titles.get(k) or k) for k in organization.population_keys()],
        "codes": [(code, asks_of(code).words) for code in drills.CODES],
    }  # fmt: skip


def _table(
    every: Iterable[Response], titles: dict[str, str], names: dict[str, str]
) -> tuple[list[str], list[list[Any]]]:
    columns = [
        "use_case", "where", "signal", "drill", "evidence", "opened", "due", "first_response", "owner",
        "closed", "learned", "verdict", "figures",
    ]  # fmt: skip
    rows = [
        [r.use_case, titles.get(r.population, r.population), r.words, r.drill, r.evidence,
         r.opened_at.date(), r.due, r.first_at.date() if r.first_at else None,
         names.get(r.owner) or r.owner_role, r.closed_at.date() if r.closed_at else None, r.learned,
         r.verdict, verdict_words(r)]
        for r in every
    ]  # fmt: skip
    return columns, rows


class _Telling:
    """One response as the page tells it."""

    def __init__(self, request: HttpRequest, titles: dict[str, str], names: dict[str, str]) -> None:
        self._titles, self._names = titles, names
        self._surveys = may("survey_open", request.user)
        self._conversations = may("conversation_draw", request.user)

    def of(self, response: Response) -> dict[str, Any]:
        """What stands on its card."""
        asks = asks_of(response.code)
        day, waits_for = services.awaited(response)
        left = bool(response.owner) and organization.active_person(response.owner) is None
        open_ = response.closed_at is None
        return {
            "it": response, "where": self._titles.get(response.population, response.population),
            "owner": self._names.get(response.owner, ""), "owner_left": left and open_,
            "proposed": services.proposed_owner(response) if open_ and (left or not response.owner) else "",
            "first": asks.first, "asks_users": asks.users and not response.drill,
            "day": day, "late": open_ and day < now().date(), "answered_first": waits_for != "a first response",
            "in_time": drills.in_time(response), "needs_a_question": services.needs_a_question(response),
            "answers": [(a, self._names.get(a.answered_by, a.answered_by)) for a in response.answers.all()],
            "askings": [self._asking(a) for a in response.askings.all()],
            "escalations": [(LEVEL_WORDS[e.level], e) for e in response.escalations.all()],
            "verdict": VERDICT_WORDS.get(response.verdict, ""), "figures": verdict_words(response),
            "links": self._links(response),
        }  # fmt: skip

    def _asking(self, asking: Asking) -> dict[str, Any]:
        few = asking.answered is not None and asking.answered < _FEWEST
        return {
            "it": asking, "way": WAY_WORDS.get(asking.way, asking.way), "few": few,
            "who": self._names.get(asking.made_by, asking.made_by), "fewest": _FEWEST,
        }  # fmt: skip

    def _links(self, response: Response) -> list[tuple[str, str]]:
        """Where the question may be put in one click, of a population."""
        if not response.population or not response.use_case or response.drill:
            return []
        of = urlencode({"use_case": response.use_case, "population": response.population})
        found = []
        if self._surveys:
            found.append((f"{reverse('surveys')}?{of}", _("Open a survey of this population")))
        if self._conversations:
            found.append((f"{reverse('conversations')}?{of}", _("Draw people for conversations")))
        return found


@require_POST
def signal_answer(request: HttpRequest, number: int) -> HttpResponse:
    """Say what was found or done; give it an owner."""
    asked = request.POST

    def kept() -> None:
        with transaction.atomic():
            if asked.get("owner"):
                services.own(number, asked["owner"], by=_person(request).handle)
            if asked.get("text", "").strip() or "closes" in asked:
                services.answer(
                    number, asked.get("text", ""), closes="closes" in asked, by=_person(request).handle,
                    learned=asked.get("learned", ""), not_asked=asked.get("not_asked", ""),
                )  # fmt: skip

    return _verb(request, number, _("Kept."), kept)


@require_POST
def signal_ask(request: HttpRequest, number: int) -> HttpResponse:
    """The question was put to users."""
    asked = request.POST
    return _verb(
        request, number, _("Kept: the question was put."),
        lambda: services.ask(
            number, asked.get("way", ""), whole_number(asked.get("asked", "")) or 0,
            day_of(asked.get("put_on", "")), by=_person(request).handle,
            answered=whole_number(asked.get("answered", "")), said=asked.get("said", ""),
        ),
    )  # fmt: skip


@require_POST
def signal_heard(request: HttpRequest, number: int, asking: int) -> HttpResponse:
    """What users said."""
    asked = request.POST

    def kept() -> None:
        answered = whole_number(asked.get("answered", ""))
        if answered is None:
            raise InputError(_("say how many answered"))
        services.heard(number, asking, answered, asked.get("said", ""), by=_person(request).handle)

    return _verb(request, number, _("Kept: what they said."), kept)


@require_POST
def signal_drill(request: HttpRequest) -> HttpResponse:
    """Begin a drill."""
    asked = request.POST
    return _verb(
        request, None, _("The drill has begun: whoever would be told of such a signal was told."),
        lambda: drills.begin_drill(
            asked.get("use_case", ""), asked.get("population", ""), asked.get("code", ""),
            by=_person(request).handle,
        ),
    )  # fmt: skip


def _verb(
    request: HttpRequest, number: int | None, done: str, verb: Callable[[], Any]
) -> HttpResponse:
    """Do it; where it is refused, the page says why, with what was typed."""
    if number is not None:
        _need_mine(request, number)
    try:
        verb()
    except InputError as error:
        return _signals(
            request, 422, problems=str(error).split("; "), typed=request.POST, typed_of=number
        )
    messages.success(request, done)
    return redirect("signals")
