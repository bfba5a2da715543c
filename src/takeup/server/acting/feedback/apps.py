"""Registers feedback with Django."""

from __future__ import annotations

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """What users report, what is answered, and whether a fix showed."""

    name = "takeup.server.acting.feedback"
    label = "feedback"
