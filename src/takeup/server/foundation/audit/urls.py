"""Addresses of the audit log."""

from __future__ import annotations

from django.urls import path

from takeup.server.foundation.audit import pages

urlpatterns = [
    path("audit", pages.audit, name="audit"),
    path("my/access", pages.access_to_me, name="access_to_me"),
]
