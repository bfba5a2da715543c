"""What may be done with a review, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.rollout.services import live_since
from takeup.server.acting.sprint.services import plan_of, running
from takeup.server.foundation.agreement.services import need_agreement
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role
from takeup.server.foundation.pages.for_people import words
from takeup.server.showing.overview.services import day_near, latest
from takeup.server.showing.review.models import CHOICES, Comment, Review, ReviewDecision
from takeup.server.showing.review.part import Figures, Part, Reviewed, shown_groups
from takeup.server.showing.review.parts import PARTS

AFTER = timedelta(days=30)
DECISIONS = 11
"""The part that people make."""
_ONE_WAITS = "a review waits for its decisions; sign that one first"
_MOST_AHEAD = timedelta(days=366)
_COMMENT, _DECISION = 4_000, 1_000


def reviews(use_case: str) -> list[Review]:
    """Every review of a use case, the newest first."""
    return list(Review.objects.filter(use_case=use_case).order_by("-id"))


def review_of(number: int) -> Review | None:
    """The review of that number."""
    return Review.objects.filter(pk=number).first()


def path_of(review: Review) -> str:
    """The page of a review."""
    return f"/reviews/{review.pk}"


def due_on(use_case: str) -> date | None:
    """The day of the first review: thirty days after the first cohort had advice (of what a sprint mends, when its review is
    due); None before that."""
    since = live_since(use_case)
    if since is None:
        return None
    # What was live before its sprint is reviewed at the end of that.
    mended = next((one for one in running(use_case) if one.remediation), None)
    return plan_of(mended)["M17"].was if mended else since + AFTER


@transaction.atomic
def make(use_case: str, *, by: str) -> Review:
    """Make the review from what is recorded. Raises InputError before there are thirty days of use, where nothing was
    measured, or where one waits for its decisions."""
    need_agreement("a review")
    since, due = live_since(use_case), due_on(use_case)
    if since is None or due is None:
        raise InputError("nobody has the advice yet: the review comes thirty days after it went live")  # fmt: skip
    if now().date() < due:
        raise InputError(f"the review is due on {due:%-d %B %Y}: before that it would tell of habits that are not formed yet")  # fmt: skip
    if Review.objects.filter(use_case=use_case, signed_at=None).exists():
        raise InputError(_ONE_WAITS)
    newest = latest(use_case)
    if newest is None:
        raise InputError("nothing was measured yet: the first snapshot comes tonight")
    if Review.objects.filter(use_case=use_case, day=newest.day).exists():
        raise InputError(
            f"the figures of {newest.day:%-d %B %Y} were reviewed: the next review comes with newer ones"
        )
    before = day_near(use_case, since)
    older = latest(use_case, before) if before not in (None, newest.day) else None
    of = Reviewed(
        use_case, organization.use_case_title(use_case), since, newest.day, newest.document["diagnoses"][0],
        older.document["diagnoses"][0] if older else None, older.day if older else None, organization.population_titles(),
    )  # fmt: skip
    parts = _worded(json.loads(json.dumps([asdict(part(of)) for part in PARTS])))
    try:
        with transaction.atomic():
            made = Review.objects.create(
                use_case=use_case, live_since=since, day=newest.day, before_day=of.before_day,
                populations=[g["key"] for g in shown_groups(of.measure("adoption"))], parts=parts,
                sha256=mark_of(parts), made_at=now(), made_by=by,
            )  # fmt: skip
    except IntegrityError:
        # Somebody else made it a moment ago.
        raise InputError(_ONE_WAITS) from None
    audit.record("review.made", actor=by, use_case=use_case, number=made.pk, sha256=made.sha256)
    sponsors = [h for h, _ in organization.named_with([Role.EXECUTIVE], now().date())]
    tell(sponsors, f"review:{made.pk}", f"The review of the first thirty days: {of.title}", "Its decisions wait for owners, dates and a signature.", path_of(made))  # fmt: skip
    return made


def _worded(told: Any) -> Any:
    """The same for those who have no table and no command before them."""
    if isinstance(told, str):
        return words(told)
    if isinstance(told, list):
        return [_worded(one) for one in told]
    return {key: _worded(one) for key, one in told.items()} if isinstance(told, dict) else told


def mark_of(parts: object) -> str:
    """The SHA-256 of what a review tells, in canonical JSON."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parts_of(review: Review) -> list[Part]:
    """What it tells, part by part; the decisions stand as the eleventh."""
    found = [_part(one) for one in review.parts]
    return sorted([*found, _decided(review)], key=lambda one: one.number)


def _part(held: Mapping[str, Any]) -> Part:
    tables = tuple(
        Figures(t["title"], tuple(t["heads"]), tuple(tuple(row) for row in t["rows"]))
        for t in held["tables"]
    )
    return Part(held["number"], held["title"], held["says"], tables, tuple(held["notes"]))


def _decided(review: Review) -> Part:
    held = list(review.decisions.order_by("population"))
    names = organization.names_of({one.owner for one in held})
    titles = organization.population_titles()
    rows = tuple(
        (titles.get(one.population) or one.population or "Everybody", one.choice, one.text, names.get(one.owner, "somebody who left"), f"{one.due:%-d %B %Y}")
        for one in held
    )  # fmt: skip
    signed = organization.names_of([review.signed_by]).get(review.signed_by, "somebody who left")
    says = (
        f"Signed by {signed}, {review.signed_at:%-d %B %Y}." if review.signed_at else f"{len(held)} decisions, not signed yet."
    )  # fmt: skip
    return Part(DECISIONS, "Decisions", says, (Figures("Continue, change or stop", ("population", "decision", "what", "owner", "by"), rows),))  # fmt: skip


@transaction.atomic
def comment(review: Review, part: int, text: str, *, by: str) -> None:
    """Say something beside a part; nothing takes it away again. Raises InputError where it is signed, or there is no such
    part."""
    # Browsers send two characters for the end of a line, and count one.
    held, text = _open(review), text.replace("\r\n", "\n")
    if part not in range(1, 13):
        raise InputError("there are twelve parts")
    if len(text) > _COMMENT:
        raise InputError(f"a comment has at most {_COMMENT:,} characters; this one has {len(text):,}")  # fmt: skip
    if not text.strip():
        held.comments.filter(part=part, by=by).delete()
    else:
        Comment.objects.update_or_create(
            review=held, part=part, by=by, defaults={"text": text.strip(), "at": now()}
        )
    audit.record("review.commented", actor=by, use_case=held.use_case, number=held.pk, part=part)


@transaction.atomic
def decide(
    review: Review, population: str, choice: str, text: str, owner: str, due: date, *, by: str
) -> ReviewDecision:
    """Continue, change or stop for a population (empty: all), in place of what was decided of it before. Raises InputError
    where it is signed, or a part of it is missing or cannot be."""
    held = _open(review)
    if population and population not in organization.population_keys():
        raise InputError("choose a population, or all of them")
    if choice not in CHOICES:
        raise InputError("choose continue, change or stop")
    if not text.strip():
        raise InputError("say what is done")
    if len(text) > _DECISION:
        raise InputError(f"a decision has at most {_DECISION:,} characters; this one has {len(text):,}")  # fmt: skip
    if organization.active_person(owner) is None:
        raise InputError("name the one person who does it, who has not left")
    if due < now().date():
        raise InputError(f"{due:%-d %B %Y} has passed: choose a day to come")
    if due > now().date() + _MOST_AHEAD:
        raise InputError("it is due within a year: what takes longer is decided in parts")
    made, _ = ReviewDecision.objects.update_or_create(
        review=held, population=population,
        defaults={"choice": choice, "text": text.strip(), "owner": owner, "due": due, "made_at": now(), "made_by": by},
    )  # fmt: skip
    audit.record("review.population_decided", actor=by, use_case=held.use_case, number=held.pk, population=population, decided=choice, subject=owner, due=due.isoformat())  # fmt: skip
    if owner != by:
        tell([owner], f"review:{held.pk}:{population}:{owner}"[:120], f"Yours to do: {text.strip()[:200]}", f"Decided in the review of thirty days, by {due:%-d %B %Y}.", path_of(held))  # fmt: skip
    return made


@transaction.atomic
def sign(review: Review, *, by: str) -> None:
    """Sign the decisions: from then on nothing of the review changes. Raises InputError where it is signed, or a population
    that it tells of has no decision."""
    held = _open(review)
    decided = set(held.decisions.values_list("population", flat=True))
    if missing := sorted(set(held.populations) - decided) if "" not in decided else []:
        titles = organization.population_titles()
        named = ", ".join(titles.get(key) or key for key in missing)
        raise InputError(f"decide first for {named}, or for everybody")
    held.signed_at, held.signed_by = now(), by
    held.save(update_fields=["signed_at", "signed_by"])
    audit.record("review.signed", actor=by, use_case=held.use_case, number=held.pk, sha256=held.sha256)  # fmt: skip


def _open(review: Review) -> Review:
    held = Review.objects.select_for_update().filter(pk=review.pk).first()
    if held is None or held.signed_at is not None:
        raise InputError("that review is signed: what comes after is the next one’s")
    return held


def forget_use_case(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Review.objects.filter(use_case=use_case).delete()
