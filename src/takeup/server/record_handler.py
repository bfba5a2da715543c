"""How the record API's requests reach Django: without the threads that pages need.

Django announces the start and the end of each request to receivers that run in a thread made for
that request. The API keeps connections of its own threads sound itself (`record_api/pool.py`), so
it goes without.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler


class RecordHandler(ASGIHandler):
    """Reads the body, answers, and nothing else."""

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            request, refused = self.create_request(scope, body)
            if request is not None:
                await self.send_response(await self.get_response_async(request), send)
            elif refused is not None:
                await self.send_response(refused, send)
        finally:
            body.close()
