"""The application that a server such as uvicorn runs."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from takeup.server.record_handler import RecordHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.django_settings")
django.setup(set_prefix=False)

_Scope = dict[str, Any]
_Channel = Callable[..., Awaitable[Any]]


def _record_handler() -> RecordHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.RECORD_MIDDLEWARE
    try:
        return RecordHandler()
    finally:
        settings.MIDDLEWARE = whole


_pages = ASGIHandler()
_api = _record_handler()


async def application(scope: _Scope, receive: _Channel, send: _Channel) -> None:
    """Pages go through sessions and permissions; the API, which has keys, does not."""
    chosen = _api if scope.get("path", "").startswith("/api/") else _pages
    await chosen(scope, receive, send)
