"""Registers the organization with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    """People and where they belong."""

    name = "takeup.server.foundation.organization"
    label = "organization"
