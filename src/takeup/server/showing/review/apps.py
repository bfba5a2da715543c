"""Registers reviews with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Reviews of thirty days."""

    name = "takeup.server.showing.review"
    label = "review"
