"""Pages: what is open and due, what was answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.signals import services
from takeup.server.acting.signals.models import Response
from takeup.server.acting.signals.rules import asks_of
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, Role
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may

_OWNERS = (Role.PROGRAMME_LEAD, Role.PRODUCT_TEAM, Role.EXECUTIVE, Role.ADMINISTRATOR)


@require_GET
def signals(request: HttpRequest) -> HttpResponse:
    """What is due first, what queues behind it, and the history."""
    return _signals(request)


def _signals(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    first, queued = services.open_responses()
    history = services.answered()
    titles = organization.population_titles()
    names = services.names_in([*first, *queued, *history]) | organization.names_of(
        [a.answered_by for r in [*first, *queued, *history] for a in r.answers.all()]
    )

    def told(response: Response) -> dict[str, Any]:
        return {
            "it": response, "where": titles.get(response.population, response.population),
            "owner": names.get(response.owner, ""), "first": asks_of(response.code).first,
            "late": response.due < now().date(),
            "answers": [(a, names.get(a.answered_by, a.answered_by)) for a in response.answers.all()],
        }  # fmt: skip

    shown = {
        "open": [told(r) for r in first], "queued": [told(r) for r in queued],
        "history": [told(r) for r in history],
        "people": organization.named_with(_OWNERS, now().date()),
        "answers_may": may("signal_answer", request.user),
        "sees_deliveries": may("deliveries", request.user),
    }  # fmt: skip
    if status != 200:
        return render(request, "signals/signals.html", shown | more, status=status)
    columns = ["use_case", "where", "signal", "evidence", "opened", "due", "owner", "closed"]
    rows = [
        [r.use_case, titles.get(r.population, r.population), r.words, r.evidence,
         r.opened_at.date(), r.due, names.get(r.owner) or r.owner_role,
         r.closed_at.date() if r.closed_at else None]
        for r in [*first, *queued, *history]
    ]  # fmt: skip
    return shown_or_exported(request, "signals/signals.html", shown, "signals", (columns, rows))


@require_POST
def signal_answer(request: HttpRequest, number: int) -> HttpResponse:
    """Say what was found or done; give it an owner."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        if request.POST.get("owner"):
            services.own(number, request.POST["owner"], by=person.handle)
        if request.POST.get("text", "").strip() or "closes" in request.POST:
            services.answer(
                number, request.POST.get("text", ""), closes="closes" in request.POST,
                by=person.handle,
            )  # fmt: skip
    except InputError as error:
        return _signals(request, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    return redirect("signals")
