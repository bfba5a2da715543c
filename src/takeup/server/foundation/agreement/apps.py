"""Registers agreements with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    """Agreements with worker representatives."""

    name = "takeup.server.foundation.agreement"
    label = "agreement"
