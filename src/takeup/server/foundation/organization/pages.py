"""Pages: people and where they are, the organization's file, roles, use cases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.record.clock import now
from takeup.record.errors import DeclarationError, InputError
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.roles import FOLLOWS, SHOWS_FIGURES, Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services
from takeup.server.foundation.organization.columns import Column
from takeup.server.foundation.organization.declared_words import in_words
from takeup.server.foundation.organization.import_people import Change, import_people
from takeup.server.foundation.organization.models import (
    Lead,
    Person,
    Placement,
    Population,
    Team,
    UseCase,
)
from takeup.server.foundation.organization.people_file import COLUMNS, read_people_csv
from takeup.server.foundation.organization.sign_in import sign_in_link
from takeup.server.foundation.permissions import may

_A_PAGE = 50
_MOST_LISTED = 100


def _actor(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person


@require_GET
def organization(request: HttpRequest) -> HttpResponse:
    """People as of today, with a search; teams and populations with their size."""
    today = now().date()
    asked = request.GET.get("q", "").strip()
    people = Person.objects.filter(erased_at=None).order_by("-is_active", "name", "person_id")
    if asked:
        people = people.filter(
            Q(name__icontains=asked) | Q(person_id__icontains=asked) | Q(email__icontains=asked)
        )
    page = Paginator(people, _A_PAGE).get_page(request.GET.get("page"))
    placed = {
        place.person_id: place
        for place in Placement.objects.filter(
            services.on(today), person__in=list(page)
        ).select_related("population", "team", "cohort")
    }
    there = services.on_path("placement", today)
    leads = {
        lead.team_id: lead
        for lead in Lead.objects.filter(services.on(today)).select_related("person")
    }
    shown = {
        "asked": asked,
        "page": page,
        "rows": [(person, placed.get(person.pk)) for person in page],
        "active": Person.objects.filter(is_active=True).count(),
        "populations": Population.objects.annotate(
            people=Count("placement", filter=there)
        ).order_by("key")[:_MOST_LISTED],
        "population_count": Population.objects.count(),
        "team_count": Team.objects.count(),
        "most": _MOST_LISTED,
        "teams": [
            (team, leads.get(team.pk))
            for team in Team.objects.annotate(people=Count("placement", filter=there)).order_by(
                "key"
            )[:_MOST_LISTED]
        ],
    }
    template = "organization/_people.html" if request.htmx else "organization/organization.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@require_http_methods(["GET", "POST"])
def organization_import(request: HttpRequest) -> HttpResponse:
    """The organization's file: first what would change, then the change."""
    shown: dict[str, Any] = {"columns": COLUMNS}
    if request.method == "POST":
        given = request.FILES.get("file")
        text = request.POST.get("text", "")
        try:
            if given is not None:
                text = given.read().decode("utf-8-sig")
            rows = read_people_csv(text, (given.name if given else None) or "the file")
            really = "apply" in request.POST
            changes = import_people(rows, actor=_actor(request).handle, dry_run=not really)
        except UnicodeDecodeError:
            shown["problems"] = [_("The file is not UTF-8 text; save it as CSV UTF-8.")]
        except DeclarationError as error:
            shown["problems"] = error.problems
        else:
            if really:
                messages.success(request, _done(len(changes)))
                return redirect("organization")
            shown |= {"text": text, "rows": len(rows), "changes": changes[:500],
                      "count": len(changes), "by_kind": _by_kind(changes)}  # fmt: skip
    status = 422 if shown.get("problems") else 200
    return render(request, "organization/import.html", shown, status=status)


@require_GET
def person(request: HttpRequest, handle: str) -> HttpResponse:
    """One person: where they were, on which days, and their roles."""
    found = get_object_or_404(Person, handle=handle, erased_at=None)
    audit.record("access.logged", actor=_actor(request).handle, subject=found.handle, what="person")
    return _person(request, found, services.roles_of(found))


def _person(
    request: HttpRequest, found: Person, ticked: frozenset[Role], status: int = 200
) -> HttpResponse:
    """The page of a person, with these roles ticked. What would show figures to whoever looks at their own is
    another administrator's to give: said before it is tried."""
    held = services.roles_of(found)
    shut = SHOWS_FIGURES - held if found.handle == _actor(request).handle else frozenset()
    shown = {
        "person": found,
        "places": found.placements.select_related("population", "team", "cohort").order_by(
            "-from_day"
        ),
        "choices": [(r, r in ticked - shut, r in FOLLOWS, r in shut) for r in Role],
    }
    return render(request, "organization/person.html", shown, status=status)


@require_POST
def person_roles(request: HttpRequest, handle: str) -> HttpResponse:
    """Give and take roles. Nobody takes the last administrator's, or gives themselves figures."""
    found = get_object_or_404(Person, handle=handle, is_active=True)
    chosen = {Role(r) for r in request.POST.getlist("role") if r in Role.values} - FOLLOWS
    try:
        services.set_roles(found, chosen, _actor(request).handle)
    except InputError as error:
        messages.error(request, str(error))
        return _person(request, found, services.roles_of(found) & FOLLOWS | chosen, status=422)
    messages.success(request, _("Roles are kept."))
    return redirect("person", handle)


@require_POST
def person_link(request: HttpRequest, handle: str) -> HttpResponse:
    """A link to hand to this person; it is shown once."""
    found = get_object_or_404(Person, handle=handle, is_active=True)
    if not found.email:
        messages.error(request, _("Without an address nobody can sign in; add one to the file."))
        return redirect("person", handle)
    link = sign_in_link(found, _actor(request).handle)
    return render(request, "organization/link.html", {"person": found, "link": link})


@require_GET
def use_cases(request: HttpRequest) -> HttpResponse:
    """Every use case with what capabilities tell of it."""
    columns: list[Column] = [
        one for one in of_every("use_cases", "COLUMN") if may(one.page, request.user)
    ]
    return render(
        request,
        "organization/use_cases.html",
        {
            "columns": columns,
            "use_cases": [
                (
                    one,
                    [(column.head, _cell(column, one.name)) for column in columns],
                    not one.declarations.exists(),
                )
                for one in UseCase.objects.order_by("name")
            ],
            "declares": may("use_case_declare", request.user),
        },
    )


def _cell(column: Column, use_case: str) -> str:
    return render_to_string(column.cell, {"use_case": use_case, **column.told(use_case)})


@require_GET
def use_case(request: HttpRequest, name: str) -> HttpResponse:
    """What one use case declares, and its history."""
    return _use_case(request, get_object_or_404(UseCase, name=name))


def _use_case(request: HttpRequest, held: UseCase, **more: Any) -> HttpResponse:
    history = list(held.declarations.order_by("-revision"))
    names = {p.handle: str(p) for p in Person.objects.filter(
        handle__in=[one.declared_by for one in history])}  # fmt: skip
    shown = {
        "use_case": held,
        "text": history[0].text if history else f'name = "{held.name}"\n',
        "declared": services.declared(held.name),
        "words": in_words(services.declared(held.name)),
        "history": [(one, names.get(one.declared_by, one.declared_by)) for one in history],
        "declares": may("use_case_declare", request.user),
        "others": [
            (one, services.use_case_title(one))
            for one in services.use_case_names()
            if one != held.name and services.is_declared(one)
        ]
        if not history
        else [],
        "sees_diagnosis": may("diagnosis", request.user),
    }
    status = 422 if more.get("problems") else 200
    return render(request, "organization/use_case.html", shown | more, status=status)


@require_POST
def use_case_declare(request: HttpRequest, name: str) -> HttpResponse:
    """Keep a new revision of what a use case declares; a new use case by its new name."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        services.declare_use_case(name, text, _actor(request).handle)
    except DeclarationError as error:
        held = UseCase.objects.filter(name=name).first()
        if held is None:
            raise Http404 from None
        return _use_case(request, held, text=text, problems=error.problems)
    messages.success(request, _("Kept as the next revision."))
    return redirect("use_case", name)


@require_POST
def use_case_refuse(request: HttpRequest, name: str) -> HttpResponse:
    """Nothing more of a use case is taken in, or again what is sent."""
    get_object_or_404(UseCase, name=name)
    actor = _actor(request).handle
    if "admit" in request.POST:
        services.admit_use_case(name, actor)
        messages.success(request, _("It is taken in again."))
    else:
        services.refuse_use_case(name, actor)
        messages.success(
            request, _("Nothing more of it is taken in; what is sent waits in quarantine.")
        )
    return redirect("use_case", name)


def _by_kind(changes: list[Change]) -> list[tuple[str, int]]:
    kinds = sorted({c.what for c in changes})
    return [(kind, sum(c.what == kind for c in changes)) for kind in kinds]


def _done(count: int) -> str:
    return ngettext("%(count)s change made.", "%(count)s changes made.", count) % {"count": count}
