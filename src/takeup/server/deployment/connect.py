"""Django set up in this process, and the decision log of the deployment."""

from __future__ import annotations

import os

import django

from takeup.log.delta import DecisionLog
from takeup.server.deployment.set_aside import need_no_open_restore
from takeup.server.deployment.settings import ServerSettings, read_server_settings


def connect() -> ServerSettings:
    """Django set up from this environment. What is written from now on is its owner's alone."""
    os.umask(0o077)
    settings = read_server_settings()
    need_no_open_restore(settings)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.running.django_settings")
    django.setup()
    return settings


def log_of(settings: ServerSettings) -> DecisionLog:
    """The decision log of a deployment."""
    return DecisionLog(settings.log)
