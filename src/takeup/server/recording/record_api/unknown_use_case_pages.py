"""Page: what came of a use case that nobody declared is removed, or put under a declared one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takeup.record.errors import TakeupError
from takeup.server.deployment.connect import log_of
from takeup.server.deployment.settings import read_server_settings
from takeup.server.foundation.organization.services import Person, use_case_title
from takeup.server.recording.record_api.beside_no_drain import take_out_now
from takeup.server.recording.record_api.unknown_use_case import rows_of

MOST = 20_000
"""Rows that a page takes out while somebody waits; for more there is the command."""


@require_POST
def use_case_take_out(request: HttpRequest, name: str) -> HttpResponse:
    """Remove every row of it, or put them `into` another."""
    actor: Person = request.user  # type: ignore[assignment]
    into = request.POST.get("into", "")
    if "merge" in request.POST and not into:
        messages.error(request, _("Choose the use case that its records are of."))
        return redirect("use_case", name)
    if rows_of(name) > MOST:
        messages.error(
            request,
            _(
                "More than %(most)s rows: that takes a while, so an operator does it by command (takeup use-case)."
            )
            % {"most": f"{MOST:,}"},
        )
        return redirect("use_case", name)
    try:
        rows = take_out_now(log_of(read_server_settings()), name, actor.handle, into, patience=10)
    except TakeupError as error:
        messages.error(request, str(error))
        return redirect("use_case", name)
    if into:
        told = ngettext(
            "%(n)s row is now under %(into)s.", "%(n)s rows are now under %(into)s.", rows
        )
    else:
        told = ngettext("%(n)s row was removed.", "%(n)s rows were removed.", rows)
    messages.success(request, told % {"n": f"{rows:,}", "into": use_case_title(into)})
    return redirect("use_cases")
