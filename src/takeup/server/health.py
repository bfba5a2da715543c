"""Is the process alive, and can it keep what it is sent?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from takeup.server.problems import Problem


def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The store answers too: batches can be kept."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Problem(503, "Not ready", "the database does not answer").response()
    return HttpResponse("ready\n", content_type="text/plain")
