"""A person's feed, for the calendar that asks by its secret address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from takeup.server.foundation.calendar.feed import calendar_of, whose


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that comes, of what the person reads."""
    person = whose(token)
    if person is None:
        raise Http404
    return HttpResponse(calendar_of(person), content_type="text/calendar; charset=utf-8")
