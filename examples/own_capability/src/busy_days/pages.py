"""The page."""

from __future__ import annotations

from calendar import day_name
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from busy_days.models import Weekday


@require_GET
def busy_days(request: HttpRequest) -> HttpResponse:
    """Every use case, weekday by weekday."""
    rows = Weekday.objects.order_by("use_case", "day")
    told = [
        {
            "use_case": name,
            "days": [{"name": day_name[one.day], "decisions": one.decisions} for one in own],
        }
        for name, own in groupby(rows, key=lambda one: one.use_case)
    ]
    return render(request, "busy_days/busy_days.html", {"use_cases": told})
