"""Whether managers look at the week: how many, never who.

Kept is that a manager opened the dashboard in a week, without a day or time. It is told as a count of at least five
managers, to the manager alone as theirs, and to nobody else. Who began to lead a team in the meantime does not count,
nor does a week without a working day. A manager who is away cannot be told from one who does not look: the signal asks,
and all managers are asked together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from takeup.server.acting.rollout.services import has_rollout, live_since
from takeup.server.acting.signals.rules import NOT_LOOKING
from takeup.server.acting.signals.services import Raised, take_raised
from takeup.server.deployment.working_days import due_after
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.showing.overview.queries import measured_populations
from takeup.server.showing.overview.services import first_measured
from takeup.server.showing.weekly.models import Review, WeekOpened
from takeup.server.showing.weekly.weeks import Week, week_of, weeks_before

FEWEST_MANAGERS = 5
"""Of fewer managers nothing is told: some of them would be somebody."""
WEEKS_UNOPENED, WEEKS_LOOKED_AT, WEEKS_ENOUGH = 2, 4, 3
_KEPT = timedelta(weeks=6)


def note_opened(use_case: str, handle: str, today: date) -> None:
    """A manager opened the dashboard this week."""
    year, week = week_of(today)
    WeekOpened.objects.get_or_create(use_case=use_case, handle=handle, year=year, week=week)


def own_weeks(use_case: str, handle: str, today: date) -> tuple[int, int]:
    """In how many of how many weeks a manager opened it, for that manager alone: the last whole weeks that count."""
    weeks = _counting(use_case, weeks_before(today, WEEKS_LOOKED_AT))
    return len(_opened(use_case, weeks).get(handle, ())), len(weeks)


def managers_looking(use_case: str, today: date) -> tuple[int, int] | None:
    """How many managers opened it in three of the last four whole weeks, of how many who could; None before three such
    weeks have passed, or where nobody leads anybody there."""
    weeks = _counting(use_case, weeks_before(today, WEEKS_LOOKED_AT))
    if len(weeks) < WEEKS_ENOUGH:
        return None
    managers = _managers(use_case, today, weeks[len(weeks) - WEEKS_ENOUGH])
    opened = _opened(use_case, weeks)
    looking = sum(len(opened.get(handle, ())) >= WEEKS_ENOUGH for handle in managers)
    return (looking, len(managers)) if managers else None


def take_unopened(use_case: str, today: date) -> None:
    """Raise the signal where managers did not open it for two whole weeks running, and tell each of them alone."""
    weeks = _counting(use_case, weeks_before(today, WEEKS_UNOPENED))
    found = {}
    if len(weeks) == WEEKS_UNOPENED:
        managers = _managers(use_case, today, weeks[0])
        absent = managers - _opened(use_case, weeks).keys()
        for handle in absent:
            _tell_alone(use_case, handle)
        if absent and len(managers) >= FEWEST_MANAGERS:
            found[use_case, ""] = Raised(weeks[0].monday, _evidence(weeks, len(managers)))
    take_raised(NOT_LOOKING, found, use_case=use_case)


def _evidence(weeks: Sequence[Week], managers: int) -> str:
    return _(
        "in the two weeks from {day} some of the {n} managers did not open the weekly page; which, nobody is told"
    ).format(day=f"{weeks[0].monday:%-d %B}", n=managers)


def _tell_alone(use_case: str, handle: str) -> None:
    """To the manager and nobody else, once until they open it again."""
    last = (
        WeekOpened.objects.filter(use_case=use_case, handle=handle)
        .order_by("-year", "-week")
        .first()
    )
    tell(
        [handle], f"weekly:unopened:{use_case[:80]}:{last or 'never'}",
        _("You have not opened the week of your teams for two weeks"),
        _("Only you are told. What is due there, and three questions for your team, are one click away."),
        "/team",
    )  # fmt: skip


def _counting(use_case: str, weeks: Iterable[Week]) -> list[Week]:
    """The weeks that had figures from their first day on (or a review, which looks at figures), and a working day."""
    reviews = Review.objects.filter(use_case=use_case).order_by("year", "week")[:1]
    starts = [week_of(one.opened_at.date()).monday for one in reviews]
    measured = first_measured(use_case)
    first = min([*starts, *([measured] if measured else [])], default=None)
    return [
        w for w in weeks
        if first is not None and first <= w.monday and _works(w) and _has_advice(use_case, w)
    ]  # fmt: skip


def _has_advice(use_case: str, week: Week) -> bool:
    """Whether somebody had the advice already: before that there is nothing to look at."""
    since = live_since(use_case)
    return since <= week.monday if since is not None else not has_rollout(use_case)


def _works(week: Week) -> bool:
    return due_after(week.monday - timedelta(days=1), 1) < week.monday + timedelta(weeks=1)


def _managers(use_case: str, today: date, since: Week) -> set[str]:
    """Who led a team of its populations already when that week began."""
    populations = measured_populations(use_case)
    return {
        one.handle
        for one in organization.who_manages(today)
        if one.population in populations and one.since <= since.monday
    }


def _opened(use_case: str, weeks: Collection[Week]) -> dict[str, set[Week]]:
    """By manager the weeks among these in which they opened it."""
    found: dict[str, set[Week]] = {}
    held = WeekOpened.objects.filter(use_case=use_case, year__in={w.year for w in weeks})
    for handle, year, number in held.values_list("handle", "year", "week"):
        if (week := Week(year, number)) in weeks:
            found.setdefault(handle, set()).add(week)
    return found


def forget_opened(handle: str) -> None:
    """Nothing of a person's is kept any more."""
    WeekOpened.objects.filter(handle=handle).delete()


def age_opened(today: date) -> None:
    """What is older than is ever counted goes."""
    oldest = week_of(today - _KEPT)
    for one in WeekOpened.objects.filter(year__lte=oldest.year):
        if (one.year, one.week) < oldest:
            one.delete()
