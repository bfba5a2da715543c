"""Django made ready in this process, for the commands that need the server's store."""

from __future__ import annotations

import os

import django
from django.core.management import call_command
from django.db import OperationalError

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.server.settings import ServerSettings, read_server_settings


def connect() -> ServerSettings:
    """Django set up from this environment."""
    settings = read_server_settings()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.django_settings")
    django.setup()
    return settings


def start() -> ServerSettings:
    """Django set up from this environment, its tables up to date."""
    settings = connect()
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        where = "TAKEUP_DATABASE_URL" if settings.database_url else str(settings.home)
        raise InputError(
            f"the database ({where}) does not answer: {str(error).strip()}. Is it there, and "
            "may this user write to it?"
        ) from None
    return settings


def log_of(settings: ServerSettings) -> DecisionLog:
    """The decision log of a deployment."""
    return DecisionLog(settings.log)
