"""Addresses of how the model does."""

from __future__ import annotations

from django.urls import path, re_path

from takeup.server.showing.performance import pages

urlpatterns = [
    path("performance", pages.performance, name="performance"),
    path("performance/<path:name>/draft", pages.performance_draft, name="performance_draft"),
    path(
        "performance/<path:name>/<str:month>/approve",
        pages.performance_approve,
        name="performance_approve",
    ),
    re_path(
        r"^performance/(?P<name>.+)/(?P<month>\d{4}-\d{2})$",
        pages.performance,
        name="performance_month",
    ),
    path("performance/<path:name>", pages.performance, name="performance_of"),
]
