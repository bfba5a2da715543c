"""The application that a server such as uvicorn runs."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.urls import get_resolver

from takeup.server.deployment.limits import LimitedPages
from takeup.server.deployment.log_lines import new_request
from takeup.server.deployment.record_handler import RecordHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.running.django_settings")
django.setup(set_prefix=False)

# Its tables are Django's models: there once Django is set up.
from takeup.server.running.operating.metrics import answered, endpoint_of  # noqa: E402

_logger = logging.getLogger("takeup.requests")
_Scope = dict[str, Any]
_Channel = Callable[..., Awaitable[Any]]


async def _known(token: str, path: str) -> bool:
    """Whether a key, or the token of a page, may be used: asked before a byte of the body is read."""
    from takeup.server.recording.component.api import token_held
    from takeup.server.recording.record_api.api import key_held

    held = token_held if path.startswith("/api/v1/component/") else key_held
    return await held(token) is not None


def _record_handler() -> RecordHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.RECORD_MIDDLEWARE
    try:
        return RecordHandler(_known)
    finally:
        settings.MIDDLEWARE = whole


_CLIENT_LEFT = 499
"""Nothing was answered because nobody listened any more: a probe that waited for a start, say. No fault of ours (5xx)."""
_ASKED_BY_MACHINES = ("/ready", "/metrics")
_PLAIN = [
    (b"content-type", b"text/plain"),
    (b"content-length", b"6"),
    (b"cache-control", b"no-store"),
]
_pages = LimitedPages(ASGIHandler())
_api = _record_handler()
_ = get_resolver().url_patterns  # loads every page now, not with the first request
# All of this lives as long as the process. A full collection that walked it would hold up the request it
# falls into, and the loop, for a quarter of a second (`benchmarks/sprints.py`, `benchmarks/load.py`).
gc.collect()
gc.freeze()
# Pages make tens of thousands of objects and keep none: a look at the young ones with every seven hundred is too often.
gc.set_threshold(20_000, 20, 20)


def _by_any_name(scope: _Scope) -> _Scope:
    """A probe, or a Prometheus, asks by the address of a machine or a container, which TAKEUP_ALLOWED_HOSTS does
    not name."""
    named = (b"host", urlsplit(settings.TAKEUP.public_url).netloc.encode())
    return {**scope, "headers": [*(h for h in scope["headers"] if h[0] != b"host"), named]}


async def application(scope: _Scope, receive: _Channel, send: _Channel) -> None:
    """Pages go through sessions and permissions; the API, which has keys, does not. Whether the process
    lives is told by the loop itself, whatever its threads do."""
    if scope.get("path") == "/health":
        await send({"type": "http.response.start", "status": 200, "headers": _PLAIN})
        await send({"type": "http.response.body", "body": b"alive\n"})
        return
    if scope.get("path") in _ASKED_BY_MACHINES:
        scope = _by_any_name(scope)
    name = new_request(dict(scope.get("headers", ()))).encode()
    begun, status = time.perf_counter(), _CLIENT_LEFT

    async def told(message: Mapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", name)]}
        await send(message)

    chosen = _api if scope.get("path", "").startswith("/api/") else _pages
    try:
        await chosen(scope, receive, told)
    except Exception:
        status = 500
        raise
    finally:
        seconds = time.perf_counter() - begun
        answered(scope.get("path", ""), status, seconds)
        _logger.info(
            "%s %s answered %d in %.0f ms", scope.get("method"), endpoint_of(scope.get("path", "")),
            status, 1_000 * seconds,
        )  # fmt: skip
