"""What the embedded recommendation tells and asks: that it was seen, left or marked as wrong; and how
good the advice has been in cases like this. By token, from the token's origin, on its decision alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router
from ninja.security import HttpBearer

from takeup.record.clock import now
from takeup.server.deployment.problems import Problem
from takeup.server.recording.component.services import told_of
from takeup.server.recording.component.token import ComponentToken, token_of
from takeup.server.recording.record_api.api import parsed
from takeup.server.recording.record_api.batches import events_of
from takeup.server.recording.record_api.pool import in_pool, kept
from takeup.server.recording.record_api.rate import RateLimit
from takeup.server.recording.record_api.receive_events import receive_events
from takeup.server.recording.record_api.schemas import ProblemSchema

MAY_TELL = ("takeup.viewed", "takeup.abandoned", "takeup.flagged")
_limit = RateLimit(lambda: int(settings.TAKEUP.rate_per_minute))
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}

_REFUSALS: dict[Any, Any] = dict.fromkeys((401, 403, 429, 503), ProblemSchema)
router = Router(tags=["component"])


async def token_held(token: str) -> ComponentToken | None:
    """The token that holds, of a page."""
    return await in_pool(token_of, token)


class _Token(HttpBearer):
    """`Authorization: Bearer` and the token that the host's backend signed for this page."""

    async def authenticate(self, request: HttpRequest, token: str) -> ComponentToken | None:
        return await token_held(token)


@router.api_operation(["OPTIONS"], "/events", auth=None, include_in_schema=False)
@router.api_operation(["OPTIONS"], "/context", auth=None, include_in_schema=False)
async def preflight(request: HttpRequest) -> HttpResponse:
    """A browser asks first; the token says with the request itself whether its origin may."""
    return _open_to(HttpResponse(status=204), request.headers.get("Origin", ""))


@router.post(
    "/events",
    auth=_Token(),
    response={204: None, 400: ProblemSchema, 413: ProblemSchema, 415: ProblemSchema, **_REFUSALS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/cloudevents+json": {"schema": {"type": "object"}}},
        }
    },
    summary="What happened to the advice",
)
async def component_events(request: HttpRequest) -> HttpResponse:
    """CloudEvents `viewed`, `abandoned`, `flagged` of the token's decision. That it was made is
    recorded by the host."""
    token = _token(request)
    given = await parsed(events_of, request)
    if not all(_is_of(one, token) for one in given):
        raise Problem(
            403, "Not of this token", "a token speaks of its own decision, and never decides"
        )
    # The ids a page gives are its decision's own: it takes no other advice's.
    told = [_not_later(one) for one in given]
    await kept(receive_events, told, token.key, within=token.decision_id)
    return _open_to(HttpResponse(status=204), token.origin)


@router.get(
    "/context",
    auth=_Token(),
    response={200: dict[str, Any], **_REFUSALS},
    summary="Its track record",
)
async def component_context(request: HttpRequest) -> HttpResponse:
    """How good the advice has been when it was this sure, and on this kind of case."""
    token = _token(request)
    told = await in_pool(told_of, token.use_case, token.known, token.confidence)
    return _open_to(JsonResponse(told), token.origin)


def _token(request: HttpRequest) -> ComponentToken:
    token: ComponentToken = request.auth  # type: ignore[attr-defined]
    if request.headers.get("Origin") != token.origin:
        raise Problem(403, "Another origin", "this token is good for the page it was made for")
    if not _limit.allows(token.key.pk):
        raise Problem(429, "Too many requests", "this key's pages send too fast; wait a minute")
    return token


def _is_of(event: Any, token: ComponentToken) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        return False
    named = event.get("type") in MAY_TELL and set(event["data"]) <= {"use_case", "kind"}
    mine = (event.get("subject"), event["data"].get("use_case"))
    return named and mine == (token.decision_id, token.use_case)


def _not_later(event: dict[str, Any]) -> dict[str, Any]:
    """A browser's clock may be ahead: what it tells happened before it was told."""
    moment = now()
    try:
        read = datetime.fromisoformat(str(event.get("time")))
        return event if read <= moment else event | {"time": moment.isoformat()}
    except (ValueError, TypeError):
        # Not a time, or without its zone: refused with its reason where events are read.
        return event


def _open_to(response: HttpResponse, origin: str) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = origin
    response["Vary"] = "Origin"
    for name, value in _ALLOWED.items():
        response[name] = value
    return response
