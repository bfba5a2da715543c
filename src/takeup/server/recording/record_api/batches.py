"""A request's body as rows: a JSON array (or an object with `rows`), or
NDJSON."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import Any

from jiter import from_json

from takeup.server.deployment.problems import Problem
from takeup.server.recording.record_api.receive import MOST_ROWS, Unreadable

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character that UTF-16 writes in two: hosts that cut texts at a length leave it."""
_HALF_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
_CUT = "a text holds half a character ({0!r}): cut texts between characters"


def rows_of(body: bytes, content_type: str, member: str = "rows") -> list[Any]:
    """The rows of a batch; a line of NDJSON that is no JSON becomes `Unreadable`.

    Raises Problem where the body as a whole cannot be used.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind in ("application/x-ndjson", "application/ndjson", "application/jsonl"):
        rows = [_line(line) for line in _lines(body)]
    elif kind in ("application/json", ""):
        rows = _array(body, member)
    else:
        raise Problem(
            415, "Unsupported media type", "send application/json or application/x-ndjson"
        )
    if not rows:
        raise Problem(400, "Empty batch", "the batch holds no rows")
    if len(rows) > MOST_ROWS:
        raise _too_many(f"{len(rows):,}")
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
    given, doubtful = _parsed(body)
    if isinstance(given, dict):
        return [_trusted(given, doubtful)]
    return rows_of(body, "application/json")


def one_of(body: bytes) -> Any:
    """The one JSON value of a body. Raises Problem where it is none, or more than one, or names a
    key twice, or a text in it ends amid a character."""
    return _trusted(*_parsed(body))


def _trusted(found: Any, doubtful: bool) -> Any:
    if doubtful and (reason := _doubt(found)):
        raise Problem(400, "A key twice, or half a character", f"the body is not used: {reason}")
    return found


def _array(body: bytes, member: str) -> list[Any]:
    given, doubtful = _parsed(body)
    if isinstance(given, dict) and not isinstance(given, _Repeated):
        given = given.get(member, given)
    if not isinstance(given, list):
        raise Problem(400, "Not a batch", f'send an array, or {{"{member}": […]}}, or NDJSON')
    return [_sound(row) for row in given] if doubtful else given


def _parsed(body: bytes) -> tuple[Any, bool]:
    """The JSON value of a body, and whether something in it is to be looked at row by row: a key that stands
    twice, half a character."""
    try:
        return from_json(
            body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys"
        ), False
    except ValueError as error:
        if "duplicate key" not in str(error) and not _HALF_ESCAPED.search(body):
            raise Problem(400, "Not JSON", f"the body is not JSON: {error}") from None
    try:
        # Slower, but it can say in which rows.
        return json.loads(body, object_pairs_hook=_object, parse_constant=_no_number), True
    except (ValueError, RecursionError) as error:
        raise Problem(400, "Not JSON", f"the body is not JSON: {error}") from None


def _lines(body: bytes) -> list[bytes]:
    """The lines that hold something. Raises Problem as soon as there are too many."""
    found: list[bytes] = []
    for line in io.BytesIO(body):
        if not line.isspace():
            found.append(line)
            if len(found) > MOST_ROWS:
                raise _too_many(f"more than {MOST_ROWS:,}")
    return found


def _too_many(rows: str) -> Problem:
    return Problem(413, "Batch too large", f"{rows} rows; send at most {MOST_ROWS:,} a batch")


def _line(line: bytes) -> Any:
    try:
        row, doubtful = _parsed(line.rstrip(b"\r\n"))
    except Problem as problem:
        reason = problem.detail.replace("the body", "the line", 1)
        return Unreadable(line.decode("utf-8", "replace"), reason)
    return _sound(row) if doubtful else row


class _Repeated(dict[str, Any]):
    """An object in which `key` stands twice: which of the two was meant, nobody knows."""

    def __init__(self, pairs: list[tuple[str, Any]], key: str) -> None:
        super().__init__(pairs)
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = Counter(name for name, _ in pairs)
    twice = next((name for name, n in seen.items() if n > 1), None)
    return dict(pairs) if twice is None else _Repeated(pairs, twice)


def _no_number(text: str) -> float:
    raise ValueError(text)


def _sound(row: Any) -> Any:
    """A row, or why it is not used."""
    if reason := _doubt(row):
        # As UTF-8 can hold it: half a character stands as "?".
        return Unreadable(_whole(json.dumps(row, ensure_ascii=False)), reason)
    return row


def _doubt(value: Any) -> str | None:
    if isinstance(value, _Repeated):
        return f"{_whole(value.key)!r} stands twice in one object; send it once"
    if isinstance(value, str):
        return _CUT.format(_whole(value)[-20:]) if _HALF.search(value) else None
    inner = (
        [*value, *value.values()]
        if isinstance(value, dict)
        else value
        if isinstance(value, list)
        else ()
    )
    return next((found for one in inner if (found := _doubt(one))), None)


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
