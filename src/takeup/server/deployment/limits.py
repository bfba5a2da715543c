"""What a connection may cost before anybody knows whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from uvicorn.protocols.http.h11_impl import H11Protocol

from takeup.server.deployment.problems import Problem

FIRST_REQUEST_SECONDS = 15.0
"""Until a new connection has sent the head of a request."""
LARGEST_PAGE_BODY = 16 * 1024 * 1024
LARGEST_UNKNOWN_BODY = 64 * 1024
"""Of who is not signed in: a form to sign in with."""
_PASSED_OVER = 1024 * 1024
PAGE_SECONDS = 60.0
"""Between the parts of a form or file."""
_Receive = Callable[[], Awaitable[Mapping[str, Any]]]
_Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_TOO_LARGE = Problem(413, "Too large", "the form or file is larger than this page takes")


class Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; a connection that asks nothing is closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(FIRST_REQUEST_SECONDS, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class LimitedPages:
    """Pages, whose bodies Django reads whole before it asks who sends them."""

    def __init__(self, pages: Callable[..., Awaitable[None]]) -> None:
        self._pages = pages
        self._session = f"{settings.SESSION_COOKIE_NAME}=".encode()

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        headers = {name.lower(): value for name, value in scope.get("headers", ())}
        signed_in = self._session in headers.get(b"cookie", b"")
        most = LARGEST_PAGE_BODY if signed_in else LARGEST_UNKNOWN_BODY
        length = headers.get(b"content-length", b"0")
        if not (length.isascii() and length.isdigit()) or int(length) > most:
            await refuse(_TOO_LARGE, send)
            return
        seen, whole = 0, False

        async def limited() -> Mapping[str, Any]:
            nonlocal seen, whole
            if whole:
                # What still comes is that the browser went.
                return await receive()
            async with asyncio.timeout(PAGE_SECONDS):
                message = await receive()
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message if seen <= most else _GONE

        await self._pages(scope, limited, send)


_GONE: Mapping[str, Any] = {"type": "http.disconnect"}


async def pass_over(receive: _Receive, size: int) -> None:
    """Let a small body go by, a second at most, and keep nothing of it: whoever is cut off while they
    send does not hear why."""
    if size <= _PASSED_OVER:
        try:
            async with asyncio.timeout(1):
                while (await receive()).get("more_body", False):
                    pass
        except TimeoutError:
            return


async def refuse(problem: Problem, send: _Send) -> None:
    """Answer without reading further; the connection is of no more use."""
    response = problem.response()
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.items()
    ]
    headers += [(b"content-length", str(len(response.content)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
