"""Registers the pages with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Base template, static files, style page."""

    name = "takeup.server.foundation.pages"
    label = "pages"
