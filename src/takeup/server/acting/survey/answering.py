"""The pages on which somebody answers, one screen at a time, without signing in.

Nothing is kept until it is sent: what was chosen goes along with each screen, so that going back and forth, and
reloading, lose nothing, and no half of an answer waits anywhere under a person's link.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from takeup.record.errors import InputError
from takeup.record.questionnaire import ITEMS, TYPES, questionnaire
from takeup.server.acting.survey import services
from takeup.server.acting.survey.services import Asked
from takeup.server.foundation.organization.services import use_case_title
from takeup.server.foundation.pages.asked import whole_number

SCREENS = tuple(
    tuple(next(i for i in ITEMS if i.startswith(f"{t}{(s + k) % 4 + 1}")) for k, t in enumerate(TYPES))
    for s in range(4)
)  # fmt: skip
"""The items of each screen: one of every reason, of which one is put the other way round."""
LAST = len(SCREENS) + 1
"""The screen of bands, from which it is sent; 0 is the promise."""
NOT_MINE = "0"


@never_cache
@require_http_methods(["GET", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """One screen of the survey that a link opens."""
    asked = services.asked_by(token)
    if asked is None:
        return render(request, "survey/no_such.html", status=404)
    lang = _language(request)
    if asked.state != "waits":
        return _said(request, lang, asked, asked.state)
    if request.method == "GET":
        return _screen(request, lang, asked, 0, {})
    given = _given(request.POST)
    at = min(max(whole_number(request.POST.get("screen", "")) or 0, 0), LAST)
    if request.POST.get("go") == "back":
        return _screen(request, lang, asked, max(at - 1, 0), given)
    if request.POST.get("go") == "stay":
        return _screen(request, lang, asked, at, given)
    missing = next((i for i, items in enumerate(SCREENS, 1) if i <= at and not set(items) <= set(given)), None)  # fmt: skip
    if missing is not None:
        return _screen(request, lang, asked, missing, given, wrong=True)
    if at < LAST:
        return _screen(request, lang, asked, at + 1, given)
    return _sent(request, lang, asked, token, given)


def _sent(
    request: HttpRequest, lang: str, asked: Asked, token: str, given: Mapping[str, str]
) -> HttpResponse:
    try:
        services.answer(token, {i: int(given[i]) for i in ITEMS if given[i] != NOT_MINE}, given)
    except InputError:
        found = services.asked_by(token)
        return _said(request, lang, asked, "answered" if found is None else found.state)
    return _said(request, lang, asked, "thanks")


def _language(request: HttpRequest) -> str:
    """The one that was chosen, else the one the browser asks for, of those it is put in."""
    asked = questionnaire().languages
    wanted = request.GET.get("lang") or request.POST.get("lang")
    if wanted in asked:
        return wanted
    accepted = request.headers.get("Accept-Language", "").lower()
    places = {lang: accepted.find(lang) for lang in asked if lang in accepted}
    return min(places, key=lambda lang: places[lang], default=asked[0])


def _given(post: Mapping[str, str]) -> dict[str, str]:
    """What was chosen so far, of what can be."""
    points = {NOT_MINE, "1", "2", "3", "4", "5"}
    items = {item: post[item] for item in ITEMS if post.get(item) in points}
    bands = {q.key: post[q.key] for q in questionnaire().context if post.get(q.key) in q.bands}
    return items | bands


def _words(lang: str) -> dict[str, str]:
    return {key: text[lang] for key, text in questionnaire().words.items()}


def _day(day: Any, lang: str) -> str:
    with override(lang):
        return date_format(day, "j. F Y" if lang == "de" else "j F Y")


def _screen(
    request: HttpRequest, lang: str, asked: Asked, at: int, given: Mapping[str, str], wrong: bool = False
) -> HttpResponse:  # fmt: skip
    q, words = questionnaire(), _words(lang)
    items = SCREENS[at - 1] if 0 < at < LAST else ()
    bands = q.context if at == LAST else ()
    here = {*items, *(one.key for one in bands)}
    shown = {
        "lang": lang, "other": next(one for one in q.languages if one != lang), "words": words, "at": at,
        "title": use_case_title(asked.round.use_case), "first": at == 0, "last": at == LAST,
        "of": words["screen"].format(n=at, of=LAST), "steps": range(1, LAST + 1),
        "ends": words["kept_until"].format(day=_day(asked.round.ends_on, lang)),
        "points": list(enumerate(q.points[lang], 1)), "wrong": wrong,
        "items": [(i, q.items[i][lang], given.get(i, ""), wrong and i not in given) for i in items],
        "bands": [(b.key, b.words[lang], [(k, w[lang]) for k, w in b.bands.items()], given.get(b.key, "")) for b in bands],
        "carried": [(name, value) for name, value in given.items() if name not in here],
    }  # fmt: skip
    return render(request, "survey/screen.html", shown, status=422 if wrong else 200)


def _said(request: HttpRequest, lang: str, asked: Asked, what: str) -> HttpResponse:
    """That it is sent, was answered, is over, or has not begun."""
    words = _words(lang)
    days = {
        "over": asked.round.ends_on,
        "not_yet": asked.round.starts_on,
        "thanks": asked.round.ends_on,
    }
    why = words["kept_until" if what == "thanks" else f"{what}_why"]
    shown = {
        "lang": lang, "words": words, "heading": words[what],
        "why": why.format(day=_day(days[what], lang)) if what in days else why,
    }  # fmt: skip
    return render(request, "survey/said.html", shown)
