"""Pages: rows that could not be kept, with their reasons; correct one and send it again."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from takeup.server.deployment.problems import Problem
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import Person, handle_of
from takeup.server.recording.record_api.models import Quarantined
from takeup.server.recording.record_api.quarantine import KEPT, replay_as_sender

_A_PAGE = 50


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first."""
    rows = Quarantined.objects.filter(resolved_at=None).select_related("sender").order_by("id")
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "record_api/quarantine.html", {"page": page})


@require_http_methods(["GET", "POST"])
def quarantine_row(request: HttpRequest, number: int) -> HttpResponse:
    """One row: why it cannot be kept, and a place to correct it."""
    held = get_object_or_404(Quarantined, pk=number, resolved_at=None)
    shown: dict[str, Any] = {"row": held, "text": _indented(held.body), "reasons": held.reasons}
    actor: Person = request.user  # type: ignore[assignment]
    if request.method == "POST":
        shown["text"] = request.POST.get("text", "")
        try:
            corrected = json.loads(shown["text"])
        except ValueError as error:
            shown["reasons"] = [_("not JSON: %(error)s") % {"error": error}]
            return render(request, "record_api/quarantine_row.html", shown, status=422)
        try:
            result = replay_as_sender(held, corrected)
        except Problem as problem:
            shown["reasons"] = [problem.detail]
            return render(request, "record_api/quarantine_row.html", shown, status=422)
        if result.status in KEPT:
            audit.record("quarantine.corrected", actor=actor.handle, row=number, key=result.key)
            messages.success(
                request, _("Row %(number)s is kept as %(key)s.")
                % {"number": number, "key": result.key},
            )  # fmt: skip
            return redirect("quarantine")
        shown["reasons"] = result.reasons
        return render(request, "record_api/quarantine_row.html", shown, status=422)
    audit.record(
        "access.logged", actor=actor.handle, subject=_whom(held.body), what="quarantine",
        row=number,
    )  # fmt: skip
    return render(request, "record_api/quarantine_row.html", shown)


def _indented(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        return body


def _whom(body: str) -> str:
    """The handle of the person whom a row tells of, where the organization knows one."""
    try:
        given = json.loads(body)
    except ValueError:
        return ""
    held = given.get("data", given) if isinstance(given, dict) else {}
    name = held.get("person_id") if isinstance(held, dict) else None
    return handle_of(name) if isinstance(name, str) else ""
