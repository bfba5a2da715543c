"""Pages: the diagnosis of a use case from its newest snapshot, or that of a day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from takeup.record.clock import now
from takeup.server.audit import services as audit
from takeup.server.organization.services import use_case_names
from takeup.server.overview.models import Snapshot
from takeup.server.overview.services import latest, take_snapshot_of
from takeup.server.permissions import may


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
        "on_the_way": _on_the_way(name),
    }
    return render(request, "overview/diagnosis.html", shown)


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


def _known(name: str) -> None:
    if name not in use_case_names():
        raise Http404


def _on_the_way(name: str) -> bool:
    open_ = DBTaskResult.objects.filter(
        task_path=take_snapshot_of.module_path,
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    return any(one.args_kwargs["args"] == [name] for one in open_)
