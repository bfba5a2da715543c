"""Pages: every sprint, one with its time line and board, what if a day were another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from takeup.drawing.picture import Picture
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.sprint import services
from takeup.server.acting.sprint.deciding import look_of, taken
from takeup.server.acting.sprint.evaluating import evaluate
from takeup.server.acting.sprint.milestone import PHASES
from takeup.server.acting.sprint.models import Sprint
from takeup.server.acting.sprint.plan import GATES, TECHNICAL
from takeup.server.acting.sprint.standing import SprintStands, drawn, stands
from takeup.server.acting.sprint.technical_import import LARGEST, File, read_file
from takeup.server.foundation.calendar.feed import feed_path
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import day_of, whole_number
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may


def person_of(request: HttpRequest) -> Person:
    """Who asks."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def sprint_or_404(number: int) -> Sprint:
    """The sprint of that number."""
    found = services.sprint_of(number)
    if found is None:
        raise Http404
    return found


@require_GET
def sprints_page(request: HttpRequest) -> HttpResponse:
    """Every sprint side by side, and the form that plans one."""
    return _sprints(request)


def _sprints(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    holding = services.holding_on(now().date())
    found = [stands(one, holding=holding) for one in services.read_whole(services.sprints())]
    shown = {
        "found": found, "begins": may("sprint_begin", request.user), "asked": asked,
        "use_cases": [(name, organization.use_case_title(name)) for name in _free(found, asked.get("use_case", ""))],
        "gates": [(gate, asked.get(gate.id, "")) for gate in GATES],
        "deciders": organization.named_with(services.DECIDERS, now().date()),
        "today": now().date(),
    }  # fmt: skip
    return render(request, "sprint/sprints.html", shown | more, status=status)


def _free(found: Sequence[SprintStands], asked: str) -> list[str]:
    """Use cases without a sprint that runs; the one that was asked for in any case, which is refused by name."""
    taken = {one.sprint.use_case for one in found if not one.sprint.ended_on} - {asked}
    return [name for name in organization.use_case_names() if name not in taken]


@require_POST
def sprint_begin(request: HttpRequest) -> HttpResponse:
    """Plan a sprint."""
    asked = request.POST
    try:
        made = services.begin(
            asked.get("use_case", ""), day_of(asked.get("starts_on", "")), by=person_of(request).handle,
            title=asked.get("title", ""), remediation="remediation" in asked,
            deciders={gate.id: asked.get(gate.id, "") for gate in GATES},
        )  # fmt: skip
    except InputError as error:
        return _sprints(request, 422, problems=[str(error)])
    evaluate(made, now().date())
    messages.success(request, _("Planned. Each milestone says what it lacks."))
    return redirect("sprint", made.pk)


@require_GET
def sprint_page(request: HttpRequest, number: int) -> HttpResponse:
    """One sprint: what is due, the time line, gates, who does what."""
    return _sprint(request, sprint_or_404(number))


def _sprint(request: HttpRequest, sprint: Sprint, status: int = 200, **more: Any) -> HttpResponse:
    found = stands(sprint)
    shown = {
        "found": found, "sprint": sprint, "chart": drawn(found), "gates": _gates(found),
        "board": _board(found), "phases": _phases(found), "technical": _technical(found),
        "left": services.left(sprint), "reads_gates": may("sprint_gate", request.user), "acts": may("sprint_act", request.user) and not sprint.ended_on,
        "sets_dates": may("sprint_technical", request.user) and not sprint.ended_on,
        "tries": may("sprint_what_if", request.user), "feed": f"{settings.TAKEUP.public_url}{feed_path(person_of(request))}",
    }  # fmt: skip
    heads = ["milestone", "name", "phase", "begins", "due", "due_first", "done", "standing", "answers", "waits_for"]  # fmt: skip
    rows = [
        [r.milestone.id, r.milestone.name, PHASES[r.milestone.phase], r.planned.first, r.planned.due, r.planned.was,
         r.planned.done, r.said, r.who, " ".join(r.waits_for)]
        for r in found.rows
    ]  # fmt: skip
    if status != 200:
        return render(request, "sprint/sprint.html", shown | more, status=status)
    return shown_or_exported(request, "sprint/sprint.html", shown | more, f"sprint-{sprint.pk}", (heads, rows), lambda: _picture(found))  # fmt: skip


def _picture(found: SprintStands) -> Picture:
    """The time line, for slides and chats."""
    late = ngettext("{n} milestone is late", "{n} milestones are late", len(found.late))
    heading = late.format(n=len(found.late)) if found.late else _("{n} of 18 milestones are done").format(n=found.done)  # fmt: skip
    of = _("{title}, day {day}").format(title=found.sprint.title, day=found.day)
    note = _("Filled: done. Orange: late. Light: under way. Dotted mark: the first plan.")
    return Picture(heading, of, note=note, whole=drawn(found).wide)


def _names(found: SprintStands) -> dict[str, str]:
    """What milestones, gates and technical dates are called."""
    return {key: str(one.name) for key, one in found.windows.items()}


def _gates(found: SprintStands) -> list[dict[str, Any]]:
    told = []
    names = organization.names_of(found.sprint.deciders.values())
    for gate in GATES:
        decided = next(iter(taken(found.sprint, gate.id)), None)
        look = None if decided or found.sprint.ended_on else look_of(found.sprint, gate.id)
        told.append(
            {"gate": gate, "planned": found.planned[gate.id], "decided": decided, "says": look.evidence["says"] if look else "",
             "open": [c for c in look.evidence["clauses"] if c["says"] != "go"] if look else [],
             "who": names.get(found.sprint.deciders.get(gate.id, ""), _("somebody who left"))}
        )  # fmt: skip
    return told


def _board(found: SprintStands) -> list[tuple[str, list[Any]]]:
    """What is open, by who answers for it, the most pressing first."""
    by: dict[str, list[Any]] = {}
    for row in sorted(found.rows, key=lambda r: r.planned.due):
        if row.planned.done is None:
            by.setdefault(row.who, []).append(row)
    return sorted(by.items(), key=lambda one: one[1][0].planned.due)


def _phases(found: SprintStands) -> list[tuple[Any, list[Any]]]:
    return [
        (words, rows)
        for phase, words in PHASES.items()
        if (rows := [r for r in found.rows if r.milestone.phase == phase])
    ]


def _technical(found: SprintStands) -> list[dict[str, Any]]:
    held = {one.key: one for one in found.sprint.technical.all()}
    needed = {t.id: [k for k, w in found.windows.items() if any(n.on == t.id for n in w.needs)] for t in TECHNICAL}  # fmt: skip
    return [
        {"it": t, "planned": found.planned[t.id], "held": held.get(t.id), "needed": needed[t.id],
         "moves": [k for k, by in found.adoption_waits.items() if t.id in by],
         "waits": found.technology_waits.get(t.id, [])}
        for t in TECHNICAL
    ]  # fmt: skip


@require_GET
def sprint_what_if(request: HttpRequest, number: int) -> HttpResponse:
    """The plan as if days were others: nothing is kept. Days are dragged or typed."""
    sprint = sprint_or_404(number)
    now_stands = stands(sprint)
    tried, problems = _tried(request.GET, now_stands)
    then = stands(sprint, tried)
    rows = [
        {"key": key, "name": name, "now": now_stands.planned[key], "then": then.planned[key],
         "slip": (then.planned[key].end - now_stands.planned[key].end).days, "tried": key in tried,
         "offset": (then.planned[key].due - now_stands.planned[key].due).days if key in tried else 0}
        for key, name in _names(then).items()
    ]  # fmt: skip
    shown = {
        "found": then, "sprint": sprint, "rows": rows, "chart": drawn(then), "problems": problems,
        "tried": tried, "moved": [r for r in rows if r["slip"] and not r["tried"]],
    }  # fmt: skip
    part = bool(getattr(request, "htmx", False))
    return render(request, "sprint/_tried.html" if part else "sprint/what_if.html", shown)


def _tried(asked: QueryDict, found: SprintStands) -> tuple[dict[str, date], list[str]]:
    """Days that were typed, else dragged by so many days."""
    tried: dict[str, date] = {}
    problems = []
    for key, planned in found.planned.items():
        typed, dragged = asked.get(f"due-{key}", ""), _dragged(asked.get(f"by-{key}", ""))
        try:
            day = day_of(typed) if typed else planned.due + timedelta(days=dragged)
            if day != planned.due:
                services.need_day(found.sprint, key, day)
                tried[key] = day
        except InputError as error:
            problems.append(f"{key}: {error}")
    return tried, problems


def _dragged(text: str) -> int:
    """By how many days something is dragged; none where that is no number, or over a year."""
    days = whole_number(text.removeprefix("-")) or 0
    return 0 if days > 365 else -days if text.startswith("-") else days


@require_POST
def sprint_act(request: HttpRequest, number: int) -> HttpResponse:
    """End it, or name somebody else who decides."""
    sprint, asked, by = sprint_or_404(number), request.POST, person_of(request).handle
    try:
        if asked.get("act") == "end":
            services.end(sprint, asked.get("reason", ""), by=by)
        elif asked.get("act") == "decider":
            services.name_decider(sprint, asked.get("gate", ""), asked.get("decider", ""), by=by)
        else:
            raise InputError(_("choose what happens"))
    except InputError as error:
        return _sprint(request, sprint, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    if asked.get("act") == "decider":
        return redirect("sprint_gate", number, asked.get("gate", ""))
    return redirect("sprint", number)


@require_POST
def sprint_technical(request: HttpRequest, number: int) -> HttpResponse:
    """A date of the technical track, or a file of them."""
    sprint, by = sprint_or_404(number), person_of(request).handle
    try:
        if file := request.FILES.get("file"):
            return _imported(request, sprint, by, file.name or "file", file.read(LARGEST + 1))
        _set(request.POST, sprint, by)
    except InputError as error:
        return _sprint(request, sprint, 422, problems=[str(error)])
    evaluate(sprint, now().date())
    messages.success(request, _("Kept. What waits for it has moved with it."))
    return redirect("sprint", number)


def _set(asked: QueryDict, sprint: Sprint, by: str) -> None:
    done = asked.get("done_on", "")
    services.set_technical(
        sprint, asked.get("key", ""), day_of(asked.get("due", "")), by=by,
        done_on=day_of(done) if done else None, source=_("set by hand"), link=asked.get("link", "").strip(),
    )  # fmt: skip


def _imported(request: HttpRequest, sprint: Sprint, by: str, name: str, body: bytes) -> HttpResponse:  # fmt: skip
    found = read_file(name, body, _mapping(request.POST))
    kept, problems = _kept(sprint, name, found, by)
    evaluate(sprint, now().date())
    told = _("Kept: {keys}.").format(keys=", ".join(kept))
    if not found.found and not found.problems:
        problems = [_("No row names one of T1 to T5: say below which row is which, and hand the file in again.")]  # fmt: skip
    if problems:
        return _sprint(request, sprint, 422, problems=[*problems, *([told] if kept else [])], others=found.others)  # fmt: skip
    messages.success(request, told)
    return redirect("sprint", sprint.pk)


def _kept(sprint: Sprint, name: str, found: File, by: str) -> tuple[list[str], list[str]]:
    """The keys of what was kept of a file, and what is wrong with the rest: a wrong row costs no good one."""
    kept, problems = [], list(found.problems)
    for one in found.found:
        try:
            services.set_technical(sprint, one.key, one.due, by=by, done_on=one.done_on, source=f"{name}, row {one.row}: {one.title}")  # fmt: skip
            kept.append(one.key)
        except InputError as error:
            problems.append(_("row {row}: {error}").format(row=one.row, error=error))
    return kept, problems


def _mapping(asked: QueryDict) -> Mapping[str, str]:
    rows = {t.id: str(asked.get(f"row-{t.id}", "")).strip() for t in TECHNICAL}
    return {title: key for key, title in rows.items() if title}
