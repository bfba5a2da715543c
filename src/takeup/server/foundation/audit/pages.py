"""Pages: the audit log for those who oversee; and for everybody, who looked at what of theirs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from takeup.drawing.dates import days_in_words
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.audit.models import AuditEntry
from takeup.server.foundation.audit.services import prove
from takeup.server.foundation.organization.services import (
    Person,
    Role,
    cohort_title,
    cohort_titles,
    names_of,
    population_titles,
    use_case_names,
    use_case_title,
)
from takeup.server.foundation.pages.detail import key_words, value_words

_A_PAGE = 100
_ERASED = re.compile(r"[0-9a-f]{16}")


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first, and whether the chain holds."""
    entries = AuditEntry.objects.order_by("-number")
    page = Paginator(entries, _A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _named(list(page)), "chain": prove()}
    return render(request, "audit/audit.html", shown)


@require_GET
def access_to_me(request: HttpRequest) -> HttpResponse:
    """Who looked at what about the person who asks."""
    person: Person = request.user  # type: ignore[assignment]
    entries = AuditEntry.objects.filter(subject=person.handle).exclude(actor=person.handle)
    page = Paginator(entries.order_by("-number"), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/access_to_me.html", {"page": page, "rows": _named(list(page))})


def _named(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    names = names_of({e.actor for e in entries} | {e.subject for e in entries})
    return [
        {
            "entry": e,
            "actor": _called(e.actor, names),
            "what": _declared("WORDS").get(e.action)
            or e.action.replace(".", ": ").replace("_", " "),
            "subject": _called(e.subject, names) if e.subject else "",
            "detail": _detail(e),
        }
        for e in entries
    ]


@cache
def _declared(what: str) -> dict[str, Any]:
    """What capabilities say of their entries: `WORDS` by action, `VALUES` how one is told by its name."""
    return {name: told for declared in of_every("audited", what) for name, told in declared.items()}


_ROLES = {role.value: role.label for role in Role}


def _detail(entry: AuditEntry) -> dict[str, str]:
    """What an entry holds beside who and whom, by its name in words."""
    held = {k: v for k, v in entry.detail.items() if v not in (None, "", [])}
    if entry.action == "use_case.declared":
        # Files of many lines: the page of the use case tells what stands in them.
        held = {k: v for k, v in held.items() if k not in ("before", "after")}
    return {key_words(k): _told(k, v) for k, v in held.items()}


def _told(key: str, value: Any) -> str:
    named = {
        "cohort": cohort_title, "use_case": use_case_title, "view": _view,
        "population": lambda p: population_titles().get(p, p), **_declared("VALUES"),
    }  # fmt: skip
    if key in named:
        return str(named[key](str(value)))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = [str(_ROLES.get(one, one)) for one in value]
    return value_words(key, _ROLES.get(value, value) if isinstance(value, str) else value)


def _view(view: str) -> str:
    """A view that was exported, by what its page is called: its file's name holds ids."""
    told = re.sub(r"-(?=\d{4}-\d{2}-\d{2}$)", " ", view)
    called = {
        **{n: use_case_title(n) for n in use_case_names()},
        **population_titles(),
        **cohort_titles(),
    }
    for name in sorted(filter(None, called), key=len, reverse=True):
        told = re.sub(rf"(^|-){re.escape(name)}(?=$|[- ])", rf"\1 {called[name]} ", told)
    page, *rest = told.split("-", 1)
    words = " ".join([page, *(part.replace(" -", ", ").replace("-", " ") for part in rest)])
    return days_in_words(re.sub(r"\s+", " ", words).strip())


def _called(actor: str, names: dict[str, str]) -> Any:
    """A person's name; a command, a sender or takeup itself as it is called."""
    if actor in names:
        return names[actor]
    if actor.startswith("command"):
        return _("an operator, by command")
    return _("somebody who was erased") if _ERASED.fullmatch(actor) else actor
