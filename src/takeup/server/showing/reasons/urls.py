"""Addresses of reasons."""

from __future__ import annotations

from django.urls import path

from takeup.server.showing.reasons import pages

urlpatterns = [
    path("reasons", pages.reasons, name="reasons"),
    path("reasons/<path:name>/of/<path:key>", pages.reasons_of, name="reasons_of"),
]
