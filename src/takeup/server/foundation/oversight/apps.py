"""Registers the sealed store with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The sealed oversight store."""

    name = "takeup.server.foundation.oversight"
    label = "oversight"
