"""What may be done with weekly reviews, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.showing.overview.services import latest
from takeup.server.showing.weekly.models import Review, ReviewDay, ReviewDecision
from takeup.server.showing.weekly.weeks import week_of

LONGEST = 2_000
"""Letters of a decision."""
MOST_AHEAD = timedelta(days=366)
_MONDAY = 1


@transaction.atomic
def open_review(use_case: str, *, by: str) -> tuple[Review, bool]:
    """The review of this week, and whether it begins now: whoever comes second joins it. Raises InputError where nothing
    is measured yet."""
    snapshot = latest(use_case)
    if snapshot is None:
        raise InputError(_("nothing is measured yet: a review looks at figures"))
    year, week = week_of(now().date())
    review, made = Review.objects.get_or_create(
        use_case=use_case, year=year, week=week,
        defaults={"figures_of": snapshot.day, "opened_at": now(), "opened_by": by},
    )  # fmt: skip
    if made:
        audit.record(
            "review.opened", actor=by, use_case=use_case, week=str(review), number=review.pk
        )
    return review, made


@transaction.atomic
def decide(
    number: int, text: str, *, owner: str, due: date | None, by: str, population: str = ""
) -> ReviewDecision:
    """Record what is decided in this week's review, who answers for it and by when. Raises InputError with everything that
    is wrong."""
    review = _review(number)
    problems = _problems(review, text.strip(), owner, due, population)
    if problems or due is None:
        raise InputError(" ".join(problems))
    made = ReviewDecision.objects.create(
        review=review, population=population, text=text.strip(), owner=owner, due=due,
        decided_at=now(), decided_by=by,
    )  # fmt: skip
    _record("review.decided", made, by, subject=owner, due=due.isoformat())
    if owner != by:
        _tell(made, "owner", _("Yours by {day}").format(day=f"{due:%-d %B %Y}"))
    return made


def _problems(
    review: Review, text: str, owner: str, due: date | None, population: str
) -> list[str]:
    today, found = now().date(), []
    if (review.year, review.week) != week_of(today):
        found.append(_("The week of that review is over: open the review of this week."))
    if not text:
        found.append(_("Write what is decided."))
    if len(text) > LONGEST:
        found.append(_("A decision has at most {n} letters.").format(n=f"{LONGEST:,}"))
    if population and population not in organization.population_keys():
        found.append(_("There is no population {key}.").format(key=repr(population)))
    if problem := _owner_problem(owner):
        found.append(problem)
    if due is None:
        return [*found, _("Say by when: a day like 2027-12-31.")]
    if due < today:
        found.append(_("That day has passed: it is due today or later."))
    if due > today + MOST_AHEAD:
        found.append(_("It is due within a year: what takes longer is decided in parts."))
    return found


def _owner_problem(owner: str) -> str:
    if organization.active_person(owner) is not None:
        return ""
    known = organization.names_of([owner]).get(owner, "")
    if known:
        return _("{name} has left: name somebody who is here.").format(name=known)
    return _("Name the one person who answers for it.")


@transaction.atomic
def hand_over(number: int, owner: str, *, by: str) -> ReviewDecision:
    """Somebody else answers for an open decision. Raises InputError where it is done, or nobody who is here is named."""
    one = _open_decision(number)
    if problem := _owner_problem(owner):
        raise InputError(problem)
    one.owner = owner
    one.save(update_fields=["owner"])
    _record("review.handed_over", one, by, subject=owner)
    if owner != by:
        _tell(one, f"owner:{owner}", _("Yours by {day}").format(day=f"{one.due:%-d %B %Y}"))
    return one


@transaction.atomic
def done(number: int, *, by: str, came_of_it: str = "") -> ReviewDecision:
    """It is done. Raises InputError where it was, or what came of it is too long."""
    one, told = _open_decision(number), came_of_it.strip()
    if len(told) > LONGEST:
        raise InputError(_("What came of it has at most {n} letters.").format(n=f"{LONGEST:,}"))
    one.done_on, one.done_by, one.came_of_it = now().date(), by, told
    one.save(update_fields=["done_on", "done_by", "came_of_it"])
    _record("review.done", one, by)
    return one


@transaction.atomic
def set_review_day(weekday: int, *, by: str) -> None:
    """On which weekday (1: Monday) reviews are held, and their digest goes out. Raises InputError where it is none."""
    if weekday not in range(1, 8):
        raise InputError(_("choose a weekday"))
    before = review_day()
    ReviewDay.objects.create(weekday=weekday, set_at=now(), set_by=by)
    audit.record("review.day_set", actor=by, before=before, after=weekday)


def review_day() -> int:
    """The weekday of reviews (1: Monday)."""
    found = ReviewDay.objects.order_by("-id").values_list("weekday", flat=True).first()
    return found or _MONDAY


def tell_of_late_decisions(use_case: str, today: date) -> None:
    """Owners are told once of each decision whose day has passed."""
    late = ReviewDecision.objects.filter(review__use_case=use_case, done_on=None, due__lt=today)
    for one in late.select_related("review"):
        _tell(one, "late", _("Past its day"))


def forget_use_case(use_case: str) -> None:
    """No review of it is kept any more."""
    Review.objects.filter(use_case=use_case).delete()


def _tell(one: ReviewDecision, what: str, words: str) -> None:
    text = _("Decided in the weekly review, due on {day}.").format(day=f"{one.due:%-d %B %Y}")
    tell([one.owner], f"review:decision:{one.pk}:{what}", f"{words}: {one.text}", text, "/")


def _review(number: int) -> Review:
    found = Review.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise InputError(_("there is no such review"))
    return found


def _open_decision(number: int) -> ReviewDecision:
    one = ReviewDecision.objects.select_for_update().filter(pk=number).first()
    if one is None:
        raise InputError(_("there is no such decision"))
    if one.done_on is not None:
        raise InputError(_("that decision is done already"))
    return one


def _record(action: str, one: ReviewDecision, by: str, **detail: Any) -> None:
    review = one.review
    audit.record(
        action, actor=by, use_case=review.use_case, population=one.population, number=one.pk,
        week=str(review), **detail,
    )  # fmt: skip
