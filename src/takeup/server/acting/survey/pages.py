"""Pages of those who ask: which surveys there are, how many answered, the words that are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.questionnaire import REVERSED, TYPE_NAMES, item_type, questionnaire
from takeup.server.acting.survey import services
from takeup.server.acting.survey.models import IMPORTED, Round
from takeup.server.foundation.agreement.services import mode_on
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import day_of
from takeup.server.foundation.permissions import may

_USUAL = timedelta(days=13)
"""From the first day to the last: two weeks."""


@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey, the newest first, and a form for another."""
    return _surveys(request)


def _surveys(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    held = services.rounds()
    names = organization.names_of({h for one in held for h in (one.opened_by, one.taken_back_by)})
    titles = organization.population_titles()
    today = now().date()
    asked = request.POST or request.GET
    shown = {
        "rounds": [_told(one, names, titles, str(request.user.handle)) for one in held],  # type: ignore[union-attr]
        "open": sum(not one.closed for one in held), "fewest": services.fewest(),
        "opens_may": may("survey_open", request.user), "use_cases": organization.use_case_names(),
        "populations": [(key, titles.get(key) or key) for key in organization.population_keys()],
        "wanted": {name: asked.get(name, "") for name in ("use_case", "population")},
        "starts_on": asked.get("starts_on") or today.isoformat(),
        "ends_on": asked.get("ends_on") or (today + _USUAL).isoformat(), "mode_on": mode_on(),
        "agreed": services.agreed_text(),
    }  # fmt: skip
    return render(request, "survey/surveys.html", shown | more, status=status)


def _told(one: Round, names: dict[str, str], titles: dict[str, str], me: str) -> dict[str, Any]:
    today = now().date()
    answered = services.answered_so_far(one)
    called, heard = organization.cohort_titles(), services.heard_by_band(one)
    return {
        "it": one, "where": titles.get(one.population) or one.population,
        "by": names.get(one.opened_by, one.opened_by), "answered": answered if one.closed else _so_far(answered),
        "imported": one.source == IMPORTED, "planned": not one.begun,
        "running": one.begun and not one.closed, "mine": one.opened_by == me,
        "left": not one.closed and services.is_left(one), "back_by": names.get(one.taken_back_by, one.taken_back_by),
        "reminds": one.reminded_on is None or today >= one.reminded_on + services.REMINDED_APART,
        "in_100": round(100 * answered / one.people) if one.people and one.closed else None,
        "usable": bool(one.people) and answered >= services.fewest() and answered >= 0.4 * one.people,
        "bands": [
            (q.words["en"], [(words["en"], heard[q.key].get(band, 0)) for band, words in q.bands.items()])
            for q in questionnaire().context if q.key in heard
        ],
        "traits": [
            (_TRAITS[trait], [(called.get(name) or name, int(n), round(100 * share)) for name, (n, share) in groups.items()])
            for trait, groups in one.response.items()
        ],
    }  # fmt: skip


def _so_far(answered: int) -> str:
    """How many answered an open survey, in tens: by the number itself whoever looks twice would see that somebody did."""
    if answered < _TENS:
        return _("fewer than {n}").format(n=_TENS)
    return _("{n} or more").format(n=answered - answered % _TENS)


_TENS = 10
_TRAITS = {"cohort": _("Cohort"), "team": _("Team")}


@require_POST
def survey_open(request: HttpRequest) -> HttpResponse:
    """Ask a population."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        made = services.open_round(
            asked.get("use_case", ""), asked.get("population", ""), day_of(asked.get("starts_on", "")),
            day_of(asked.get("ends_on", "")), by=person.handle,
        )  # fmt: skip
    except InputError as error:
        return _surveys(request, 422, problems=[str(error)])
    told = ngettext("{n} person is asked", "{n} people are asked", made.people).format(
        n=made.people
    )
    messages.success(request, told if made.begun else _("It begins by itself on its first day."))
    return redirect("surveys")


@require_POST
def survey_remind(request: HttpRequest, number: int) -> HttpResponse:
    """Tell those who have not answered once more."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.remind(number, by=person.handle)
    except InputError as error:
        return _surveys(request, 422, problems=[str(error)])
    messages.success(request, _("Whoever has not answered was told once more."))
    return redirect("surveys")


@require_POST
def survey_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """A survey that was a mistake."""
    person: Person = request.user  # type: ignore[assignment]
    why = request.POST.get("why", "")
    try:
        services.withdraw(number, by=person.handle, why=why)
    except InputError as error:
        return _surveys(request, 422, problems=[str(error)], why={"of": number, "is": why})
    messages.success(request, _("It is withdrawn; none of its answers was kept."))
    return redirect("surveys")


@require_POST
def survey_take_over(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with a survey whose opener has left."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.take_over(number, by=person.handle)
    except InputError as error:
        return _surveys(request, 422, problems=[str(error)])
    messages.success(request, _("It is yours now: you can remind, and are told when it ends."))
    return redirect("surveys")


@require_GET
def survey_text(request: HttpRequest) -> HttpResponse:
    """The words that are asked, in every language: for everybody, before and after."""
    q = questionnaire()
    agreed = services.agreed_text()
    by = {item_type(item): [] for item in q.items}  # type: dict[str, list[Any]]
    for item, words in q.items.items():
        by[item_type(item)].append(
            (item, item in REVERSED, [(lang, words[lang]) for lang in q.languages])
        )
    shown = {
        "version": q.version, "reasons": [(TYPE_NAMES[t], items) for t, items in by.items()],
        "bands": [[(lang, one.words[lang], [w[lang] for w in one.bands.values()]) for lang in q.languages] for one in q.context],
        "agreed": agreed, "reads": may("surveys", request.user), "agrees_may": may("survey_agree", request.user), "mode_on": mode_on(),
        "by": organization.names_of([agreed.agreed_by]).get(agreed.agreed_by, "") if agreed else "",
    }  # fmt: skip
    return render(request, "survey/text.html", shown)


@require_POST
def survey_agree(request: HttpRequest) -> HttpResponse:
    """Worker representatives agree to the words."""
    person: Person = request.user  # type: ignore[assignment]
    services.agree_text(by=person.handle)
    messages.success(request, _("The words are agreed to."))
    return redirect("survey_text")
