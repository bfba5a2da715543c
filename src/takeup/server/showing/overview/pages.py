"""Pages: the overview, the population behind each of its rows, and the whole diagnosis; all from the
newest snapshot, or that of a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from takeup.record.clock import now
from takeup.server.acting.interventions.services import runs
from takeup.server.acting.interventions.words import STATES, VERDICTS
from takeup.server.acting.rollout.services import live_since
from takeup.server.acting.sprint.services import running
from takeup.server.deployment.capability import READS_EVERY_POPULATION
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import (
    Person,
    declared,
    own_populations,
    roles_of,
    use_case_names,
)
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.pages.for_people import words
from takeup.server.foundation.permissions import may
from takeup.server.showing.overview.models import Snapshot
from takeup.server.showing.overview.pictured import pictured
from takeup.server.showing.overview.queries import (
    changes_of,
    due_of,
    rows_of,
    signals_by_population,
)
from takeup.server.showing.overview.services import latest, newest_by_use_case, take_snapshot_of

_A_PAGE = 20
_PICTURED = 41
"""Rows of a picture: everybody, and the forty gravest."""


@require_GET
def overview(request: HttpRequest, name: str = "") -> HttpResponse:
    """Rate against quality, population by population; what is due stands before it."""
    names = use_case_names()
    if not name:
        measured = list(newest_by_use_case())
        if len(measured) == 1 or (measured and len(names) == 1):
            name = measured[0]
        else:
            several = {"newest": newest_by_use_case(), "waiting": [n for n in names if n not in measured]}  # fmt: skip
            return render(request, "overview/overviews.html", several)
    _known(name)
    snapshot = latest(name)
    if snapshot is None or not snapshot.overview:
        return render(request, "overview/not_measured.html", {"use_case": name})
    signals = signals_by_population(name)
    page = Paginator(rows_of(snapshot), _A_PAGE).get_page(request.GET.get("page"))
    everything = [view.row for view in rows_of(snapshot)] if request.GET.get("as") else []
    total = snapshot.overview["total"]
    shown = {
        "use_case": name, "declared": declared(name), "snapshot": snapshot,
        "told": snapshot.overview, "page": page, "asked": "",
        "rows": [(view.row, signals.get(view.key, [])) for view in page],
        "total": snapshot.overview["total"], "due": due_of(name),
        "changes": changes_of(name, snapshot)[:30],
        "today": now().date(), "takes": may("diagnosis_take", request.user), "mends": _mends(request, name),
    }  # fmt: skip
    return shown_or_exported(
        request, "overview/overview.html", shown, f"overview-{name}-{snapshot.day}",
        _table([total, *everything]), lambda: pictured(snapshot, [total, *everything][:_PICTURED]),
    )  # fmt: skip


@require_GET
def population(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """One population: every figure with its definition, method and interval, and what is open."""
    person: Person = request.user  # type: ignore[assignment]
    reads = roles_of(person) & READS_EVERY_POPULATION
    if not reads and key not in own_populations(person, now().date()):
        return render(request, "not_permitted.html", status=403)
    _known(name)
    snapshot = latest(name)
    view = None if snapshot is None else snapshot.populations.filter(key=key).first()
    if snapshot is None or view is None:
        raise Http404
    shown = {
        "use_case": name, "declared": declared(name), "snapshot": snapshot, "row": view.row, "told": snapshot.overview,
        "signals": signals_by_population(name).get(key, []), "sees_overview": bool(reads),
        "actions": [(run, VERDICTS.get(run.verdict) or STATES[run.state]) for run in runs(name, [key])],
        "declares": may("intervention_declare", person),
    }  # fmt: skip
    return shown_or_exported(
        request, "overview/population.html", shown, f"population-{key}-{snapshot.day}",
        _table([view.row]),
    )  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Rows of the overview as numbers; hidden ones say so and hold none."""
    columns = ["population", "title", "state"]
    names = list(dict.fromkeys(n for row in rows for n in row.get("facts") or {}))
    told = [
        [row["key"], row["title"], row["state"], *((row.get("facts") or {}).get(n) for n in names)]
        for row in rows
    ]
    return [*columns, *names], told


@require_GET
def diagnosis(request: HttpRequest, name: str, day: str | None = None) -> HttpResponse:
    """The report of one day, in the frame of the site."""
    _known(name)
    wanted = None
    if day is not None:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise Http404 from None
    found = latest(name, wanted)
    if found is None and wanted is not None:
        raise Http404
    shown = {
        "use_case": name,
        "snapshot": found,
        "days": Snapshot.objects.filter(use_case=name)
        .order_by("-day")
        .values_list("day", flat=True)[:60],
        "today": now().date(),
        "takes": may("diagnosis_take", request.user),
        "mends": _mends(request, name),
        "on_the_way": _on_the_way(name),
        "not_taken": _not_taken(name),
        "answers": _answers(name, found)
        if found and may("intervention_declare", request.user)
        else [],
    }
    wanted_findings = (
        found.document["diagnoses"] if found and request.GET.get("as") == "csv" else []
    )
    findings = [
        [words(f["title"]), words(f["text"]), f["grade"], words(f["first_action"] or "")]
        for d in wanted_findings
        for f in d.get("findings", [])
    ]
    table = (["finding", "text", "grade", "first_action"], findings)
    when = found.day if found else now().date()
    return shown_or_exported(
        request, "overview/diagnosis.html", shown, f"diagnosis-{name}-{when}", table
    )


def _answers(use_case: str, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Each finding that calls for an action, and the form that declares it, filled in from the finding."""
    found = []
    for one in (f for d in snapshot.document["diagnoses"] for f in d.get("findings", [])):
        if one["actions"]:
            asks = {
                "use_case": use_case, "population": "" if one["scope"] == "all" else one["scope"],
                "reason": _reason(one), "action": one["actions"][0]["id"], "finding": one["id"],
            }  # fmt: skip
            found.append(
                (words(one["title"]), f"{reverse('intervention_declare')}?{urlencode(asks)}")
            )
    return found


def _reason(finding: dict[str, Any]) -> str:
    """The reason that an action on a finding answers."""
    if finding["rule"].startswith("reason_"):
        return str(finding["rule"]).removeprefix("reason_")
    return "model" if finding["kind"] == "model" else "unclear"


@require_POST
def diagnosis_take(request: HttpRequest, name: str) -> HttpResponse:
    """Measure the log as of today, in the background; once a day."""
    _known(name)
    today = now().date()
    if latest(name, today):
        messages.info(
            request,
            _("Today’s snapshot is taken. A second one on the same day would show what single people decided in between."),
        )  # fmt: skip
    elif not _on_the_way(name):
        take_snapshot_of.enqueue(name)
        audit.record("snapshot.asked", actor=request.user.handle, use_case=name)  # type: ignore[union-attr]
    return redirect("diagnosis", name)


def _mends(request: HttpRequest, name: str) -> bool:
    """Whether somebody may plan a sprint that mends a use case: people have its advice, and no sprint of it runs."""
    return may("sprint_begin", request.user) and live_since(name) is not None and not running(name)


def _known(name: str) -> None:
    if name not in use_case_names():
        raise Http404


def _not_taken(name: str) -> list[str]:
    """Why the snapshot that a page asked for today was not taken; empty where it was, or none was asked
    for."""
    done = DBTaskResult.objects.filter(
        task_path=take_snapshot_of.module_path,
        status=TaskResultStatus.SUCCESSFUL,
        finished_at__date=now().date(),
    )
    for one in done.order_by("-finished_at"):
        if one.args_kwargs["args"] == [name]:
            why = (one.return_value or {}).get(name, "taken")
            return [] if why in ("taken", "unchanged", "kept") else [why]
    return []


def _on_the_way(name: str) -> bool:
    open_ = DBTaskResult.objects.filter(
        task_path=take_snapshot_of.module_path,
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    return any(one.args_kwargs["args"] == [name] for one in open_)
