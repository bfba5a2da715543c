"""Figures of this process and its store in the text that Prometheus reads, with bounded labels: no sender,
no person, no use case."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from takeup.record.clock import now
from takeup.server.acting.rollout.services import stops_in_force
from takeup.server.recording.record_api.services import watched

_ENDPOINTS = (
    "decisions", "outcomes", "eligible", "recommendations", "events", "cds-services", "quarantine", "modes",
    "people", "component",
)  # fmt: skip
_registry = CollectorRegistry()
_requests = Counter(
    "takeup_requests", "Requests answered", ["endpoint", "code"], registry=_registry
)
_seconds = Histogram(
    "takeup_request_seconds", "Seconds until a request was answered", ["endpoint"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30), registry=_registry,
)  # fmt: skip


def endpoint_of(path: str) -> str:
    """One of a few names for an address."""
    if not path.startswith("/api/v1/"):
        return "page"
    first = path.removeprefix("/api/v1/").split("/", 1)[0]
    return first if first in _ENDPOINTS else "other"


def answered(path: str, status: int, seconds: float) -> None:
    """Count one request."""
    endpoint = endpoint_of(path)
    _requests.labels(endpoint, f"{status // 100}xx").inc()
    _seconds.labels(endpoint).observe(seconds)


class _Store(Collector):
    """What the store says when it is asked."""

    def collect(self) -> Iterator[Metric]:
        """Whether it answers; rows by what became of them, what waits, since when; room."""
        yield GaugeMetricFamily(
            "takeup_disk_free_bytes",
            "Room at the home folder",
            value=shutil.disk_usage(settings.TAKEUP.home).free,
        )
        try:
            found, stops = watched(), stops_in_force()
        except DatabaseError:
            # Requests and room are still told: this is when somebody looks.
            found = None
        yield GaugeMetricFamily(
            "takeup_database_up", "Whether the database answers", value=float(found is not None)
        )
        if found is None:
            return
        rows = CounterMetricFamily("takeup_rows", "Rows by what became of them", labels=["status"])
        for name, count in found.rows.items():
            rows.add_metric([name], count)
        yield rows
        figures = {
            "takeup_inbox_waiting_rows": ("Rows that are not in the log yet", found.undrained),
            "takeup_inbox_oldest_seconds": ("Age of the oldest of them", _age(found.oldest)),
            "takeup_quarantine_waiting_rows": ("Rows that wait for a correction", found.in_quarantine),
            "takeup_stops_in_force": ("Stops of advice in force", stops),
            "takeup_night_seconds": ("Seconds since the last nightly work", _age(found.last_night)),
        }  # fmt: skip
        for name, (words, value) in figures.items():
            yield GaugeMetricFamily(name, words, value=value)


_registry.register(_Store())


def metrics(request: HttpRequest) -> HttpResponse:
    """For who has `TAKEUP_METRICS_TOKEN`; without it set there is no such page."""
    expected = settings.TAKEUP.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not expected:
        raise Http404
    if not secrets.compare_digest(given.encode(), expected.encode()):
        return HttpResponse(
            "send Authorization: Bearer and TAKEUP_METRICS_TOKEN\n",
            status=401,
            content_type="text/plain",
        )
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def _age(moment: datetime | None) -> float:
    return 0.0 if moment is None else (now() - moment).total_seconds()
