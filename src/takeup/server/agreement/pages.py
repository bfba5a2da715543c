"""Page: the agreement that measuring stands on, and what works-council mode changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.errors import InputError
from takeup.server.agreement import services
from takeup.server.organization.services import Person, names_of
from takeup.server.permissions import may


@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    """What is agreed, until when."""
    return _agreement(request)


def _agreement(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    held = services.recorded()
    names = names_of([one.recorded_by for one in held])
    shown = {
        "on": services.mode_on(), "in_force": services.in_force(),
        "held": [(one, names.get(one.recorded_by, one.recorded_by)) for one in held],
        "records_may": may("agreement_record", request.user),
        "least": services.showing().minimum_group,
    }  # fmt: skip
    return render(request, "agreement/agreement.html", shown | more, status=status)


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
