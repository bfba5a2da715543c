"""Registers signals with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    """Signals and their responses."""

    name = "takeup.server.acting.signals"
    label = "signals"
