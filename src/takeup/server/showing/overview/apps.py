"""Registers snapshots and their pages with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """Daily snapshots and the diagnosis page."""

    name = "takeup.server.showing.overview"
    label = "overview"
