"""Registers the audit log with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "takeup.server.foundation.audit"
    label = "audit"
