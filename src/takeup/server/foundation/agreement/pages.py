"""Page: the agreement that measuring stands on, what works-council mode changes, and announced
changes of configuration with their answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.errors import InputError
from takeup.server.foundation.agreement import services
from takeup.server.foundation.agreement.models import Change
from takeup.server.foundation.organization.services import Person, names_of, use_case_names
from takeup.server.foundation.permissions import may


@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    """What is agreed, until when."""
    return _agreement(request)


def _agreement(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    held = services.recorded()
    changes = services.changes()
    names = names_of(
        {one.recorded_by for one in held}
        | {who for one in changes for who in (one.announced_by, one.answered_by)}
    )
    shown = {
        "on": services.mode_on(), "in_force": services.in_force(),
        "changes": [_told(one, names) for one in changes], "use_cases": use_case_names(),
        "announces_may": may("change_announce", request.user),
        "answers_may": may("change_answer", request.user),
        "days": services.OBJECTION.days,
        "held": [(one, names.get(one.recorded_by, one.recorded_by)) for one in held],
        "records_may": may("agreement_record", request.user),
        "least": services.showing().minimum_group,
    }  # fmt: skip
    return render(request, "agreement/agreement.html", shown | more, status=status)


def _told(change: Change, names: dict[str, str]) -> dict[str, Any]:
    """One announced change, who said what, and whether it stands."""
    return {
        "change": change,
        "by": names.get(change.announced_by, change.announced_by),
        "answered_by": names.get(change.answered_by, change.answered_by),
        "stands": services.agreed_from(change) is not None,
        "stands_from": services.stands_from(change),
    }


@require_POST
def change_announce(request: HttpRequest) -> HttpResponse:
    """A lead puts a change of configuration before the representatives."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        name = request.POST.get("use_case", "")
        if name not in use_case_names():
            raise InputError(_("choose the use case that is to change"))
        services.announce_change(name, request.POST.get("words", ""), by=person.handle)
    except InputError as error:
        return _agreement(request, 422, problems=[str(error)])
    messages.success(request, _("The change is announced to the representatives."))
    return redirect("agreement")


@require_POST
def change_answer(request: HttpRequest, number: int) -> HttpResponse:
    """A representative consents or objects."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        if asked.get("consents") not in ("yes", "no"):
            raise InputError(_("choose consent or objection"))
        services.answer_change(
            number, consents=asked["consents"] == "yes", answer=asked.get("answer", ""),
            by=person.handle,
        )  # fmt: skip
    except InputError as error:
        return _agreement(request, 422, problems=[str(error)])
    messages.success(request, _("Your answer is recorded."))
    return redirect("agreement")


@require_POST
def agreement_record(request: HttpRequest) -> HttpResponse:
    """A worker representative records an agreement."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        try:
            until = date.fromisoformat(asked.get("valid_until", ""))
        except ValueError:
            raise InputError(_("write the last day as 2027-12-31")) from None
        services.record_agreement(
            asked.get("number", ""), asked.get("data_list", ""), until, by=person.handle
        )
    except InputError as error:
        return _agreement(request, 422, problems=[str(error)])
    messages.success(request, _("The agreement is recorded."))
    return redirect("agreement")
