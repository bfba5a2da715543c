"""The capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RecordApiConfig(AppConfig):
    """Senders, their keys, the inbox and its drain."""

    name = "takeup.server.recording.record_api"
    label = "record_api"
