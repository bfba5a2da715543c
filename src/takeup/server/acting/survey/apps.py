"""Registers the survey with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    """Rounds of the survey, and their answers."""

    name = "takeup.server.acting.survey"
    label = "survey"
