"""The manager's page of the team."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takeup.record.clock import now
from takeup.server.foundation.agreement.services import mode_on, showing
from takeup.server.foundation.organization.services import roles_of
from takeup.server.foundation.permissions import may
from takeup.server.showing.weekly.pages import linked, person_of
from takeup.server.showing.weekly.team import due_of, led_by, own_looks


@require_GET
def my_team(request: HttpRequest) -> HttpResponse:
    """What is theirs to do, where their teams' populations stand and need next, and three questions for the week."""
    person, today = person_of(request), now().date()
    held, led = roles_of(person), led_by(person.handle, today)
    due = due_of(person.handle, today)
    shown = {
        "led": led, "due": linked(due, person, held),
        "late": sum(one.late for one in due), "today": today, "least": showing().minimum_group,
        "looks": own_looks(person.handle, sorted({one.use_case for one in led}), today),
        "council": mode_on(), "me": person.handle, "declares": may("intervention_declare", person, held),
        "sees_library": may("action_library", person, held), "first": led[0] if led else None,
    }  # fmt: skip
    return render(request, "weekly/team.html", shown)
