"""Registers escalations with Django."""

from __future__ import annotations

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """What champions raise, and what became of it."""

    name = "takeup.server.acting.escalations"
    label = "escalations"
