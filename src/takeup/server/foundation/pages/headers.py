"""Headers that every answer carries, beside those that Django and django-csp set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware

_Answer = Callable[[HttpRequest], HttpResponse]
_AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponse]]


def no_store(get_response: _Answer) -> _Answer:
    """Pages hold what one person may see: no cache keeps them, no page uses the device."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    return answer


@async_only_middleware
def api_headers(get_response: _AsyncAnswer) -> _AsyncAnswer:
    """The API answers machines: nothing in it is a page."""

    async def answer(request: HttpRequest) -> HttpResponse:
        response = await get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response

    return answer
