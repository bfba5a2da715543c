"""The address of a feed."""

from __future__ import annotations

from django.urls import path

from takeup.server.foundation.calendar import pages

urlpatterns = [path("calendar/<str:token>.ics", pages.calendar, name="calendar")]
