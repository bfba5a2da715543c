"""Registers the rollout with Django."""

from __future__ import annotations

from django.apps import AppConfig


class RolloutConfig(AppConfig):
    """Modes, gates and shadow reports."""

    name = "takeup.server.acting.rollout"
    label = "rollout"
