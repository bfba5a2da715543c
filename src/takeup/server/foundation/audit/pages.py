"""Pages: the audit log for those who oversee; and for everybody, who looked at what of theirs."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from takeup.drawing.dates import days_in_words
from takeup.server.acting.signals.rules import signal_words
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
_WORDS = {
    "access.logged": _("looked at"),
    "agreement.recorded": _("recorded an agreement"),
    "backup.made": _("made a backup"),
    "backup.restored": _("restored a backup"),
    "change.announced": _("announced a change"),
    "change.answered": _("answered an announced change"),
    "export.made": _("exported a view"),
    "gate.attested": _("signed a statement of a gate"),
    "gate.decided": _("decided on a gate"),
    "gate.declared": _("declared a gate"),
    "history.imported": _("brought in history"),
    "log.set_aside": _("set rows aside that the log could not hold"),
    "log.mended": _("put damaged files of the log back"),
    "log.written_again": _("wrote again what the log had lost"),
    "key.made": _("made a key"),
    "key.revoked": _("refused a key"),
    "objection.made": _("objected to what is recorded of them"),
    "organization.imported": _("imported the organization"),
    "organization.titled": _("gave a title in the organization"),
    "oversight.key_made": _("made an oversight key"),
    "oversight.opened": _("opened sealed records"),
    "performance.approved": _("published a report on the model"),
    "performance.drafted": _("drafted a report on the model"),
    "person.deactivated": _("deactivated"),
    "person.erased": _("erased"),
    "quarantine.corrected": _("corrected a row in quarantine"),
    "release.shipped": _("recorded a release"),
    "use_case.admitted": _("took a use case in again"),
    "use_case.merged": _("put what came of an unknown use case under another"),
    "use_case.refused": _("refused a use case"),
    "use_case.removed": _("removed what came of an unknown use case"),
    "retention.run": _("ran the retention"),
    "roles.changed": _("changed the roles"),
    "rollout.draw": _("changed the draw of a rollout"),
    "rollout.lifted": _("lifted a stop"),
    "rollout.step": _("took a step of a rollout"),
    "rollout.step_withdrawn": _("withdrew a step"),
    "rollout.stopped": _("stopped advice"),
    "secret.forgotten": _("took away what no secret opens any more"),
    "secret.in_force": _("put a secret of the deployment in force"),
    "sign_in.factor_removed": _("removed the second factor of"),
    "sign_in.groups_unknown": _(
        "signed in without the provider telling their groups; roles were kept"
    ),
    "sign_in.link_made": _("made a sign-in link"),
    "sign_in.refused": _("refused a sign-in"),
    "signal.answered": _("answered a signal"),
    "signal.opened": _("opened a response to a signal"),
    "signal.owned": _("gave a response an owner"),
    "snapshot.asked": _("asked for a snapshot"),
    "vault.closed": _("closed their own vault"),
    "vault.opened": _("opened their own vault again"),
    "topic.answered": _("answered a topic of the queue"),
    "topic.assigned": _("assigned a topic of the queue"),
    "topic.labelled": _("labelled a topic of the queue"),
    "topic.severity": _("said how soon a topic of the queue must be answered"),
    "topic.meanwhile": _("decided whether advice is paused"),
    "topic.merged": _("merged two topics of the queue"),
    "use_case.declared": _("changed what a use case declares"),
}


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
            "what": _WORDS.get(e.action) or e.action.replace(".", ": ").replace("_", " "),
            "subject": _called(e.subject, names) if e.subject else "",
            "detail": _detail(e),
        }
        for e in entries
    ]


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
        "population": lambda p: population_titles().get(p, p), "code": signal_words,
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
