"""When escalations are due, in the calendars of who answers them; what is promised, in its champion's too."""

from __future__ import annotations

from collections.abc import Iterable

from takeup.server.acting.escalations.breaches import awaited
from takeup.server.acting.escalations.models import Escalation
from takeup.server.acting.escalations.services import every, is_promised, own, path_of
from takeup.server.deployment.working_days import local
from takeup.server.foundation.calendar.feed import CalendarDay
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.permissions import may


def days(person: Person) -> Iterable[CalendarDay]:
    """What waits and what is promised, as far as a person reads it."""
    if may("escalation_act", person):
        held = every()
    elif may("escalation_open", person):
        held = own(person.handle)
    else:
        return
    titles = organization.population_titles()
    for one in held:
        yield from _days(one, titles.get(one.population) or one.population)


def _days(one: Escalation, where: str) -> Iterable[CalendarDay]:
    if (waits := awaited(one)) is not None:
        by, what = waits
        words = f"{where}: an escalation ({one.priority}) is to be {what} by {local(by):%H:%M}"
        yield CalendarDay(f"escalation-{one.pk}-{what}", local(by).date(), words, path_of(one), one.opened_at)  # fmt: skip
    elif is_promised(one) and one.promised_on and one.decided_at:
        words = f"{where}: an escalation ({one.priority}) was promised for today"
        yield CalendarDay(f"escalation-{one.pk}-promised", one.promised_on, words, path_of(one), one.decided_at)  # fmt: skip
