"""Pages: the audit log for those who oversee; and for everybody, who looked at what of theirs."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from takeup.server.audit.models import AuditEntry
from takeup.server.audit.services import prove
from takeup.server.organization.services import Person, Role, cohort_title, names_of, use_case_title

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
    "log.written_again": _("wrote again what the log had lost"),
    "key.made": _("made a key"),
    "key.revoked": _("refused a key"),
    "objection.made": _("objected to what is recorded of them"),
    "organization.imported": _("imported the organization"),
    "oversight.key_made": _("made an oversight key"),
    "oversight.opened": _("opened sealed records"),
    "performance.approved": _("published a report on the model"),
    "performance.drafted": _("drafted a report on the model"),
    "person.deactivated": _("deactivated"),
    "person.erased": _("erased"),
    "quarantine.corrected": _("corrected a row in quarantine"),
    "release.shipped": _("recorded a release"),
    "retention.run": _("ran the retention"),
    "roles.changed": _("changed the roles"),
    "rollout.draw": _("changed the draw of a rollout"),
    "rollout.lifted": _("lifted a stop"),
    "rollout.step": _("took a step of a rollout"),
    "rollout.step_withdrawn": _("withdrew a step"),
    "rollout.stopped": _("stopped advice"),
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
            "what": _WORDS.get(e.action, e.action),
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
    called = {"cohort": cohort_title, "use_case": use_case_title}
    return {
        k.replace("_", " "): called[k](str(v)) if k in called else _plainly(v)
        for k, v in held.items()
    }


def _plainly(value: Any) -> str:
    """What an entry holds as words: lists by commas, records as name and value."""
    if isinstance(value, dict):
        return ", ".join(f"{str(k).replace('_', ' ')} {_plainly(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plainly(v) for v in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return (
        "–" if value is None else str(_ROLES.get(value, value) if isinstance(value, str) else value)
    )


def _called(actor: str, names: dict[str, str]) -> Any:
    """A person's name; a command, a sender or takeup itself as it is called."""
    if actor in names:
        return names[actor]
    if actor.startswith("command"):
        return _("an operator, by command")
    return _("somebody who was erased") if _ERASED.fullmatch(actor) else actor
