"""Where no signal came for four weeks, an invented one shows whether somebody would answer it in time."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from takeup.questions.signals.measure import WORDS
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.signals.models import Response
from takeup.server.acting.signals.rules import RAISED, asks_of
from takeup.server.acting.signals.services import dated, tell_of
from takeup.server.deployment.locks import hold_to_commit
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization

QUIET_FOR = timedelta(days=28)
COUNTS_FOR = timedelta(days=90)
CODES = tuple(code for code in WORDS if code not in RAISED)
"""Signals that may be invented."""


def why_no_drill(use_case: str) -> str:
    """Why no drill may begin now; empty where one may."""
    since = now() - QUIET_FOR
    held = Response.objects.filter(use_case=use_case)
    if held.filter(drill=False, closed_at=None).exists():
        return "a signal waits for its answer: that one is no drill"
    if held.filter(drill=False, opened_at__gt=since).exists():
        return "a signal came in the last 28 days: it has shown what a drill would"
    if held.filter(drill=True, opened_at__gt=since).exists():
        return "a drill was run in the last 28 days"
    return ""


@transaction.atomic
def begin_drill(use_case: str, population: str, code: str, *, by: str) -> Response:
    """Invent a signal of a population (empty: the whole use case): whoever would be told is told, as of a drill. Raises
    InputError where there is no need of one, or no such signal or population."""
    hold_to_commit("signal drill")
    if use_case not in organization.use_case_names():
        raise InputError(f"there is no use case {use_case!r}")
    if code not in CODES:
        raise InputError("choose which signal is rehearsed")
    if population and population not in organization.population_keys():
        raise InputError("choose a population of the organization, or the whole use case")
    if why := why_no_drill(use_case):
        raise InputError(why)
    response = Response.objects.create(
        use_case=use_case, population=population, code=code, since=now().date(), drill=True,
        evidence=f"Invented for a drill: {asks_of(code).words}; nothing was measured", **dated(code),
    )  # fmt: skip
    audit.record(
        "signal.drill", actor=by, use_case=use_case, population=population, code=code,
        due=response.due.isoformat(),
    )  # fmt: skip
    tell_of(response, organization.population_titles())
    return response


def drills(use_case: str | None = None, most: int = 20) -> list[Response]:
    """Drills, the newest first."""
    held = Response.objects.filter(drill=True)
    if use_case is not None:
        held = held.filter(use_case=use_case)
    return list(held.prefetch_related("answers").order_by("-opened_at")[:most])


def in_time(response: Response) -> bool | None:
    """Whether a response was answered inside its time; None while there is time."""
    if response.first_at is not None:
        return response.first_at.date() <= response.due
    return None if now().date() <= response.due else False
