"""What comes when, in somebody's own calendar: a feed at an address that is theirs alone (RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.core import signing
from icalendar import Calendar, Event

from takeup.server.deployment.capability import of_every
from takeup.server.deployment.sealing import keyed
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person

_SALT = "takeup.calendar"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What comes on a `day` (whole days; no text names a person): a `key` that stays, words, the page, and when it was
    set."""

    key: str
    day: date
    words: str
    path: str
    set_at: datetime


def feed_path(person: Person) -> str:
    """The address of a person's feed. It ends with their sessions (a new password, signed out everywhere)."""
    return f"/calendar/{signing.dumps([person.handle, _stands(person)], salt=_SALT)}.ics"


def whose(token: str) -> Person | None:
    """Whose feed an address is; None where it is nobody's any more."""
    try:
        handle, stands = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = organization.active_person(str(handle))
    return person if person is not None and _stands(person) == stands else None


def _stands(person: Person) -> str:
    return keyed("calendar", person.get_session_auth_hash())[:16]


def calendar_of(person: Person) -> bytes:
    """What every capability has for this person (its part `calendar_days.py`)."""
    made = Calendar()
    made.add("prodid", "-//takeup//what comes when//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "takeup")
    for days_of in of_every("calendar_days", "days"):
        for one in days_of(person):
            made.add_component(_event(one))
    return bytes(made.to_ical())


def _event(one: CalendarDay) -> Event:
    event = Event()
    event.add("uid", f"{one.key}@takeup")
    event.add("dtstamp", datetime.combine(one.set_at.date(), time(), UTC))
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("summary", one.words)
    event.add("url", f"{settings.TAKEUP.public_url}{one.path}")
    return event
