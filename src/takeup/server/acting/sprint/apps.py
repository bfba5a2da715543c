"""Registers sprints with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SprintConfig(AppConfig):
    """Sprints of ninety days."""

    name = "takeup.server.acting.sprint"
    label = "sprint"
