"""The application that a server such as uvicorn runs."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.django_settings")
django.setup(set_prefix=False)

_Scope = dict[str, Any]
_Channel = Callable[..., Awaitable[Any]]


def _handler(middleware: list[str]) -> ASGIHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, middleware
    try:
        return ASGIHandler()
    finally:
        settings.MIDDLEWARE = whole


_pages = _handler(settings.MIDDLEWARE)
_api = _handler(settings.RECORD_MIDDLEWARE)


async def application(scope: _Scope, receive: _Channel, send: _Channel) -> None:
    """Pages go through sessions and permissions; the API, which has keys, does not."""
    chosen = _api if scope.get("path", "").startswith("/api/") else _pages
    await chosen(scope, receive, send)
