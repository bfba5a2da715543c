"""Pages: senders with their counters, live; their keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.server.deployment.connect import log_of
from takeup.server.foundation.organization.services import use_case_names
from takeup.server.recording.record_api.keys import PURPOSES, make_key, revoke_key
from takeup.server.recording.record_api.models import ApiKey
from takeup.server.recording.record_api.status import log_status


def _counters() -> dict[str, Any]:
    status = log_status(log_of(settings.TAKEUP))
    for sender in status["senders"]:
        seen = sender["last_seen_at"]
        sender["last_seen"] = datetime.fromisoformat(seen) if seen else None
    for table in status["tables"]:
        table["megabytes"] = table["bytes"] / 1e6
    damaged = [one["words"] for one in status["damaged"]]
    if damaged:
        damaged.append(
            _(
                "Nothing is measured until they are put back out of a backup: takeup log mend BACKUP.tar"
            )
        )
    return {"status": status, "damaged": damaged}


@require_GET
def senders(request: HttpRequest) -> HttpResponse:
    """Who sends, what became of it, and the keys in force."""
    keys = ApiKey.objects.filter(revoked_at=None).select_related("sender").order_by("sender__name")
    return render(request, "record_api/senders.html", _counters() | {"keys": keys})


@require_GET
def senders_counters(request: HttpRequest) -> HttpResponse:
    """The counters alone, asked for again every two seconds."""
    return render(request, "record_api/_counters.html", _counters())


@require_http_methods(["GET", "POST"])
def sender_key(request: HttpRequest) -> HttpResponse:
    """Make a key; it is shown on this answer and never again."""
    names = use_case_names()
    shown: dict[str, Any] = {"use_cases": names, "purposes": PURPOSES.items()}
    if request.method == "POST":
        sender = request.POST.get("sender", "").strip()[:100]
        purpose = request.POST.get("purpose", "records")
        chosen = [name for name in request.POST.getlist("use_case") if name in names]
        if not sender or purpose not in PURPOSES:
            shown["problem"] = _("Name the application that will send.")
        else:
            actor = request.user.handle  # type: ignore[union-attr]
            shown |= {"sender": sender, "key": make_key(sender, chosen, purpose, actor)}
    return render(request, "record_api/sender_key.html", shown)


@require_POST
def sender_key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Refuse a key from now on."""
    key = get_object_or_404(ApiKey, prefix=prefix)
    if revoke_key(prefix, request.user.handle):  # type: ignore[union-attr]
        messages.success(
            request, _("The key tk_%(prefix)s… of %(sender)s is refused from now on.")
            % {"prefix": prefix, "sender": key.sender},
        )  # fmt: skip
    return redirect("senders")
