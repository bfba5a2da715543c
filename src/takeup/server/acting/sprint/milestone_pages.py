"""Pages: one milestone with its evidence, what may be done with it, and the documents behind what was signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.sprint import services
from takeup.server.acting.sprint.evaluating import evaluate
from takeup.server.acting.sprint.milestone import Check
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.models import Signed, Sprint
from takeup.server.acting.sprint.pages import person_of, sprint_or_404
from takeup.server.acting.sprint.places import naming, page_of
from takeup.server.acting.sprint.standing import ItemRow, MilestoneRow, SprintStands, stands
from takeup.server.deployment import documents
from takeup.server.deployment.roles import FOLLOWS, Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import roles_of
from takeup.server.foundation.pages.asked import day_of, whole_number
from takeup.server.foundation.pages.exports import attached, shown_or_exported
from takeup.server.foundation.permissions import may, may_follow


@require_GET
def milestone_page(request: HttpRequest, number: int, milestone: str) -> HttpResponse:
    """One milestone: what is seen of it, whose it is, what it waits for, what happened."""
    return _milestone(request, sprint_or_404(number), milestone)


def _milestone(
    request: HttpRequest, sprint: Sprint, key: str, status: int = 200, **more: Any
) -> HttpResponse:
    if key not in MILESTONES:
        raise Http404
    found = stands(sprint)
    row = next(r for r in found.rows if r.milestone.id == key)
    row = _opened_by(request, row, sprint.use_case)
    named = naming()
    roles, acts = roles_of(person_of(request)), may("milestone_act", request.user)
    signatures = list(sprint.signatures.filter(milestone=key).order_by("-id"))
    names = organization.names_of({s.signed_by for s in signatures})
    shown = {
        "sprint": sprint, "found": found, "row": row, "items": [(i, named(i.seen.lacking)) for i in row.items],
        "signs": [i for i in row.items if i.attest and set(i.attest.roles) & roles] if not sprint.ended_on else [],
        "signatures": [(s, names.get(s.signed_by, _("somebody who left"))) for s in signatures],
        "history": sprint.history.filter(about=key).order_by("-id")[:30], "acts": acts and not sprint.ended_on,
        "people": _may_own() if acts else [], "needs": _needs(found, row), "dependents": _dependents(found, key),
        "others": [k for k in found.windows if k != key], "asked": request.POST, "me": person_of(request).handle,
        "cause": found.cause(key)[:-1],
        "documents": may("sprint_document", request.user), "reads_gates": may("sprint_gate", request.user),
    }  # fmt: skip
    heads = ["item", "holds", "evidence", "n", "attested"]
    rows = [[i.words, i.seen.holds, i.seen.words, i.seen.n, i.seen.attested] for i in row.items]
    if status != 200:
        return render(request, "sprint/milestone.html", shown | more, status=status)
    return shown_or_exported(request, "sprint/milestone.html", shown | more, f"sprint-{sprint.pk}-{key}", (heads, rows))  # fmt: skip


def _opened_by(request: HttpRequest, row: MilestoneRow, use_case: str) -> MilestoneRow:
    """The row with the page behind each item, or on which it comes about, where this person may open it."""
    person = person_of(request)

    def opened(item: ItemRow) -> ItemRow:
        check = row.milestone.item(item.key)
        fact = (check.about or getattr(check.sees, "fact", "")) if isinstance(check, Check) else ""
        path = item.seen.path or page_of(fact, use_case)
        return replace(item, seen=replace(item.seen, path=path if may_follow(path, person) else ""))

    return replace(row, items=tuple(opened(item) for item in row.items))


def _may_own() -> list[tuple[str, str]]:
    today = now().date()
    return organization.named_with([role for role in Role if role not in FOLLOWS], today)


def _needs(found: SprintStands, row: MilestoneRow) -> list[dict[str, Any]]:
    added = found.sprint.needs.get(row.milestone.id, [])
    return [
        {"key": n.on, "planned": found.planned[n.on], "name": str(found.windows[n.on].name), "from_start": n.from_start,
         "added": n.on in added, "milestone": n.on in MILESTONES, "gate": n.on.startswith("G")}
        for n in found.windows[row.milestone.id].needs
    ]  # fmt: skip


def _dependents(found: SprintStands, key: str) -> list[str]:
    return [k for k, w in found.windows.items() if any(n.on == key for n in w.needs)]


@require_POST
def milestone_act(request: HttpRequest, number: int, milestone: str) -> HttpResponse:
    """Another owner, another day, something it waits for."""
    sprint, asked, by = sprint_or_404(number), request.POST, person_of(request).handle
    try:
        _act(sprint, milestone, asked, by)
    except InputError as error:
        return _milestone(request, sprint, milestone, 422, problems=[str(error)])
    evaluate(sprint_or_404(number), now().date())
    messages.success(request, _("Kept. What depends on it has moved with it."))
    return redirect("milestone", number, milestone)


def _act(sprint: Sprint, key: str, asked: Any, by: str) -> None:
    match asked.get("act", ""):
        case "assign":
            services.assign(sprint, key, asked.get("owner", ""), by=by)
        case "move":
            due = asked.get("due", "")
            services.move(sprint, key, day_of(due) if due else None, asked.get("reason", ""), by=by)
        case "wait":
            services.wait_for(sprint, key, asked.get("on", ""), by=by)
        case "wait_no_more":
            services.wait_no_more(sprint, key, asked.get("on", ""), by=by)
        case _:
            raise InputError(
                _("choose what happens: another owner, another day, or what it waits for")
            )


@require_POST
def milestone_sign(request: HttpRequest, number: int, milestone: str) -> HttpResponse:
    """Sign a statement, or take one's signature back."""
    sprint, asked, person = sprint_or_404(number), request.POST, person_of(request)
    try:
        if asked.get("act") == "back":
            held = whole_number(asked.get("signature", "")) or 0
            services.take_back(sprint, held, by=person.handle, reason=asked.get("reason", ""))
        else:
            _sign(request, sprint, milestone)
    except InputError as error:
        return _milestone(request, sprint, milestone, 422, problems=[str(error)])
    evaluate(sprint, now().date())
    messages.success(request, _("Kept with your name."))
    return redirect("milestone", number, milestone)


def _sign(request: HttpRequest, sprint: Sprint, key: str) -> Signed:
    asked, person = request.POST, person_of(request)
    file = request.FILES.get("document")
    # Before anything is kept of what is handed in.
    services.need_signer(key, asked.get("item", ""), roles_of(person), asked.get("note", ""))
    return services.sign(
        sprint, key, asked.get("item", ""), by=person.handle, roles=roles_of(person),
        note=asked.get("note", ""), document=documents.keep(file) if file else None,
    )  # fmt: skip


@require_GET
def sprint_document(request: HttpRequest, number: int, digest: str) -> HttpResponse:
    """A document as it was handed in."""
    held = Signed.objects.filter(sprint_id=number, sha256=digest).first()
    if held is None:
        raise Http404
    try:
        body = documents.read(digest)
    except InputError as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=410)
    audit.record("sprint.document_read", actor=person_of(request).handle, number=number, sha256=digest)  # fmt: skip
    return attached(body, "application/octet-stream", held.document)
