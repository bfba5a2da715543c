"""Pages: reviews of a use case, and one, as a page, on paper, in Word and as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.deployment.roles import FOLLOWS, Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import day_of, whole_number
from takeup.server.foundation.pages.exports import attached, shown_or_exported
from takeup.server.foundation.permissions import may
from takeup.server.showing.review import services
from takeup.server.showing.review.models import CHOICES, Review
from takeup.server.showing.review.word import word_of

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _person(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person


@require_GET
def reviews(request: HttpRequest, name: str) -> HttpResponse:
    """Every review of a use case, and when the next one is due."""
    return _reviews(request, name)


def _reviews(request: HttpRequest, name: str, status: int = 200, **more: Any) -> HttpResponse:
    if name not in organization.use_case_names():
        raise Http404
    shown = {
        "use_case": name, "found": services.reviews(name), "due": services.due_on(name), "today": now().date(),
        "makes": may("review_make", request.user),
    }  # fmt: skip
    return render(request, "review/reviews.html", shown | more, status=status)


@require_POST
def review_make(request: HttpRequest, name: str) -> HttpResponse:
    """Make it from what is recorded."""
    if name not in organization.use_case_names():
        raise Http404
    try:
        made = services.make(name, by=_person(request).handle)
    except InputError as error:
        return _reviews(request, name, 422, problems=[str(error)])
    messages.success(request, _("Made. Comments stand beside the figures, which stay as they are."))
    return redirect("review", made.pk)


def _or_404(number: int) -> Review:
    found = services.review_of(number)
    if found is None:
        raise Http404
    return found


@require_GET
def review(request: HttpRequest, number: int) -> HttpResponse:
    """One review."""
    found = _or_404(number)
    if request.GET.get("as") == "docx":
        return _word(request, found)
    return _review(request, found)


def _review(
    request: HttpRequest, found: Review, status: int = 200, typed: Mapping[int, str] | None = None, **more: Any
) -> HttpResponse:  # fmt: skip
    parts, comments = services.parts_of(found), _comments(found)
    mine = {c.part: c.text for c in found.comments.filter(by=_person(request).handle)} | dict(typed or {})  # fmt: skip
    titles = organization.population_titles()
    today = now().date()
    shown = {
        "review": found, "asked": request.POST, "choices": CHOICES,
        "parts": [(p, comments.get(p.number, ()), mine.get(p.number, "")) for p in parts],
        "comments_may": may("review_comment", request.user) and found.signed_at is None,
        "decides": may("review_decide", request.user) and found.signed_at is None,
        "signs": may("review_sign", request.user) and found.signed_at is None,
        "populations": [(k, titles.get(k) or k) for k in found.populations],
        "people": organization.named_with([role for role in Role if role not in FOLLOWS], today),
        "word": True, "lost": found.signed_at is not None and "\n".join((typed or {}).values()),
    }  # fmt: skip
    heads = ["part", "table", "row", "column", "text"]
    rows = [
        [p.number, t.title, row[0], head, text]
        for p in parts for t in p.tables for row in t.rows for head, text in zip(t.heads, row, strict=True)
    ]  # fmt: skip
    if status != 200:
        return render(request, "review/review.html", shown | more, status=status)
    return shown_or_exported(request, "review/review.html", shown | more, f"review-{found.pk}", (heads, rows))  # fmt: skip


def _comments(found: Review) -> Mapping[int, Sequence[tuple[str, str]]]:
    held = list(found.comments.order_by("part", "at"))
    names = organization.names_of({c.by for c in held})
    said: dict[int, list[tuple[str, str]]] = {}
    for one in held:
        said.setdefault(one.part, []).append((names.get(one.by, _("somebody who left")), one.text))
    return said


def _word(request: HttpRequest, found: Review) -> HttpResponse:
    audit.record("export.made", actor=_person(request).handle, view=f"review-{found.pk}", form="docx")  # fmt: skip
    title = _("The first thirty days: {title}").format(title=organization.use_case_title(found.use_case))  # fmt: skip
    body = word_of(title, _lede(found), services.parts_of(found), _comments(found))
    return attached(body, _WORD, f"review-{found.pk}.docx")


def _lede(found: Review) -> str:
    return _("Live since {since}; from the snapshot of {day}. SHA-256 {mark}").format(
        since=f"{found.live_since:%-d %B %Y}", day=f"{found.day:%-d %B %Y}", mark=found.sha256
    )


@require_POST
def review_comment(request: HttpRequest, number: int) -> HttpResponse:
    """Say something beside a part."""
    found, asked = _or_404(number), request.POST
    part, text = whole_number(asked.get("part", "")) or 0, asked.get("text", "")
    try:
        services.comment(found, part, text, by=_person(request).handle)
    except InputError as error:
        return _review(request, found, 422, problems=[str(error)], typed={part: text})
    messages.success(request, _("Kept."))
    return redirect(f"{services.path_of(found)}#part-{part}")


@require_POST
def review_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Decide for a population."""
    found, asked = _or_404(number), request.POST
    try:
        services.decide(
            found, asked.get("population", ""), asked.get("choice", ""), asked.get("text", ""), asked.get("owner", ""),
            day_of(asked.get("due", "")), by=_person(request).handle,
        )  # fmt: skip
    except InputError as error:
        return _review(request, found, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    return redirect(f"{services.path_of(found)}#part-{services.DECISIONS}")


@require_POST
def review_sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign the decisions."""
    found = _or_404(number)
    try:
        services.sign(found, by=_person(request).handle)
    except InputError as error:
        return _review(request, found, 422, problems=[str(error)])
    messages.success(request, _("Signed. Nothing of it changes any more."))
    return redirect("review", number)
