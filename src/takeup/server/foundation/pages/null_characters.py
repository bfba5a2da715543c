"""Pages take no NUL: PostgreSQL cannot hold it, and nobody types one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

_Answer = Callable[[HttpRequest], HttpResponse]


def no_null_characters(get_response: _Answer) -> _Answer:
    """Whoever sends one hears so, before a page asks the store with it."""

    def answer(request: HttpRequest) -> HttpResponse:
        sent = [value for given in (request.GET, request.POST) for _, values in given.lists() for value in values]  # fmt: skip
        if any("\0" in str(text) for text in (request.path, *sent)):
            return HttpResponseBadRequest("a text holds a NUL character", content_type="text/plain")
        return get_response(request)

    return answer
