"""Registers notices with Django."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices and their delivery."""

    name = "takeup.server.foundation.notices"
    label = "notices"
