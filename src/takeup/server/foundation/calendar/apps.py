"""Registers the calendar with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Everybody's own calendar."""

    name = "takeup.server.foundation.calendar"
    label = "calendar"
