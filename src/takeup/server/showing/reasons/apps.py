"""Registers reasons with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReasonsConfig(AppConfig):
    """Reasons of populations."""

    name = "takeup.server.showing.reasons"
    label = "reasons"
