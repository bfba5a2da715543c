"""Registers interventions with Django."""

from __future__ import annotations

from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Actions on populations."""

    name = "takeup.server.acting.interventions"
    label = "interventions"
