"""Pages: the audit log for those who oversee; and for everybody, who looked at what of theirs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takeup.server.audit.models import AuditEntry
from takeup.server.audit.services import SYSTEM, prove
from takeup.server.organization.services import Person, names_of

_A_PAGE = 100


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first, and whether the chain holds."""
    entries = AuditEntry.objects.order_by("-number")
    page = Paginator(entries, _A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _named(list(page)), "chain": prove()}
    return render(request, "audit/audit.html", shown)


@require_GET
def access_to_me(request: HttpRequest) -> HttpResponse:
    """Who looked at what about the person who asks."""
    person: Person = request.user  # type: ignore[assignment]
    entries = AuditEntry.objects.filter(subject=person.handle).exclude(actor=person.handle)
    page = Paginator(entries.order_by("-number"), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/access_to_me.html", {"page": page, "rows": _named(list(page))})


def _named(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    names = names_of({e.actor for e in entries} | {e.subject for e in entries})
    return [
        {
            "entry": e,
            "actor": names.get(e.actor, e.actor if e.actor == SYSTEM else "—"),
            "subject": names.get(e.subject, ""),
            "detail": {k: v for k, v in e.detail.items() if v not in (None, "", [])},
        }
        for e in entries
    ]
