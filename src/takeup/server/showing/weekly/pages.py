"""Pages: the weekly dashboard of a use case, from the newest snapshot and what is open beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from takeup.record.clock import now
from takeup.server.deployment.capability import READS_EVERY_POPULATION
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, Role, roles_of
from takeup.server.foundation.pages.exports import Table, shown_or_exported
from takeup.server.foundation.pages.for_people import words
from takeup.server.foundation.permissions import may, may_follow
from takeup.server.showing.overview.queries import Place, measured_populations
from takeup.server.showing.overview.services import Snapshot, latest, newest_by_use_case
from takeup.server.showing.weekly import queries
from takeup.server.showing.weekly.looking import note_opened
from takeup.server.showing.weekly.pictured import pictured
from takeup.server.showing.weekly.queries import Beside, Due, Row
from takeup.server.showing.weekly.services import review_day
from takeup.server.showing.weekly.words import WEEKDAYS, state_words

A_PAGE, PRINTED = 10, 40


def person_of(request: HttpRequest) -> Person:
    """Who asks."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def seen_by(person: Person, use_case: str, held: Collection[Role] | None = None) -> set[str] | None:
    """The populations of a use case that a person sees here; None: every one. Who sees none sees nothing of the whole.
    `held`: what they are, where that is known already."""
    if READS_EVERY_POPULATION & set(roles_of(person) if held is None else held):
        return None
    return organization.own_populations(person, now().date()) & measured_populations(use_case)


@require_GET
def weekly(request: HttpRequest) -> HttpResponse:
    """The week of each use case; straight to it where there is one."""
    person, newest = person_of(request), newest_by_use_case()
    held = roles_of(person)
    mine = {
        name: snapshot for name, snapshot in newest.items()
        if seen_by(person, name, held) != set()
    }  # fmt: skip
    if len(mine) == 1:
        return redirect("weekly_of", next(iter(mine)))
    shown = {"newest": mine, "waits": not newest}
    return render(request, "weekly/weeks.html", shown)


@require_GET
def weekly_of(request: HttpRequest, name: str) -> HttpResponse:
    """Population by population, the gravest first; what is due stands before it."""
    person = person_of(request)
    held, snapshot = roles_of(person), snapshot_of(name)
    if snapshot is None:
        return render(request, "overview/not_measured.html", {"use_case": name})
    if Role.MANAGER in held and not request.GET.get("as"):
        note_opened(name, person.handle, now().date())
    return _dashboard(request, name, snapshot, held)


def snapshot_of(name: str) -> Snapshot | None:
    """The newest snapshot of a use case; 404 where there is no such use case, None where it is not measured."""
    if name not in organization.use_case_names():
        raise Http404
    snapshot = latest(name)
    return snapshot if snapshot is not None and snapshot.overview else None


def _dashboard(
    request: HttpRequest, name: str, snapshot: Snapshot, held: Collection[Role]
) -> HttpResponse:
    """The dashboard with the populations that a person sees."""
    person = person_of(request)
    seen = seen_by(person, name, held)
    asked, waits = request.GET.get("q", "")[:200], "waits" in request.GET
    open_ = queries.beside(name)
    found = queries.places(snapshot, seen, asked, waits, open_)
    size = PRINTED if request.GET.get("as") in ("pdf", "png") else A_PAGE
    page = Paginator(found, size).get_page(request.GET.get("page"))
    told = queries.rows(name, snapshot, [one.key for one in page], open_)
    shown = {
        "use_case": name, "snapshot": snapshot, "told": snapshot.overview, "rows": told, "page": page,
        "asked": asked, "waits": waits, "whole": seen is None, "printed": PRINTED,
        "searches": bool(asked or waits) or len(found) > A_PAGE,
        "total": _everybody(snapshot, open_) if _leads(seen, page.number, asked, waits) else None,
        "due": linked(queries.due(name, open_, seen), person, held), "heading": heading(told, snapshot, seen),
        "review": queries.this_week(name) if seen != set() else None, "day": WEEKDAYS[review_day()], "today": now().date(),
        "weekdays": WEEKDAYS.items(), **_may(person, held),
    }  # fmt: skip
    return shown_or_exported(
        request, "weekly/weekly.html", shown, f"week-{name}-{snapshot.day}",
        _table(name, snapshot, found, open_) if request.GET.get("as") == "csv" else ((), ()),
        lambda: pictured(str(shown["heading"]), snapshot, told, shown["total"]),
    )  # fmt: skip


def _leads(seen: set[str] | None, number: int, asked: str, waits: bool) -> bool:
    """Whether everybody together stands above: on the first page of all, for who sees all."""
    return seen is None and number == 1 and not asked and not waits


def _everybody(snapshot: Snapshot, open_: Beside) -> Row:
    """Everybody shown together, with what is open of the whole."""
    return Row(
        "all", snapshot.overview["total"], signals=open_.signals.get("", []),
        actions=open_.actions.get("", []), decisions=open_.decisions.get("", []),
    )  # fmt: skip


def _may(person: Person, held: Collection[Role]) -> dict[str, bool]:
    acts = {"opens": "weekly_open", "sets_day": "weekly_day", "sees_overview": "overview_of"}  # fmt: skip
    return {name: may(page, person, held) for name, page in acts.items()}


def linked(due: Sequence[Due], person: Person, held: Collection[Role]) -> list[tuple[Due, str]]:
    """Each with its link, where it leads this person anywhere."""
    return [(one, one.path if may_follow(one.path, person, held) else "") for one in due]


def heading(told: Sequence[Row], snapshot: Snapshot, seen: set[str] | None) -> str:
    """The week in one sentence: of everybody, or of a manager's gravest population."""
    if seen is None:
        return str(snapshot.overview["heading"])
    first = next((row.view for row in told if row.view["state"] == "shown"), None)
    if first is None:
        return _("Nothing can be said of your populations yet")
    return _("{title}: {share} decided with the advice").format(
        title=first["title"], share=first["with_advice"]
    )


_NUMBERS = ("consult_rate", "override_rate", "effective_reliance", "nominal_rate")


def _table(name: str, snapshot: Snapshot, found: Sequence[Place], open_: Beside) -> Table:
    """Every population as numbers; hidden ones say so and hold none."""
    columns = ["population", "title", "state", "level", "trend", "people", "eligible"]
    columns += [f"{one}{end}" for one in _NUMBERS for end in ("", "_low", "_high")]
    columns += ["experts", "j", "j_low", "j_high", "j_judged", "risk", *(f"C{n}" for n in range(1, 9)),
                "verdict", "model_issues", "signals", "actions", "decisions_open"]  # fmt: skip
    told = queries.rows(name, snapshot, [one.key for one in found], open_)
    return columns, [_line(row) for row in told]


def _line(row: Row) -> list[Any]:
    view, facts = row.view, row.view.get("facts") or {}
    stood = {c["key"]: str(c["words"]) for c in row.conditions}
    return [
        row.key, view["title"], state_words(view["state"]), view.get("level"), view.get("trend"), facts.get("people"),
        facts.get("eligible"), *(facts.get(f"{one}{end}") for one in _NUMBERS for end in ("", "_low", "_high")),
        view.get("experts"), *(row.answer.get(end) for end in ("value", "low", "high", "n")), row.risk,
        *(stood.get(f"C{n}") for n in range(1, 9)), row.verdict, "; ".join(map(words, view.get("issues", ()))),
        "; ".join(f"{r.words} ({day})" for r, _who, day, _what in row.signals),
        "; ".join(f"{run.library['do']} ({run.check_on})" for run, _ in row.actions),
        "; ".join(f"{one.it.text} ({one.who}, {one.it.due})" for one in row.decisions),
    ]  # fmt: skip
