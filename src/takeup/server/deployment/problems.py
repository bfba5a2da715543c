"""What goes wrong with a request, as RFC 9457 problem documents."""

from __future__ import annotations

import json

from django.http import HttpResponse


class Problem(Exception):  # noqa: N818 (RFC 9457 calls it a problem)
    """A request that cannot be served: status, a short title, and what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail

    def response(self) -> HttpResponse:
        """As `application/problem+json`."""
        body = {"type": "about:blank", "title": self.title, "status": self.status}
        response = HttpResponse(
            json.dumps(body | {"detail": self.detail}),
            status=self.status,
            content_type="application/problem+json",
        )
        if self.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        if self.status == 429:
            response["Retry-After"] = "60"
        return response


NO_KEY = Problem(401, "No key in force", "send Authorization: Bearer tk_… (takeup key make)")
