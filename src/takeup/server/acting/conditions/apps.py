"""Registers conditions with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    """Eight conditions of adoption, and readiness before go-live."""

    name = "takeup.server.acting.conditions"
    label = "conditions"
