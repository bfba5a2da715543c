"""Registers performance reports with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """How the model is doing, told to its users."""

    name = "takeup.server.showing.performance"
    label = "performance"
