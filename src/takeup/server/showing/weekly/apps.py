"""Registers the weekly review with Django."""

from __future__ import annotations

from django.apps import AppConfig


class WeeklyConfig(AppConfig):
    """The weekly dashboard, its reviews, and what was decided in them."""

    name = "takeup.server.showing.weekly"
    label = "weekly"
