"""How the record API's requests reach Django: without the threads that pages need, and without work
for those who have no key.

Django announces the start and the end of each request to receivers that run in a thread made for
that request. The API keeps connections of its own threads sound itself (`record_api/pool.py`), so
it goes without. It also reads a whole body, onto the disk where it is large, before anybody asks
for the key; here the key comes first, then at most LARGEST_BODY bytes, within BODY_SECONDS, and of all bodies
together no more than BODIES_TOGETHER wait in memory.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.db import DatabaseError

from takeup.server.deployment.limits import pass_over, refuse
from takeup.server.deployment.problems import NO_KEY, Problem

LARGEST_BODY = 16 * 1024 * 1024
"""A batch of 1,000 rows of long text, and no more."""
BODY_SECONDS = 30.0
BODIES_TOGETHER = 4 * LARGEST_BODY
_Receive = Callable[[], Awaitable[Mapping[str, Any]]]
_Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Known = Callable[[str, str], Awaitable[bool]]
"""Whether what stands behind `Bearer` may be used at this path."""
_OPEN = ("/api/v1/openapi.json",)
_TOO_LARGE = Problem(
    413,
    "Batch too large",
    f"a body holds at most {LARGEST_BODY // 2**20} MB; send the rows in smaller batches",
)
_TOO_SLOW = Problem(
    408, "Too slow", f"the body did not come within {BODY_SECONDS:.0f} seconds; send it again"
)
_NO_STORE = Problem(
    503, "Not recorded", "the database does not answer; nothing was kept, send it again"
)
_BUSY = Problem(503, "Not recorded", "too many bodies are on their way; send it again in a moment")


class RecordHandler(ASGIHandler):
    """Asks for the key, reads the body, answers, and nothing else."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self._known = known
        self._bodies = _Bodies(BODIES_TOGETHER)

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        try:
            announced = await self._admitted(scope)
        except (Problem, DatabaseError) as error:
            await pass_over(receive, _announced(scope))
            await refuse(error if isinstance(error, Problem) else _NO_STORE, send)
            return
        try:
            async with self._bodies.room_for(announced):
                await self._answer(scope, receive, send, announced)
        except Problem as problem:
            await refuse(problem, send)

    async def _answer(
        self, scope: dict[str, Any], receive: _Receive, send: _Send, announced: int
    ) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = io.BytesIO(await _read(receive, announced))
        except RequestAborted:
            return
        except TimeoutError:
            raise _TOO_SLOW from None
        try:
            request, refused = self.create_request(scope, body)
            if request is not None:
                await self.send_response(await self.get_response_async(request), send)
            elif refused is not None:
                await self.send_response(refused, send)
        finally:
            body.close()

    async def _admitted(self, scope: Mapping[str, Any]) -> int:
        """How many bytes may come. Raises Problem where no key is in force, or too many are announced."""
        path, method = scope.get("path", ""), scope.get("method")
        headers = {name.lower(): value for name, value in scope.get("headers", ())}
        if method == "OPTIONS" or (method == "GET" and path in _OPEN):
            return 0
        scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not await self._known(given.strip(), path):
            raise NO_KEY
        announced = _announced(scope)
        if announced > LARGEST_BODY:
            raise _TOO_LARGE
        return announced


def _announced(scope: Mapping[str, Any]) -> int:
    """How many bytes a request says will come; as many as may where it does not say."""
    headers = {name.lower(): value for name, value in scope.get("headers", ())}
    length = headers.get(b"content-length")
    if length is None:
        return LARGEST_BODY if headers.get(b"transfer-encoding") else 0
    return int(length) if length.isascii() and length.isdigit() else LARGEST_BODY + 1


class _Bodies:
    """Room in memory for bodies on their way; who finds none within a moment is asked to come again."""

    _MOMENT = 2.0

    def __init__(self, most: int) -> None:
        self._left = most
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def room_for(self, size: int) -> AsyncIterator[None]:
        """Room for `size` bytes while the block runs. Raises Problem where there is none."""
        try:
            async with asyncio.timeout(self._MOMENT), self._changed:
                await self._changed.wait_for(lambda: self._left >= size)
                self._left -= size
        except TimeoutError:
            raise _BUSY from None
        try:
            yield
        finally:
            async with self._changed:
                self._left += size
                self._changed.notify_all()


async def _read(receive: _Receive, most: int) -> bytes:
    """The body, in memory. Raises Problem once it is larger than `most`."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _TOO_LARGE
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
