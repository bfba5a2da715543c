"""Pages: how the model is doing, for its users; drafting and approving, for who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.errors import InputError
from takeup.server.foundation.agreement.services import showing
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.strips import Mark, axis, strip
from takeup.server.foundation.pages.words import plain
from takeup.server.foundation.permissions import may
from takeup.server.showing.performance import services
from takeup.server.showing.performance.models import Report
from takeup.stats.answer import Estimate


@require_GET
def performance(request: HttpRequest, name: str = "", month: str = "") -> HttpResponse:
    """The newest report of a use case, or that of a month."""
    if not name:
        names = organization.use_case_names()
        return (
            redirect("performance_of", names[0])
            if names
            else render(request, "performance/month.html", {})
        )
    return _performance(request, name, month)


def _performance(
    request: HttpRequest, name: str, month: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    if name not in organization.use_case_names():
        raise Http404
    person: Person = request.user  # type: ignore[assignment]
    approves = may("performance_approve", person)
    held = services.reports_of(name, drafts=approves)
    report = next((r for r in held if r.month == month or not month), None)
    if month and report is None:
        raise Http404
    shown: dict[str, Any] = {
        "use_case": name, "title": organization.declared(name).title or name, "held": held,
        "report": report, "approves": approves, "drafts_may": may("performance_draft", person),
        "use_cases": organization.use_case_names(),
    }  # fmt: skip
    if report is not None:
        services.read_by(report, person.handle)
        shown |= _told(report)
        shown["approver"] = organization.names_of([report.approved_by]).get(report.approved_by, "")
        if approves:
            shown["readers"] = services.readers(report, showing().minimum_group)
    return render(request, "performance/month.html", shown | more, status=status)


@require_POST
def performance_draft(request: HttpRequest, name: str) -> HttpResponse:
    """Make this month's draft from the newest snapshot."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.draft_report(name, by=person.handle)
    except InputError as error:
        return _performance(request, name, "", 422, problems=[str(error)])
    return redirect("performance_of", name)


@require_POST
def performance_approve(request: HttpRequest, name: str, month: str) -> HttpResponse:
    """Publish a draft under one's own name."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.approve_report(name, month, request.POST.get("words", ""), by=person.handle)
    except InputError as error:
        return _performance(request, name, "", 422, problems=[str(error)])
    messages.success(request, _("The report is published; its users are told."))
    return redirect("performance_month", name, month)


def _row(kind: Mapping[str, Any]) -> dict[str, Any]:
    answer = Estimate(
        kind["value"], kind["low"], kind["high"], 0.95, kind["judged"], "", "descriptive"
    )
    return {
        "label": capfirst(plain(kind["kind"])), "judged": kind["judged"], "moved": _moved(kind),
        "right": round(100 * kind["value"]),
        "range": _("{low} to {high}").format(
            low=round(100 * kind["low"]), high=round(100 * kind["high"])
        ),
        "strip": strip(
            [Mark("square", "model", answer)], f"{plain(kind['kind'])}: {100 * kind['value']:.0f} %"
        ),
    }  # fmt: skip


def _moved(kind: Mapping[str, Any]) -> str:
    """Against the last report: a change is said where the two ranges lie apart."""
    before = kind["before"]
    if before is None:
        return ""
    if kind["low"] > before["high"]:
        words = _("better than in the last report, which said {was}")
    elif kind["high"] < before["low"]:
        words = _("worse than in the last report, which said {was}")
    else:
        words = _("no change shown; the last report said {was}")
    return words.format(was=round(100 * before["value"]))


def _told(report: Report) -> dict[str, Any]:
    rows = [_row(kind) for kind in report.figures["kinds"]]
    heading = _("Too few cases are judged to say how the model is doing")
    if rows:
        first, last = rows[0], rows[-1]
        heading = (
            _("Right on {best} ({b} in 100), weakest on {worst} ({w} in 100)").format(
                best=last["label"].lower(), b=last["right"], worst=first["label"].lower(),
                w=first["right"],
            )
            if len(rows) > 1 else _("Right in {b} of 100 cases").format(b=first["right"])
        )  # fmt: skip
    return {
        "rows": rows, "heading": heading, "axis": axis(), "releases": report.figures["releases"],
        "places": [_row(place) for place in report.figures["places"]],
        "broken": [plain(one) for one in report.figures["broken"]],
        "promised": None if report.figures["promised_error"] is None
        else round(100 * (1 - report.figures["promised_error"])),
    }  # fmt: skip
