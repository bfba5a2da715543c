"""Addresses of escalations."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.escalations import pages

urlpatterns = [
    path("escalations", pages.escalations, name="escalations"),
    path("escalations/open", pages.escalation_open, name="escalation_open"),
    path("escalations/<int:number>", pages.escalation, name="escalation"),
    path("escalations/<int:number>/act", pages.escalation_act, name="escalation_act"),
]
