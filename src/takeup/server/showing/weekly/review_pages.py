"""Pages: the review of a week, what was decided in it, and all reviews of a use case."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.deployment.roles import FOLLOWS, Role
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.pages.asked import day_of, whole_number
from takeup.server.foundation.pages.exports import Table, shown_or_exported
from takeup.server.foundation.permissions import may
from takeup.server.showing.overview.queries import order_of
from takeup.server.showing.overview.services import latest
from takeup.server.showing.weekly import queries, services
from takeup.server.showing.weekly.models import Review, ReviewDecision
from takeup.server.showing.weekly.pages import person_of, seen_by, snapshot_of
from takeup.server.showing.weekly.queries import Decided
from takeup.server.showing.weekly.weeks import Week, week_of

_OWNERS = [role for role in Role if role not in FOLLOWS]


@require_POST
def weekly_open(request: HttpRequest, name: str) -> HttpResponse:
    """Open the review of this week; whoever comes second joins it."""
    snapshot_of(name)
    try:
        review, made = services.open_review(name, by=person_of(request).handle)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("weekly_of", name)
    if not made:
        messages.info(request, _("The review of this week is open already: this is it."))
    return redirect("weekly_review", review.pk)


@require_GET
def weekly_review(request: HttpRequest, number: int) -> HttpResponse:
    """One review: who opened it when, and what was decided."""
    return _review(request, number)


def _review(request: HttpRequest, number: int, status: int = 200, **more: Any) -> HttpResponse:
    review = Review.objects.filter(pk=number).first()
    if review is None:
        raise Http404
    snapshot, today = latest(review.use_case), now().date()
    seen = seen_by(person_of(request), review.use_case)
    found = _visible(queries.decided(review.decisions.order_by("id")), seen)
    runs_now = (review.year, review.week) == week_of(today)
    shown = {
        "review": review, "use_case": review.use_case, "week": Week(review.year, review.week).monday,
        "who": queries.name_in(organization.names_of([review.opened_by]), review.opened_by),
        "decisions": found, "today": today, "asked": {}, "this_week": runs_now,
        "decides": runs_now and may("weekly_decide", request.user), "hands_over": may("weekly_hand_over", request.user),
        "populations": [one for one in order_of(snapshot) if seen is None or one.key in seen] if snapshot else [],
        "people": _people(), "me": person_of(request).handle, "limited": seen is not None,
        "population": request.GET.get("population", ""),
    }  # fmt: skip
    if status != 200:
        return render(request, "weekly/review.html", shown | more, status=status)
    return shown_or_exported(
        request, "weekly/review.html", shown, f"review-{review.use_case}-{review}", _table(found)
    )


def _visible(found: list[Decided], seen: set[str] | None) -> list[Decided]:
    """Decisions on the populations that a person sees, and on the whole of what they see a part of."""
    return [one for one in found if queries.concerns(one.it.population, seen)]


def _people() -> list[tuple[str, str]]:
    """Who may answer for a decision: whoever was given a role, and managers."""
    today = now().date()
    named = organization.named_with(_OWNERS, today)
    managers = organization.names_of({one.handle for one in organization.who_manages(today)})
    return sorted({**managers, **dict(named)}.items(), key=lambda one: one[1])


def _table(found: list[Decided]) -> Table:
    columns = ["week", "population", "decision", "owner", "due", "done", "came_of_it"]
    return columns, [
        [str(one.it.review), one.it.population, one.it.text, one.who, one.it.due, one.it.done_on,
         one.it.came_of_it]
        for one in found
    ]  # fmt: skip


def _day(text: str) -> date | None:
    """The day that was typed; None where it is none, which is said beside everything else."""
    try:
        return day_of(text)
    except InputError:
        return None


@require_POST
def weekly_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Record a decision."""
    asked = request.POST
    try:
        services.decide(
            number, asked.get("text", ""), owner=asked.get("owner", ""), due=_day(asked.get("due", "")),
            population=asked.get("population", ""), by=person_of(request).handle,
        )  # fmt: skip
    except InputError as error:
        return _review(
            request, number, 422, problems=[str(error)], asked=asked,
            population=asked.get("population", ""),
        )  # fmt: skip
    messages.success(
        request, _("Decided. Whoever answers for it is told, and sees it on their first page.")
    )
    return redirect("weekly_review", number)


@require_POST
def weekly_done(request: HttpRequest, number: int) -> HttpResponse:
    """It is done: its owner says so, or whoever may decide."""
    one, person = ReviewDecision.objects.filter(pk=number).first(), person_of(request)
    if one is None:
        raise Http404
    if one.owner != person.handle and not may("weekly_decide", person):
        return render(request, "not_permitted.html", status=403)
    try:
        services.done(number, came_of_it=request.POST.get("came_of_it", ""), by=person.handle)
        messages.success(request, _("Done, and kept."))
    except InputError as error:
        messages.error(request, str(error))
    if request.POST.get("from") == "home" or not may("weekly_review", person):
        return redirect("home")
    return redirect("weekly_review", one.review_id)


@require_POST
def weekly_hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody else answers for it."""
    one = ReviewDecision.objects.filter(pk=number).first()
    if one is None:
        raise Http404
    try:
        services.hand_over(number, request.POST.get("owner", ""), by=person_of(request).handle)
    except InputError as error:
        return _review(request, one.review_id, 422, problems=[str(error)])
    messages.success(request, _("Handed over."))
    return redirect("weekly_review", one.review_id)


@require_GET
def weekly_reviews(request: HttpRequest, name: str) -> HttpResponse:
    """Every review of a use case with its decisions, the newest first; what is open stands above."""
    snapshot_of(name)
    seen, held = seen_by(person_of(request), name), queries.reviews_of(name)
    every = _visible(
        queries.decided(one for review in held for one in review.decisions.all()), seen
    )
    of: dict[int, list[Decided]] = {}
    for one in every:
        of.setdefault(one.it.review_id, []).append(one)
    names = organization.names_of([review.opened_by for review in held])
    shown = {
        "use_case": name, "today": now().date(), "limited": seen is not None,
        "open": sorted((one for one in every if one.it.done_on is None), key=lambda one: one.it.due),
        "reviews": [
            (review, Week(review.year, review.week).monday, queries.name_in(names, review.opened_by), of.get(review.pk, []),
             bool(review.decisions.all()))
            for review in held
        ],
    }  # fmt: skip
    return shown_or_exported(
        request, "weekly/reviews.html", shown, f"reviews-{name}", _table(every)
    )


@require_POST
def weekly_day(request: HttpRequest) -> HttpResponse:
    """On which weekday reviews are held."""
    try:
        services.set_review_day(whole_number(request.POST.get("weekday", "")) or 0, by=person_of(request).handle)  # fmt: skip
        messages.success(request, _("Kept: the digest goes out on the morning of that day."))
    except InputError as error:
        messages.error(request, str(error))
    back = request.POST.get("use_case", "")
    return (
        redirect("weekly_of", back) if back in organization.use_case_names() else redirect("weekly")
    )
