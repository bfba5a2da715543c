"""Pages: the eight conditions by population, one condition with every indicator, and recording what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from takeup.questions.conditions import ConditionFound, IndicatorFound
from takeup.questions.conditions.card import SIGNS, figure_words, told_of
from takeup.questions.conditions.indicators import (
    ConditionRule,
    condition_of,
    conditions,
    indicators,
)
from takeup.questions.knowledge import actions
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.conditions import services
from takeup.server.acting.conditions.models import Record
from takeup.server.acting.conditions.services import Figure, Stood, document_of
from takeup.server.deployment.capability import READS_EVERY_COHORT
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, roles_of
from takeup.server.foundation.pages.asked import day_of
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.pages.for_people import words
from takeup.server.foundation.permissions import may

STATUS_WORDS = {
    "present": gettext_lazy("present"),
    "partial": gettext_lazy("partly there"),
    "absent": gettext_lazy("absent"),
    "unknown": gettext_lazy("unknown"),
    "": gettext_lazy("not looked at"),
}
GRADE_WORDS = {
    "met": gettext_lazy("met"),
    "partial": gettext_lazy("partly met"),
    "unmet": gettext_lazy("not met"),
    "unknown": gettext_lazy("unknown"),
}
GRADE_SIGNS = {"met": "●", "partial": "◐", "unmet": "○", "unknown": "?"}
TREND_WORDS = {
    "better": gettext_lazy("better than four weeks before"),
    "worse": gettext_lazy("worse than four weeks before"),
    "stable": gettext_lazy("as four weeks before"),
}
RISK_TITLES = {
    "at_risk": gettext_lazy("adoption is at risk"),
    "at_risk_possible": gettext_lazy("adoption may be at risk"),
    "undetermined": gettext_lazy("too little is known to say"),
    "watch": gettext_lazy("worth watching"),
    "on_track": gettext_lazy("on track"),
}
SOURCES = {
    "record": gettext_lazy("a count that a document holds"),
    "attestation": gettext_lazy("a statement under my name, with a document"),
    "claim": gettext_lazy("a claim without a document: it is noted, and decides nothing"),
}


_A_PAGE = 10


@require_GET
def conditions_page(request: HttpRequest, name: str = "") -> HttpResponse:
    """Eight conditions of every population that this person may see."""
    if not name:
        names = organization.use_case_names()
        if names:
            return redirect("conditions_of", names[0])
        return render(request, "conditions/conditions.html", {"rows": [], "rules": conditions()})
    _known(name)
    seen = _seen(request, name)
    page = _page(request, seen)
    shown = {
        "use_case": name, "title": organization.declared(name).title or name, "page": page, "asked": "",
        "use_cases": organization.use_case_names(), "rules": conditions(),
        "rows": [_row(one) for one in (seen if request.GET.get("as") else page)], "gravest": _gravest(seen),
        "day": seen[0].day if seen else None, "assesses": may("readiness", request.user),
    }  # fmt: skip
    return shown_or_exported(
        request, "conditions/conditions.html", shown, f"conditions-{name}", _table(seen)
    )


def _page(request: HttpRequest, seen: list[Stood]) -> Page[Stood]:
    return Paginator(seen, _A_PAGE).get_page(request.GET.get("page"))


def _known(name: str) -> None:
    if name not in organization.use_case_names():
        raise Http404


def _seen(request: HttpRequest, name: str) -> list[Stood]:
    """Every population for those who read all, else one's own."""
    person: Person = request.user  # type: ignore[assignment]
    held = services.newest(name)
    if roles_of(person) & READS_EVERY_COHORT:
        return held
    own = organization.own_populations(person, now().date())
    return [one for one in held if one.population in own]


def _row(one: Stood) -> dict[str, Any]:
    told = one.told
    cells = [_cell(c, one) for c in told.conditions]
    return {
        "key": one.population, "title": one.title, "cells": cells,
        "risk": RISK_TITLES[told.risk] if told.risk else "",
        "best": RISK_TITLES[told.best] if told.best else "",
        "worst": RISK_TITLES[told.worst] if told.worst else "",
        "open": told.unknown,
        "first": next((c for c in cells if c["closes"] and c["status"] == "absent"), None),
    }  # fmt: skip


def _cell(c: ConditionFound, one: Stood) -> dict[str, Any]:
    day, before = one.since.get(c.condition, (one.day, ""))
    return {
        "key": c.condition, "name": condition_of(c.condition).name, "status": c.status,
        "sign": SIGNS[c.status], "words": STATUS_WORDS[c.status],
        "claimed": STATUS_WORDS[c.claimed] if c.status == "unknown" and c.claimed else "",
        "contested": bool(c.contradiction or c.disputed), "why": _said(told_of(c)),
        "closes": actions()[c.closes[0]].do if c.closes else "",
        "since": day if before else None, "before": STATUS_WORDS[before] if before else "",
    }  # fmt: skip


def _gravest(seen: list[Stood]) -> str:
    """The worst of the populations: they are not averaged."""
    risks = [one.risk for one in seen if one.risk]
    found = next((risk for risk in RISK_TITLES if risk in risks), "")
    return str(RISK_TITLES[found]) if found else ""


def _table(seen: list[Stood]) -> tuple[list[str], Iterator[list[Any]]]:
    """Every indicator as a row, for CSV."""
    columns = ["population", "condition", "status", "indicator", "critical", "grade", "figure",
               "from", "why", "said"]  # fmt: skip
    return columns, (
        [one.title, condition_of(c.condition).name, c.status, f"{i.id} {indicators()[i.id].words}",
         indicators()[i.id].star, i.grade, figure_words(i), i.source, i.reason, i.said]
        for one in seen for c in one.told.conditions for i in c.indicators
    )  # fmt: skip


@require_GET
def condition(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """One condition: every indicator of every population, and what closes it."""
    return _condition(request, name, key)


def _condition(
    request: HttpRequest, name: str, key: str, status: int = 200, **more: Any
) -> HttpResponse:
    _known(name)
    rule = next((one for one in conditions() if one.id == key), None)
    if rule is None:
        raise Http404
    page = _page(request, _seen(request, name))
    found = [(one, next(c for c in one.told.conditions if c.condition == key)) for one in page]
    shown = {
        "page": page, "asked": "",
        "use_case": name, "title": organization.declared(name).title or name, "rule": rule,
        "rules": conditions(), "closing": [actions()[a] for a in rule.closes],
        "rows": [
            {"title": one.title, "cell": _cell(c, one), "contradiction": c.contradiction,
             "disputed": c.disputed, "pooled": c.pooled, "known": round(100 * c.known),
             "indicators": [_line(i) for i in c.indicators]}
            for one, c in found
        ],
        "records_may": may("condition_record", request.user), "sources": _sources(rule).items(),
        "populations": sorted(organization.population_titles().items(), key=lambda p: p[1]),
        "history": _history(name, key), "today": now().date(), "given": {},
    }  # fmt: skip
    return render(request, "conditions/condition.html", shown | more, status=status)


def _sources(rule: ConditionRule) -> dict[str, Any]:
    attested = any("A" in one.classes for one in rule.indicators)
    return {key: told for key, told in SOURCES.items() if attested or key != "attestation"}


def _line(i: IndicatorFound) -> dict[str, Any]:
    rule = indicators()[i.id]
    return {
        "id": i.id, "words": _said(rule.words), "star": rule.star, "grade": GRADE_WORDS[i.grade],
        "sign": GRADE_SIGNS[i.grade], "figure": figure_words(i), "source": i.source,
        "why": _said(i.reason), "said": i.said, "trend": TREND_WORDS.get(i.trend, ""),
        "needs": _said(rule.told_by) if i.grade == "unknown" else "",
        "closes": actions()[rule.closes].do if i.grade in ("partial", "unmet") else "",
    }  # fmt: skip


def _said(text: str) -> str:
    """As it stands on a page: no names of columns."""
    return words(text.replace("`", ""))


def _history(name: str, key: str) -> list[dict[str, Any]]:
    """What was recorded of this condition, every revision, the newest first."""
    held = list(
        Record.objects.filter(use_case=name, indicator__startswith=f"{key}.").order_by("-id")[:30]
    )
    names = organization.names_of([r.recorded_by for r in held])
    titles = organization.population_titles()
    return [
        {"it": r, "who": names.get(r.recorded_by, r.role), "source": SOURCES[r.source],
         "where": titles.get(r.population, r.population),
         "figure": _recorded(r)}
        for r in held
    ]  # fmt: skip


def _recorded(r: Record) -> str:
    if r.k is not None:
        return f"{r.k:g} / {r.n}"
    return "–" if r.value is None else f"{r.value:g}"


@require_POST
def condition_record(request: HttpRequest, name: str) -> HttpResponse:
    """Record or attest an indicator."""
    _known(name)
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    indicator = asked.get("indicator", "")
    key = indicator.split(".")[0]
    if key not in {one.id for one in conditions()}:
        raise Http404
    try:
        services.record_indicator(
            name, indicator, asked.get("population", ""), _figure(asked),
            source=asked.get("source", "record"), statement=asked.get("statement", ""),
            document=document_of(request.FILES.get("document")), by=person.handle,
            held_on=_day(asked.get("held_on", "")) or now().date(),
            valid_until=_day(asked.get("valid_until", "")),
            role=", ".join(sorted(str(r.label) for r in roles_of(person))),
        )  # fmt: skip
    except InputError as error:
        return _condition(request, name, key, 422, problems=[str(error)], given=asked)
    messages.success(request, _("It is recorded; tonight’s figures take it up."))
    return redirect("condition", name, key)


def _figure(asked: Mapping[str, Any]) -> Figure:
    """What was typed as a figure. Raises InputError for what is no number."""

    def number(field: str) -> float | None:
        text = str(asked.get(field, "")).strip().replace(",", ".")
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise InputError(_("{text} is no number; write 12 or 0.4").format(text=text)) from None

    n = number("n")
    if n is not None and not n.is_integer():
        raise InputError(_("of how many is a whole number"))
    return Figure(number("k"), None if n is None else int(n), number("value"), number("beside"))


def _day(text: str) -> date | None:
    return day_of(text) if text.strip() else None
