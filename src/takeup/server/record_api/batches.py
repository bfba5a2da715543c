"""A request's body as rows: a JSON array (or an object with `rows`), or
NDJSON."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from takeup.server.problems import Problem
from takeup.server.record_api.receive import MOST_ROWS, Unreadable


def rows_of(body: bytes, content_type: str, member: str = "rows") -> list[Any]:
    """The rows of a batch; a line of NDJSON that is no JSON becomes `Unreadable`.

    Raises Problem where the body as a whole cannot be used.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind in ("application/x-ndjson", "application/ndjson", "application/jsonl"):
        rows = [_line(line) for line in body.split(b"\n") if line.strip()]
    elif kind in ("application/json", ""):
        rows = _array(body, member)
    else:
        raise Problem(
            415, "Unsupported media type", "send application/json or application/x-ndjson"
        )
    if not rows:
        raise Problem(400, "Empty batch", "the batch holds no rows")
    if len(rows) > MOST_ROWS:
        raise Problem(
            413, "Batch too large", f"{len(rows)} rows; send at most {MOST_ROWS:,} a batch"
        )
    return rows


def events_of(body: bytes, content_type: str) -> list[Any]:
    """CloudEvents of a request: one (structured mode) or a batch.

    Raises Problem where the body as a whole cannot be used.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind not in (
        "application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "",
    ):  # fmt: skip
        raise Problem(
            415, "Unsupported media type",
            "send application/cloudevents+json or application/cloudevents-batch+json",
        )  # fmt: skip
    given = one_of(body)
    if isinstance(given, dict):
        return [given]
    return rows_of(body, "application/json")


def one_of(body: bytes) -> Any:
    """The one JSON value of a body. Raises Problem where it is none, or more than one."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, "Not JSON", f"the body is not JSON: {error}") from None


def _array(body: bytes, member: str) -> list[Any]:
    given = one_of(body)
    if isinstance(given, dict) and isinstance(given.get(member), list):
        given = given[member]
    if not isinstance(given, list):
        raise Problem(400, "Not a batch", f'send an array, or {{"{member}": […]}}, or NDJSON')
    return given


def _line(line: bytes) -> Any:
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return Unreadable(line.decode("utf-8", "replace"), f"the line is not JSON: {error}")
