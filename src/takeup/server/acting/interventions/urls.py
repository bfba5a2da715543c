"""Addresses of interventions."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.interventions import pages

urlpatterns = [
    path("interventions", pages.interventions, name="interventions"),
    path("interventions/declare", pages.intervention_declare, name="intervention_declare"),
    path("interventions/library", pages.action_library, name="action_library"),
    path("interventions/library/revise", pages.action_revise, name="action_revise"),
    path("interventions/<int:number>", pages.intervention, name="intervention"),
    path("interventions/<int:number>/act", pages.intervention_act, name="intervention_act"),
    path("interventions/<int:number>/step", pages.intervention_step, name="intervention_step"),
]
