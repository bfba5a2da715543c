"""Is the process alive, and can it keep what it is sent?"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from takeup.server.deployment.problems import Problem

_LEAST_FREE = 100_000_000
"""Bytes below which a batch may find no room."""


def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The store answers too, and there is room: batches can be kept."""
    if refused := no_room(settings.TAKEUP.home):
        return Problem(503, "Not ready", refused).response()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Problem(503, "Not ready", "the database does not answer").response()
    return HttpResponse("ready\n", content_type="text/plain")


def no_room(folder: Path) -> str:
    """Why nothing more can be kept in a folder; empty where it can."""
    try:
        free = shutil.disk_usage(folder).free
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0" * 4096)
            file.flush()
    except OSError as error:
        return f"nothing can be written to the home folder ({error.strerror or error})"
    return "" if free >= _LEAST_FREE else f"the disk is full: {free / 1e6:.0f} MB are free"
