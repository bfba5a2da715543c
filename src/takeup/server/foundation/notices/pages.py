"""Pages: what a person was told and what they want by mail; how deliveries go."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.record.clock import now
from takeup.server.foundation.notices import services
from takeup.server.foundation.notices.models import Delivery, Notice, Wants
from takeup.server.foundation.organization.services import Person

_MOST = 100


def _me(request: HttpRequest) -> str:
    person: Person = request.user  # type: ignore[assignment]
    return person.handle


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """One's own notices, the newest first; opening the page is having seen them."""
    mine = Notice.objects.filter(handle=_me(request)).order_by("-made_at")[:_MOST]
    shown = list(mine)
    Notice.objects.filter(handle=_me(request), seen_at=None).update(seen_at=now())
    wants = Wants.objects.filter(handle=_me(request)).first() or Wants(handle=_me(request))
    return render(request, "notices/notices.html", {"notices": shown, "wants": wants})


@require_POST
def notices_wants(request: HttpRequest) -> HttpResponse:
    """What comes by mail from now on."""
    services.set_wants(
        _me(request), signals="signals" in request.POST, digest="digest" in request.POST
    )
    messages.success(request, _("Kept."))
    return redirect("notices")


@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: asks once, then no more of its kind. No sign-in needed."""
    if request.method == "POST":
        kind = services.unsubscribe(token)
        if not kind:
            raise Http404
        return render(request, "notices/unsubscribed.html", {"kind": kind})
    return render(request, "notices/unsubscribe.html", {"token": token})


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Mail and channels: what was sent, what is tried again, what was given up."""
    newest = list(Delivery.objects.order_by("-made_at")[:_MOST])
    counts = {
        "sent": Delivery.objects.exclude(sent_at=None).count(),
        "waiting": Delivery.objects.filter(sent_at=None, given_up_at=None).count(),
        "given_up": Delivery.objects.exclude(given_up_at=None).count(),
    }
    return render(request, "notices/deliveries.html", {"deliveries": newest, "counts": counts})
