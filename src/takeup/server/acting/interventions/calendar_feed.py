"""What comes when, in somebody's own calendar: a feed at an address that is theirs alone (RFC 5545)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.core import signing
from icalendar import Calendar, Event

from takeup.server.acting.interventions.models import ActionRun
from takeup.server.acting.interventions.services import path_of
from takeup.server.deployment.sealing import keyed
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person

_SALT = "takeup.actions.calendar"


def feed_path(person: Person) -> str:
    """The address of a person's feed. It ends with their sessions (a new password, signed out everywhere)."""
    return (
        f"/interventions/calendar/{signing.dumps([person.handle, _stands(person)], salt=_SALT)}.ics"
    )


def whose(token: str) -> Person | None:
    """Whose feed an address is; None where it is nobody's any more."""
    try:
        handle, stands = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = organization.active_person(str(handle))
    return person if person is not None and _stands(person) == stands else None


def _stands(person: Person) -> str:
    return keyed("actions.calendar", person.get_session_auth_hash())[:16]


def calendar_of(runs: Sequence[ActionRun], titles: Mapping[str, str]) -> bytes:
    """Starts, steps and checks of these runs as whole days; no text names a person."""
    made = Calendar()
    made.add("prodid", "-//takeup//actions on populations//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "takeup: actions")
    for run in runs:
        where = titles.get(run.population) or run.population
        for key, day, what, at in _days(run):
            made.add_component(_event(run, f"{run.pk}-{key}", day, f"{where}: {what}", at))
    return bytes(made.to_ical())


def _days(run: ActionRun) -> list[tuple[str, date, str, datetime]]:
    """What happens on which day: a key that stays, the day, words, and when it was declared."""
    found = []
    if run.state == "planned":
        found.append(("start", run.starts_on, f"starts: {run.library['do']}", run.declared_at))
    for step in run.steps.all():
        if step.done_on is None:
            found.append((f"step-{step.place}", step.due, step.text, run.declared_at))
    found.append(("check", run.check_on, f"did it work? {run.library['do']}", run.declared_at))
    return found


def _event(run: ActionRun, key: str, day: date, words: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"action-{key}@takeup")
    event.add("dtstamp", datetime.combine(at.date(), time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", words)
    event.add("url", f"{settings.TAKEUP.public_url}{path_of(run)}")
    return event
