"""Its address."""

from __future__ import annotations

from django.urls import path

from busy_days import pages

urlpatterns = [path("busy-days", pages.busy_days, name="busy_days")]
