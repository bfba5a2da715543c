"""Record API v1: batches of decisions, outcomes and eligible cases."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer
from pydantic import Field

from takeup.record.incoming import RecordKind
from takeup.server.record_api.batches import rows_of
from takeup.server.record_api.keys import key_of
from takeup.server.record_api.models import ApiKey
from takeup.server.record_api.problems import Problem
from takeup.server.record_api.rate import RateLimit
from takeup.server.record_api.receive import RowResult, receive

_limit = RateLimit(settings.TAKEUP.rate_per_minute)


class ResultSchema(Schema):
    """What became of one row, by its place in the batch."""

    index: int
    status: str = Field(description="stored, revised, unchanged, conflict or quarantined")
    key: str | None = None
    revision: int | None = None
    reasons: list[str] = []
    quarantine_id: int | None = None


class BatchSchema(Schema):
    """The batch is durable. Counts by status, and one result for each row."""

    stored: int
    revised: int
    unchanged: int
    conflict: int
    quarantined: int
    results: list[ResultSchema]


class ProblemSchema(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class SenderKey(HttpBearer):
    """`Authorization: Bearer tk_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return key_of(token)


api = NinjaAPI(
    title="takeup record API",
    version="1",
    description="Decisions, outcomes and eligible cases. An answer means that the batch is kept.",
    auth=SenderKey(),
    docs_url=None,
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(DatabaseError)
def _store_refuses(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    return Problem(
        503, "Not recorded", "the store refused the batch; nothing of it was kept, send it again"
    ).response()


_ANSWERS: dict[Any, Any] = {
    200: BatchSchema, 400: ProblemSchema, 401: ProblemSchema, 413: ProblemSchema,
    415: ProblemSchema, 429: ProblemSchema, 503: ProblemSchema,
}  # fmt: skip
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": 1000, "items": {"type": "object"}}
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


@api.post("/decisions", response=_ANSWERS, openapi_extra=_BODY, summary="Decisions")
def decisions(request: HttpRequest) -> dict[str, Any]:
    """Up to 1,000 decisions in the canonical columns (docs/reference/record-api.md)."""
    return _received("decisions", request)


@api.post("/outcomes", response=_ANSWERS, openapi_extra=_BODY, summary="Outcomes")
def outcomes(request: HttpRequest) -> dict[str, Any]:
    """Up to 1,000 outcomes; they may come months after their decision."""
    return _received("outcomes", request)


@api.post("/eligible", response=_ANSWERS, openapi_extra=_BODY, summary="Eligible cases")
def eligible(request: HttpRequest) -> dict[str, Any]:
    """Up to 1,000 cases of the system of record: the true denominator."""
    return _received("eligible", request)


def _received(kind: RecordKind, request: HttpRequest) -> dict[str, Any]:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if not _limit.allows(key.pk):
        raise Problem(429, "Too many batches", "this key sends too fast; wait a minute")
    results = receive(kind, rows_of(request.body, request.content_type or ""), key)
    return answer(results)


def answer(results: list[RowResult]) -> dict[str, Any]:
    """The body of an answer."""
    counts = dict.fromkeys(("stored", "revised", "unchanged", "conflict", "quarantined"), 0)
    for one in results:
        counts[one.status] += 1
    shown = [
        {
            "index": r.index, "status": r.status, "key": r.key, "revision": r.revision,
            "reasons": list(r.reasons), "quarantine_id": r.quarantine_id,
        }
        for r in results
    ]  # fmt: skip
    return {**counts, "results": shown}


def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The store answers too: batches can be kept."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Problem(503, "Not ready", "the database does not answer").response()
    return HttpResponse("ready\n", content_type="text/plain")
