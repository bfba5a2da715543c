"""Registers the practitioner's pages with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PractitionerConfig(AppConfig):
    """What is for the person alone: own cases, own calibration."""

    name = "takeup.server.showing.practitioner"
    label = "practitioner"
