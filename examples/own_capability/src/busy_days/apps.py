"""Registers the tables with Django."""

from __future__ import annotations

from django.apps import AppConfig


class BusyDaysConfig(AppConfig):
    """Busy days."""

    name = "busy_days"
    default_auto_field = "django.db.models.BigAutoField"
