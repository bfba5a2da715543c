"""The week in a few lines, on the morning of the review: what is due, what was answered, what was measured. To those who
lead, of everything; to managers, of their own populations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from takeup.record.clock import now
from takeup.server.acting.signals.services import answered
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role
from takeup.server.showing.overview.queries import views_of
from takeup.server.showing.overview.services import Snapshot, newest_by_use_case
from takeup.server.showing.weekly import queries
from takeup.server.showing.weekly.services import review_day
from takeup.server.showing.weekly.weeks import week_of

_LEADS = (Role.PROGRAMME_LEAD, Role.EXECUTIVE)


def write_digest(day: date) -> int:
    """Tell leads and managers of the week of `day`, once, on the weekday of the review; how many are told."""
    if day.isoweekday() != review_day():
        return 0
    today = now().date()
    leads = {handle for handle, _name in organization.named_with(_LEADS, today)}
    told = _tell(sorted(leads), day, None)
    for handle, populations in _of_managers(today).items():
        if handle not in leads:
            told += _tell([handle], day, populations)
    return told


def _tell(people: list[str], day: date, seen: Collection[str] | None) -> int:
    lines = [
        line for name, snapshot in sorted(newest_by_use_case().items())
        for line in _lines(name, snapshot, seen)
    ]  # fmt: skip
    if not lines or not people:
        return 0
    year, week = week_of(day)
    subject = _("takeup, week {week} of {year}").format(week=week, year=year)
    tell(people, f"digest:{year}-W{week:02d}", subject, "\n".join(lines), "/week", kind="digest")
    return len(people)


def _lines(name: str, snapshot: Snapshot, seen: Collection[str] | None) -> Iterator[str]:
    """What there is to say of one use case; nothing to a manager none of whose populations are in it."""
    if seen is None:
        yield f"{snapshot.overview['title']}: {snapshot.overview['verdict']}"
    else:
        rows = [row for row in views_of(snapshot, seen).values() if row["state"] == "shown"]
        if not rows:
            return
        yield from (
            f"{r['title']}: {r['with_advice']} {_('decided with the advice')}" for r in rows
        )
    for one in queries.due(name, queries.beside(name), seen):
        due = _("overdue since") if one.late else _("due")
        yield f"  {due} {one.day:%-d %b}: {one.title} ({one.kind}, {one.who})"
    if seen is None:
        yield from _answered(name)


def _answered(name: str) -> Iterator[str]:
    titles, called = organization.population_titles(), organization.use_case_title(name)
    since = now() - timedelta(days=7)
    for r in answered(name):
        if r.closed_at and r.closed_at >= since:
            where = titles.get(r.population, r.population) or called
            yield _("  answered: {where}, {words}").format(where=where, words=r.words)


def _of_managers(day: date) -> dict[str, set[str]]:
    """By manager the populations of their teams."""
    found: dict[str, set[str]] = {}
    for one in organization.who_manages(day):
        found.setdefault(one.handle, set()).add(one.population)
    return found
