"""Record API v1: batches of decisions, outcomes and eligible cases."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer
from pydantic_core import to_json

from takeup.record.errors import DeclarationError
from takeup.record.incoming import RecordKind
from takeup.server.acting.rollout.services import Hearing, HeldAnswers
from takeup.server.deployment.log_lines import sender
from takeup.server.deployment.problems import NO_KEY, Problem
from takeup.server.foundation.organization.services import (
    import_people,
    read_people,
    read_people_csv,
)
from takeup.server.recording.record_api.batches import events_of, one_of, rows_of
from takeup.server.recording.record_api.keys import PURPOSES, HeldKeys, in_force, key_of
from takeup.server.recording.record_api.models import ApiKey
from takeup.server.recording.record_api.pool import in_pool, kept
from takeup.server.recording.record_api.quarantine import replay, waiting
from takeup.server.recording.record_api.rate import RateLimit
from takeup.server.recording.record_api.receive import RowResult, receive
from takeup.server.recording.record_api.receive_cds import receive_cards, receive_feedback
from takeup.server.recording.record_api.receive_events import receive_events
from takeup.server.recording.record_api.receive_recommendations import receive_recommendations
from takeup.server.recording.record_api.schemas import (
    BatchSchema,
    ImportSchema,
    ModesSchema,
    ProblemSchema,
    QuarantinedSchema,
    ResultSchema,
)

_keys = HeldKeys()
_logger = logging.getLogger("takeup.requests")
_READ_AT_ONCE = 64 * 1024
"""Bytes that are read in less time than it takes to hand them to a thread."""
_modes = HeldAnswers()
_hearing = Hearing()
_limit = RateLimit(lambda: int(settings.TAKEUP.rate_per_minute))


async def key_held(token: str) -> ApiKey | None:
    """The key in force that `token` is, asked for once in a moment."""
    return _keys.held(token) or _keys.hold(token, await in_pool(key_of, token))


class SenderKey(HttpBearer):
    """`Authorization: Bearer tk_…`."""

    async def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return await key_held(token)


class _RecordApi(NinjaAPI):
    """Says in its OpenAPI that what goes wrong is a problem document."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for code, answer in operation["responses"].items():
                    if int(code) >= 400 and "application/json" in answer.get("content", {}):
                        held = answer["content"].pop("application/json")
                        answer["content"]["application/problem+json"] = held
        return schema


api = _RecordApi(
    title="takeup record API",
    version="1",
    description="Decisions, outcomes and eligible cases. An answer means that the batch is kept.",
    auth=SenderKey(),
    docs_url=None,
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return NO_KEY.response()


@api.exception_handler(ValidationError)
def _wrong_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in error.errors)
    return Problem(422, "Wrong parameter", wrong).response()


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of takeup's own: told in the form that senders read, and whole in the log."""
    _logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return Problem(
        500,
        "Not answered",
        "takeup failed over this request; its log says how. Send it again later",
    ).response()


@api.exception_handler(DatabaseError)
def _store_refuses(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    return Problem(
        503, "Not recorded", "the store refused the batch; nothing of it was kept, send it again"
    ).response()


_ANSWERS: dict[Any, Any] = {
    200: BatchSchema, 400: ProblemSchema, 401: ProblemSchema, 403: ProblemSchema, 413: ProblemSchema,
    415: ProblemSchema, 429: ProblemSchema, 503: ProblemSchema,
}  # fmt: skip
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1000,
                    "items": {},
                }
            },
            "application/x-ndjson": {"schema": {"type": "string", "pattern": "[^\\s]"}},
        },
    }
}


@api.post("/decisions", response=_ANSWERS, openapi_extra=_BODY, summary="Decisions")
async def decisions(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 decisions in the canonical columns (docs/reference/record-api.md)."""
    return await _received("decisions", request)


@api.post("/outcomes", response=_ANSWERS, openapi_extra=_BODY, summary="Outcomes")
async def outcomes(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 outcomes; they may come months after their decision."""
    return await _received("outcomes", request)


@api.post("/eligible", response=_ANSWERS, openapi_extra=_BODY, summary="Eligible cases")
async def eligible(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 cases of the system of record: the true denominator."""
    return await _received("eligible", request)


@api.post("/recommendations", response=_ANSWERS, openapi_extra=_BODY, summary="Recommendations")
async def recommendations(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 recommendations, before anybody decided; the answer says for each whether
    people may see it."""
    key = _key(request)
    given = await parsed(rows_of, request)
    return answer(await kept(_with, key, receive_recommendations, given, key))


_EVENT: dict[str, Any] = {"schema": {"type": "object"}}
_EVENTS: dict[str, Any] = {
    "schema": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {}}
}


@api.post(
    "/events",
    response=_ANSWERS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": _EVENT,
                "application/cloudevents-batch+json": _EVENTS,
            },
        }
    },
    summary="Life-cycle events",
)
async def events(request: HttpRequest) -> HttpResponse:
    """CloudEvents `delivered`, `viewed`, `abandoned`, `flagged`, `made`, one or up to 1,000;
    folded into decisions."""
    key = _key(request)
    given = await parsed(events_of, request)
    return answer(await kept(_with, key, receive_events, given, key))


@api.post(
    "/cds-services/{service}/cards", response=_ANSWERS | {422: ProblemSchema}, openapi_extra=_BODY,
    summary="Card log of a CDS service",
)  # fmt: skip
async def cds_cards(request: HttpRequest, service: str) -> HttpResponse:
    """Answered requests of a CDS Hooks service: hookInstance, requestedAt, context.userId and
    its cards. Each is an eligible case; each card is advice."""
    key = _key(request)
    given = await parsed(rows_of, request)
    return answer(await kept(_with, key, receive_cards, service, given, key))


@api.post(
    "/cds-services/{service}/feedback",
    response=_ANSWERS | {422: ProblemSchema},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["feedback"],
                        "properties": {
                            "feedback": {
                                "type": "array", "minItems": 1, "maxItems": 1000, "items": {}
                            }
                        },
                    }
                }
            },
        }
    },
    summary="CDS Hooks feedback",
)  # fmt: skip
async def cds_feedback(request: HttpRequest, service: str) -> HttpResponse:
    """HL7 CDS Hooks feedback, unchanged: accepted or overridden, with its reason."""
    key = _key(request)
    given = await parsed(functools.partial(rows_of, member="feedback"), request)
    return answer(await kept(_with, key, receive_feedback, service, given, key))


@api.get(
    "/quarantine",
    response={
        200: list[QuarantinedSchema],
        401: ProblemSchema,
        403: ProblemSchema,
        422: ProblemSchema,
        429: ProblemSchema,
    },
    summary="Rows that wait for a correction",
)
async def quarantine(request: HttpRequest, most: int = 100) -> list[dict[str, Any]]:
    """The oldest first, at most 1,000."""
    key = _key(request)
    return await in_pool(_with, key, waiting, key, max(most, 1))


@api.post(
    "/quarantine/{number}",
    response={
        200: ResultSchema, 400: ProblemSchema, 401: ProblemSchema, 403: ProblemSchema, 404: ProblemSchema,
        409: ProblemSchema,
        422: ProblemSchema, 429: ProblemSchema, 503: ProblemSchema,
    },
    openapi_extra={
        "requestBody": {
            "required": True, "content": {"application/json": {"schema": {}}}
        }
    },
    summary="A corrected row",
)  # fmt: skip
async def correct(request: HttpRequest, number: int) -> dict[str, Any]:
    """Kept in place of the quarantined one; its result as in a batch."""
    key = _key(request)
    return shown(await kept(_with, key, replay, number, one_of(request.body), key))


@api.get(
    "/modes",
    response={
        200: ModesSchema, 304: None, 401: ProblemSchema, 403: ProblemSchema, 429: ProblemSchema
    },
    summary="Whether advice is shown",
)  # fmt: skip
async def modes(request: HttpRequest) -> HttpResponse:
    """The rollout of each use case as it is now; send the ETag back as If-None-Match."""
    key = _key(request)
    scope = tuple(key.use_cases)
    # A client asks every other second: what was told within the last half is told again.
    held = _modes.held(scope)
    if held is None:
        held = cast(tuple[bytes, str], await in_pool(_with, key, _modes.hold, scope))
    body, tag = held
    if _hearing.due(key.prefix, tag):
        await kept(_with, key, _hearing.keep, key.prefix, key.sender.name, scope, tag)
    headers = {"ETag": tag, "Cache-Control": "private, max-age=1"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


@api.post(
    "/people",
    response={
        200: ImportSchema, 400: ProblemSchema, 401: ProblemSchema, 403: ProblemSchema,
        413: ProblemSchema, 415: ProblemSchema, 422: ProblemSchema, 429: ProblemSchema,
        503: ProblemSchema,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": {}}},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
    summary="The whole organization",
)  # fmt: skip
async def people(request: HttpRequest, dry_run: bool = False) -> dict[str, Any]:
    """Everybody, a row a person (key of purpose organization). Who is in it no more is
    deactivated; one bad row and nothing is used."""
    key = _key(request, "organization")
    try:
        if (request.content_type or "").startswith("text/csv"):
            rows = read_people_csv(request.body.decode("utf-8"), "body")
        else:
            given = one_of(request.body)
            if not isinstance(given, list) or not all(isinstance(r, dict) for r in given):
                raise Problem(400, "Not the people", "send an array of objects, or text/csv")
            rows = read_people(given, "body")
    except UnicodeDecodeError:
        raise Problem(400, "Not UTF-8", "send the CSV as UTF-8") from None
    except DeclarationError as error:
        raise Problem(422, "Nothing was changed", "; ".join(error.problems)) from None
    actor = str(key.sender.name)
    changes = await kept(_with, key, import_people, rows, actor=actor, dry_run=dry_run)
    return {
        "dry_run": dry_run, "rows": len(rows),
        "changes": [
            {"person_id": c.person_id, "what": c.what, "before": c.before, "after": c.after}
            for c in changes
        ],
    }  # fmt: skip


def _key(request: HttpRequest, purpose: str = "records") -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if key.purpose != purpose:
        raise Problem(403, "Another key", f"this key {PURPOSES[key.purpose]}, not this")
    sender.set(key.sender.name)
    if not _limit.allows(key.pk):
        raise Problem(429, "Too many requests", "this key sends too fast; wait a minute")
    return key


def _with(key: ApiKey, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`work` where the key is still in force, in one go with it."""
    if not in_force(key):
        raise NO_KEY
    return work(*args, **kwargs)


async def parsed(read: Callable[[bytes, str], list[Any]], request: HttpRequest) -> list[Any]:
    """The rows of a request; a large body is read beside the loop that answers everybody."""
    given = (request.body, request.content_type or "")
    if len(request.body) < _READ_AT_ONCE:
        return read(*given)
    return await asyncio.to_thread(read, *given)


async def _received(kind: RecordKind, request: HttpRequest) -> HttpResponse:
    key = _key(request)
    given = await parsed(rows_of, request)
    return answer(await kept(_with, key, receive, kind, given, key))


def answer(results: list[RowResult]) -> HttpResponse:
    """The results of a batch, written at once: its shape is `BatchSchema`."""
    counts = dict.fromkeys(("stored", "revised", "unchanged", "conflict", "quarantined"), 0)
    for one in results:
        counts[one.status] += 1
    body = to_json({**counts, "results": [shown(one) for one in results]})
    return HttpResponse(body, content_type="application/json")


def shown(r: RowResult) -> dict[str, Any]:
    """One row's result as the answer holds it: what there is to say, so that thousands of rows that went
    well cost little to tell and to read."""
    told: dict[str, Any] = {"index": r.index, "status": r.status}
    for name in ("key", "revision", "reasons", "quarantine_id", "show"):
        value = getattr(r, name)
        if value is not None and value != ():
            told[name] = value
    return told
