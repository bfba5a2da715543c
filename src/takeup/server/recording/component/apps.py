"""Registers the embedded recommendation with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ComponentConfig(AppConfig):
    """What the embedded recommendation tells and asks."""

    name = "takeup.server.recording.component"
    label = "component"
