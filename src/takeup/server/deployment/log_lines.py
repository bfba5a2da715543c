"""Log lines: as text, or as one JSON object each (`TAKEUP_LOG_FORMAT=json`), with the request and the
sender they belong to, and without what names a person or opens anything."""

from __future__ import annotations

import logging
import re
import secrets
import warnings
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("takeup_request_id", default="")
sender: ContextVar[str] = ContextVar("takeup_sender", default="")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET = re.compile(r"tk_[0-9a-f]{8}_[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=/)[\w-]{24,}(?![\w.-])")
_ROW = re.compile(r"(DETAIL: +Key \([^)\n]*\)=|DETAIL: +Failing row contains )[^\n]*")
_ADDRESS = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+\.[A-Za-z]{2,}")


def new_request(headers: Mapping[bytes, bytes]) -> str:
    """The id under which this request's lines are found: the proxy's (X-Request-ID) or a new one."""
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    name = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    request_id.set(name)
    sender.set("")
    return name


def cleaned(text: str) -> str:
    """`text` without keys, tokens, links that open something, addresses of people, and the values that PostgreSQL
    tells of a row it refused."""
    return _ADDRESS.sub("(address)", _SECRET.sub("(secret)", _ROW.sub(r"\1(values)", text)))


class _Where(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.sender = request_id.get(), sender.get()
        return True


class _InALine(logging.Filter):
    """What anybody may cause by asking is told in a line: where it was raised helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


def _moment(record: logging.LogRecord) -> str:
    """When, with its zone: lines of several machines are read together."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextLines(logging.Formatter):
    """A line of text: time, level, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """As in the lines that are objects."""
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, cleaned."""
        return cleaned(super().format(record))


class JsonLines(JsonFormatter):
    """One object a line: time, level, logger, message, and where known request_id and sender."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """When, with its zone."""
        return _moment(record)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Fields that hold something, cleaned. The request as Django hands it over goes: it is written with all
        of its address, in which a link's token stands, and what somebody searched for."""
        told = {
            k: v if v is None or isinstance(v, int | float) else cleaned(str(v))
            for k, v in log_data.items()
            if k != "request"
        }
        return {k: v for k, v in told.items() if v not in (None, "")}


def with_warnings() -> None:
    """Warnings of libraries too are lines of the log; but not that whitenoise reads its small files at once,
    which Django says of every page's style and script."""
    warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
    logging.captureWarnings(True)


def logging_config(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for a format (text, json) and a level of our own loggers."""
    formats = {
        "text": {"()": "takeup.server.deployment.log_lines.TextLines"},
        "json": {
            "()": "takeup.server.deployment.log_lines.JsonLines",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(sender)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "timestamp": False,
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "where": {"()": "takeup.server.deployment.log_lines._Where"},
            "in_a_line": {"()": "takeup.server.deployment.log_lines._InALine"},
        },
        "formatters": formats,
        "handlers": {
            "console": {"class": "logging.StreamHandler", "filters": ["where"], "formatter": form}
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "takeup": {"level": level}, "django_tasks": {"level": "WARNING"},
            "apscheduler": {"level": "ERROR"},
            "django.security.DisallowedHost": {"filters": ["in_a_line"]},
            "uvicorn.error": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        },
    }  # fmt: skip
