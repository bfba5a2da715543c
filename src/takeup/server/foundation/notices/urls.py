"""Addresses of what waits for people."""

from __future__ import annotations

from django.urls import path

from takeup.server.foundation.notices import pages

urlpatterns = [
    path("notices", pages.notices, name="notices"),
    path("notices/wants", pages.notices_wants, name="notices_wants"),
    path("notices/unsubscribe/<token>", pages.unsubscribe, name="unsubscribe"),
    path("deliveries", pages.deliveries, name="deliveries"),
]
