"""Registers conversations with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Draws, conversations, codes, and what is read back."""

    name = "takeup.server.acting.conversations"
    label = "conversations"
