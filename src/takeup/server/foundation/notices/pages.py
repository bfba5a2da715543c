"""Pages: what a person was told and what they want by mail; how deliveries go."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.record.clock import now
from takeup.server.foundation.notices import services
from takeup.server.foundation.notices.models import Delivery, Notice, Wants
from takeup.server.foundation.organization.services import Person

_MOST, _AT_MOST = 100, 5_000
"""Rows that are shown, and deliveries they are chosen from."""


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
    lines = _told_once(Delivery.objects.order_by("-made_at")[:_AT_MOST])
    given_up = sum(one.given_up_at is not None for one in lines)
    waiting = sum(one.sent_at is None for one in lines) - given_up
    shown = {"deliveries": lines[:_MOST], "counts": {"waiting": waiting, "given_up": given_up}}
    return render(request, "notices/deliveries.html", shown)


def _told_once(held: Iterable[Delivery]) -> list[Delivery]:
    """One of those that went alike, of channels by subject: how many there are would count who has not answered a survey, or
    whom a notice is about, and what a mail is about would tell that somebody is told alone (of one manager: who)."""
    found: dict[tuple[object, ...], Delivery] = {}
    for one in held:
        state = (one.sent_at is None, one.given_up_at is None, one.error)
        about = "" if one.channel == "mail" else one.subject
        found.setdefault((about, one.channel, one.made_at.date(), *state), one)
    return list(found.values())
