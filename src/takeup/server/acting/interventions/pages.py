"""Pages: the board, one action, the form that declares one, the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.drawing.charts import since_start_chart
from takeup.questions.shared.weekly_shares import share_called, weekly_shares
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.interventions import services
from takeup.server.acting.interventions.asked import declared_in, moves_in, steps_of
from takeup.server.acting.interventions.declaring import MOST_AHEAD
from takeup.server.acting.interventions.declaring import REASONS as REASON_CODES
from takeup.server.acting.interventions.library import Held
from takeup.server.acting.interventions.models import STATES as STATE_ORDER
from takeup.server.acting.interventions.models import ActionRun
from takeup.server.acting.interventions.reading import read_by
from takeup.server.acting.interventions.words import (
    ABOUT,
    DIRECTIONS,
    REASONS,
    STATES,
    VERDICTS,
    change_words,
    expected_words,
)
from takeup.server.deployment.roles import FOLLOWS, Role
from takeup.server.foundation.calendar.feed import feed_path
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.pages.words import plain
from takeup.server.foundation.permissions import may

_SUGGESTED, _COMING = 4, 8


def _person(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person


@require_GET
def interventions(request: HttpRequest) -> HttpResponse:
    """What is planned, running and checked; by owner where that is asked."""
    found = services.runs(populations=read_by(_person(request)))
    wanted = request.GET.get("owner", "")
    names = organization.names_of({run.owner for run in found})
    chosen = [run for run in found if wanted in ("", run.owner)]
    titles = organization.population_titles()
    columns = [
        {"state": state, "words": STATES[state], "runs": [_told(run, names, titles) for run in chosen if run.state == state]}
        for state in STATE_ORDER
    ]  # fmt: skip
    shown = {
        "columns": columns, "runs": len(chosen), "owners": sorted(names.items(), key=lambda o: o[1]),
        "wanted": wanted, "late": sum(_late(run) for run in chosen), "agenda": _agenda(chosen, titles)[:_COMING],
        "declares": may("intervention_declare", request.user),
        "sees_library": may("action_library", request.user),
        "feed": f"{settings.TAKEUP.public_url}{feed_path(_person(request))}",
    }  # fmt: skip
    heads = [
        "use_case",
        "population",
        "action",
        "owner",
        "state",
        "starts",
        "check",
        "expected",
        "verdict",
        "why",
    ]
    rows = [
        [run.use_case, titles.get(run.population, run.population), run.action, names.get(run.owner, ""), run.state,
         run.starts_on, run.check_on, expected_words(run), run.verdict, run.result.get("why", "")]
        for run in chosen
    ]  # fmt: skip
    return shown_or_exported(request, "interventions/board.html", shown, "interventions", (heads, rows))  # fmt: skip


def _agenda(chosen: Sequence[ActionRun], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Starts, steps and checks that are to come or are past their day, the earliest first."""
    today = now().date()
    found: list[tuple[date, str, ActionRun]] = []
    for run in chosen:
        if run.state == "planned":
            found.append((run.starts_on, _("starts"), run))
        if run.state == "running":
            found += [(s.due, s.text, run) for s in run.steps.all() if s.done_on is None]
        if run.state in ("planned", "running"):
            found.append((run.check_on, _("is checked"), run))
    return [
        {"day": day, "what": what, "run": run, "do": run.library["do"], "late": day < today,
         "where": titles.get(run.population, run.population)}
        for day, what, run in sorted(found, key=lambda one: (one[0], one[2].pk))
    ]  # fmt: skip


def _may_own() -> list[tuple[str, str]]:
    """Handle and name of who may answer for an action: who leads a team, or was given a role."""
    today = now().date()
    given = organization.named_with([role for role in Role if role not in FOLLOWS], today)
    leading = organization.names_of(organization.who_lead(today)).items()
    return sorted(dict([*given, *leading]).items(), key=lambda one: one[1])


@require_GET
def intervention(request: HttpRequest, number: int) -> HttpResponse:
    """One action: what was declared, its steps, what came of it."""
    run = services.run_of(number)
    reads = read_by(_person(request))
    if run is not None and reads is not None and run.population not in reads:
        return render(request, "not_permitted.html", status=403)
    return _intervention(request, number)


def _intervention(
    request: HttpRequest, number: int, status: int = 200, **more: Any
) -> HttpResponse:
    run = services.run_of(number)
    if run is None:
        raise Http404
    names = organization.names_of([run.owner, run.declared_by])
    weeks = [(w["week"], w["value"], w["low"], w["high"]) for w in run.result.get("weeks", [])]
    shown = {
        **_told(run, names, organization.population_titles()),
        "declared_by": names.get(run.declared_by, run.declared_by),
        "comparison": [organization.population_titles().get(p, p) for p in run.comparison],
        "change": change_words(run.result), "assumption": (run.result.get("effect") or {}).get("assumption", ""),
        "chart": since_start_chart(weeks) if weeks else None,
        "weeks": [(w, *(f"{100 * v:+.1f}" for v in rest)) for w, *rest in weeks],
        "acts": may("intervention_act", request.user), "steps_may": _does_steps(_person(request), run),
        "begins": run.state == "planned" and run.starts_on <= now().date() <= run.shows_on,
        "attests": run.state == "running" and run.smallest is None and run.check_on <= now().date(),
        "verdicts": VERDICTS.items(), "today": now().date(),
        "declares": may("intervention_declare", request.user),
        "next": _suggested(run.use_case, run.population, run.reason)
        if run.state == "checked" and run.verdict != "moved" else [],
    }  # fmt: skip
    return render(request, "interventions/action.html", shown | more, status=status)


def _does_steps(person: Person, run: ActionRun) -> bool:
    return run.owner == person.handle or may("intervention_act", person)


def _late(run: ActionRun) -> bool:
    today = now().date()
    steps = run.state == "running" and any(s.done_on is None and s.due < today for s in run.steps.all())  # fmt: skip
    return steps or (run.state == "planned" and run.starts_on < today)


def _told(run: ActionRun, names: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, Any]:
    steps = list(run.steps.all())
    return {
        "run": run, "do": run.library["do"], "where": titles.get(run.population, run.population),
        "owner": names.get(run.owner, ""), "state": STATES[run.state], "expected": expected_words(run),
        "reason": REASONS.get(run.reason, run.reason), "steps": steps,
        "done": sum(s.done_on is not None for s in steps), "late": _late(run),
        "verdict": VERDICTS.get(run.verdict, ""), "why": run.result.get("why", ""),
    }  # fmt: skip


@require_POST
def intervention_act(request: HttpRequest, number: int) -> HttpResponse:
    """Start it, withdraw it, or attest what came of it."""
    asked, by = request.POST, _person(request).handle
    try:
        if asked.get("act") == "start":
            services.start(number, by=by)
        elif asked.get("act") == "withdraw":
            services.withdraw(number, by=by, reason=asked.get("reason", ""))
        elif asked.get("act") == "attest":
            services.attest(number, asked.get("verdict", ""), asked.get("words", ""), by=by)
        else:
            raise InputError(
                _("choose what happens: it starts, it is attested, or it is withdrawn")
            )
    except InputError as error:
        return _intervention(request, number, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    return redirect("intervention", number)


@require_POST
def intervention_step(request: HttpRequest, number: int) -> HttpResponse:
    """One step is done: its owner says so, or a programme lead."""
    run, person = services.run_of(number), _person(request)
    if run is None:
        raise Http404
    if not _does_steps(person, run):
        return render(request, "not_permitted.html", status=403)
    try:
        services.step_done(
            number, whole_number(request.POST.get("place", "")) or 0, by=person.handle
        )
    except InputError as error:
        if read_by(person) is not None and run.population not in (read_by(person) or ()):
            return render(request, "not_permitted.html", status=403)
        return _intervention(request, number, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    return redirect("intervention", number) if may("intervention", person) else redirect("home")


@require_http_methods(["GET", "POST"])
def intervention_declare(request: HttpRequest) -> HttpResponse:
    """Declare an action: prefilled by where it comes from, and by the library once one is chosen."""
    if request.method != "POST" or request.POST.get("act") == "fill":
        return _form(request)
    try:
        read = "warnings_read" in request.POST
        run = services.declare(
            declared_in(request.POST), by=_person(request).handle, warnings_read=read
        )
    except InputError as error:
        return _form(request, 422, problems=[str(error)])
    messages.success(request, _("Declared. What was declared stays as it is."))
    return redirect("intervention", run.pk)


def _form(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    held = {key: one for key, one in services.library().items() if not one.retired}
    chosen = held.get(asked.get("action", ""))
    starts = asked.get("starts_on") or now().date().isoformat()
    use_cases = organization.use_case_names()
    reason = asked.get("reason", "")
    use_case = asked.get("use_case") or (use_cases[0] if len(use_cases) == 1 else "")
    population = asked.get("population", "")
    shown = {
        "asked": asked, "use_cases": use_cases, "use_case": use_case, "population": population,
        "populations": _populations(),
        "actions": held.values(), "chosen": chosen, "reason": reason,
        "reasons": [(code, REASONS[code]) for code in REASON_CODES],
        "people": _may_own(), "starts_on": starts, "steps": _form_steps(asked, chosen, starts),
        "figures": [(name, share.words) for name in weekly_shares() if (share := share_called(name))],
        "directions": DIRECTIONS.items(), "compared": asked.getlist("comparison"),
        "suggested": _suggested(use_case, population, reason) if reason else [],
        "issues": [plain(kind) for kind in services.undated_issues(use_case, population)] if population else [],
        "library_says": _library_says(chosen),
        "warnings": services.warnings_for(use_case, population, chosen.action.id, reason) if chosen else [],
    }  # fmt: skip
    return render(request, "interventions/declare.html", shown | more, status=status)


def _populations() -> list[tuple[str, str]]:
    """Every population by key, with its title, by title."""
    titles = organization.population_titles()
    found = [(key, titles.get(key) or key) for key in organization.population_keys()]
    return sorted(found, key=lambda one: one[1])


def _suggested(use_case: str, population: str, reason: str) -> list[dict[str, Any]]:
    """What comes next for a reason, with the runs behind it and the form that declares it."""
    known = services.library()
    found = services.suggested(use_case, population, reason)[:_SUGGESTED]
    asks = {"use_case": use_case, "population": population, "reason": reason}
    return [
        {"it": one, "do": known[one.action].action.do, "share": f"{100 * one.share:.0f}",
         "low": f"{100 * one.low:.0f}", "high": f"{100 * one.high:.0f}",
         "href": f"{reverse('intervention_declare')}?{urlencode({**asks, 'action': one.action})}"}
        for one in found
    ]  # fmt: skip


def _form_steps(asked: Any, chosen: Held | None, starts: str) -> list[tuple[str, str]]:
    """As they were written; else as the library would have them, and a line for one more."""
    written = [p for p in zip(asked.getlist("step"), asked.getlist("due"), strict=False) if any(p)]
    if not written and chosen is not None:
        try:
            day = date.fromisoformat(starts)
        except ValueError:
            day = now().date()
        if day > now().date() + MOST_AHEAD:
            day = now().date()
        written = [(text, due.isoformat()) for text, due in steps_of(chosen.action, day)]
    return [*written, ("", ""), ("", "")]


def _library_says(chosen: Held | None) -> str:
    if chosen is None:
        return ""
    moves = chosen.action.moves
    share = share_called(moves.name) if moves else None
    if moves is None or share is None:
        return _("{indicator} (somebody attests it)").format(indicator=chosen.action.indicator)
    return _("{words}: {direction} by {points} points or more").format(
        words=share.words, direction=DIRECTIONS[moves.direction], points=f"{100 * moves.smallest:g}"
    )


@require_GET
def action_library(request: HttpRequest) -> HttpResponse:
    """Every action as it holds now, what came of it so far, and every change."""
    return _library(request)


def _library(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    runs = services.runs()
    made = services.revisions()
    names = organization.names_of([one.made_by for one in made])
    shown = {
        "actions": [
            {"held": one, "about": ABOUT[one.action.about], "says": _library_says(one),
             "counts": [(words, n) for code, words in VERDICTS.items()
                        if (n := sum(r.action == key and r.verdict == code for r in runs))]}
            for key, one in services.library().items()
        ],
        "revisions": [(one, names.get(one.made_by, one.made_by)) for one in made],
        "revises": may("action_revise", request.user), "about": ABOUT.items(), "directions": DIRECTIONS.items(),
        "figures": [(name, share.words) for name in weekly_shares() if (share := share_called(name))],
        "asked": request.POST,
    }  # fmt: skip
    return render(request, "interventions/library.html", shown | more, status=status)


@require_POST
def action_revise(request: HttpRequest) -> HttpResponse:
    """The next revision of an action, or a new one."""
    asked = request.POST
    try:
        services.revise(
            asked.get("id", ""), _entry(request), by=_person(request).handle,
            reason=asked.get("why", ""), retired="retired" in asked,
        )  # fmt: skip
    except InputError as error:
        return _library(request, 422, problems=[str(error)])
    messages.success(
        request, _("Kept. Actions that were declared keep the revision they were declared with.")
    )
    return redirect("action_library")


def _entry(request: HttpRequest) -> dict[str, Any]:
    asked = request.POST
    held = services.library().get(asked.get("id", "").strip())
    days = {name: whole_number(asked.get(name, "").strip()) for name in ("lead_days", "check_days")}
    moves = moves_in(asked, held.action if held else None)
    return {
        "do": asked.get("do", "").strip(), "owner": asked.get("owner", "").strip(),
        "indicator": asked.get("words", "").strip(), "about": asked.get("about", "work"),
        "training": "training" in asked, **{name: n for name, n in days.items() if n is not None},
        **({"moves": {"name": moves.name, "direction": moves.direction, "smallest": moves.smallest}} if moves else {}),
    }  # fmt: skip
