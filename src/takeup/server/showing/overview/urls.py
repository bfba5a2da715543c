"""Addresses of use cases' figures."""

from __future__ import annotations

from django.urls import path

from takeup.server.showing.overview import pages

urlpatterns = [
    path("overview", pages.overview, name="overview"),
    path("overview/<path:name>/population/<path:key>", pages.population, name="population"),
    path("overview/<path:name>", pages.overview, name="overview_of"),
    path("diagnosis/<path:name>/take", pages.diagnosis_take, name="diagnosis_take"),
    path("diagnosis/<path:name>/on/<day>", pages.diagnosis, name="diagnosis_day"),
    path("diagnosis/<path:name>", pages.diagnosis, name="diagnosis"),
]
