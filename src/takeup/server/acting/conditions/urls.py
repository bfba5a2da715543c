"""Addresses of conditions and of readiness."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.conditions import pages, readiness_pages

urlpatterns = [
    path("conditions", pages.conditions_page, name="conditions"),
    path("conditions/<path:name>/record", pages.condition_record, name="condition_record"),
    path("conditions/<path:name>/at/<str:key>", pages.condition, name="condition"),
    path("conditions/<path:name>", pages.conditions_page, name="conditions_of"),
    path("readiness", readiness_pages.readiness_page, name="readiness"),
    path("readiness/open", readiness_pages.readiness_open, name="readiness_open"),
    path("readiness/of/<int:number>", readiness_pages.readiness_of, name="readiness_of"),
    path(
        "readiness/of/<int:number>/links", readiness_pages.readiness_links, name="readiness_links"
    ),
    path("readiness/answer/<str:token>", readiness_pages.readiness_answer, name="readiness_answer"),
    path("readiness/result/<str:token>", readiness_pages.readiness_result, name="readiness_result"),
]
