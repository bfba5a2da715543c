"""Addresses of sprints."""

from __future__ import annotations

from django.urls import path, register_converter

from takeup.server.acting.sprint import gate_pages, milestone_pages, pages


class _Milestone:
    regex = "P0|M[01][0-9]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _Gate(_Milestone):
    regex = "G30|G60|G90"


register_converter(_Milestone, "milestone")
register_converter(_Gate, "gate")

urlpatterns = [
    path("sprints", pages.sprints_page, name="sprints"),
    path("sprints/begin", pages.sprint_begin, name="sprint_begin"),
    path("sprints/<int:number>", pages.sprint_page, name="sprint"),
    path("sprints/<int:number>/act", pages.sprint_act, name="sprint_act"),
    path("sprints/<int:number>/what-if", pages.sprint_what_if, name="sprint_what_if"),
    path("sprints/<int:number>/technical", pages.sprint_technical, name="sprint_technical"),
    path(
        "sprints/<int:number>/documents/<str:digest>",
        milestone_pages.sprint_document,
        name="sprint_document",
    ),
    path(
        "sprints/<int:number>/<milestone:milestone>",
        milestone_pages.milestone_page,
        name="milestone",
    ),
    path(
        "sprints/<int:number>/<milestone:milestone>/act",
        milestone_pages.milestone_act,
        name="milestone_act",
    ),
    path(
        "sprints/<int:number>/<milestone:milestone>/sign",
        milestone_pages.milestone_sign,
        name="milestone_sign",
    ),
    path("sprints/<int:number>/<gate:gate>", gate_pages.gate_page, name="sprint_gate"),
    path(
        "sprints/<int:number>/<gate:gate>/decide",
        gate_pages.sprint_gate_decide,
        name="sprint_gate_decide",
    ),
]
