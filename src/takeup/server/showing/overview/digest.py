"""The week in a few lines, for those who lead: what is due, what was answered, what was measured."""

from __future__ import annotations

from datetime import date, timedelta

from takeup.record.clock import now
from takeup.server.acting.signals.services import answered, awaited, open_responses
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role
from takeup.server.showing.overview.services import newest_by_use_case

_LEADS = (Role.PROGRAMME_LEAD, Role.EXECUTIVE)


def write_digest(day: date) -> int:
    """Tell the leads of the week of `day`, once; how many are told."""
    year, week, _ = day.isocalendar()
    titles = organization.population_titles()
    lines = []
    for name, snapshot in sorted(newest_by_use_case().items()):
        called = organization.use_case_title(name)
        lines.append(f"{snapshot.overview['title']}: {snapshot.overview['verdict']}")
        open_, _queued = open_responses(name)
        lines += [
            f"  due {awaited(r)[0]:%-d %b}: {titles.get(r.population, r.population) or called}, {r.words}"
            for r in open_
        ]
        since = now() - timedelta(days=7)
        closed = [r for r in answered(name) if r.closed_at and r.closed_at >= since]
        lines += [
            f"  answered: {titles.get(r.population, r.population) or called}, {r.words}"
            for r in closed
        ]
    if not lines:
        return 0
    people = [handle for handle, _ in organization.named_with(_LEADS, now().date())]
    subject = f"takeup, week {week} of {year}"
    tell(
        people, f"digest:{year}-W{week:02d}", subject, "\n".join(lines), "/overview", kind="digest"
    )
    return len(people)
