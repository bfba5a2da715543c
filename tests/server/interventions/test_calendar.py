"""What comes when, in somebody's own calendar, by an address that is theirs alone."""

from __future__ import annotations

import re

from icalendar import Calendar

from tests.server.interventions.test_actions import bank, days, declare
from tests.server.people import client_of

__all__ = ["bank"]


def feed_of(someone) -> str:
    page = client_of(someone).get("/interventions").content.decode()
    return re.search(r"(/calendar/[^<]+\.ics)", page)[1]


def events(address: str) -> dict[str, str]:
    """Days by what happens on them, as a calendar that signs in nowhere reads them."""
    answer = client_of().get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    read = Calendar.from_ical(answer.content)
    return {str(e["summary"]): e["dtstart"].dt.isoformat() for e in read.walk("VEVENT")}


def test_a_calendar_reads_starts_steps_and_checks_as_whole_days(bank):
    run = declare(bank)
    found = events(feed_of(bank))
    assert found["north: Ask three teams"] == days(3).isoformat()
    assert found["north: First case in each"] == days(7).isoformat()
    (check,) = (day for words, day in found.items() if words.startswith("north: did it work?"))
    assert check == run.check_on.isoformat()
    assert bank.name not in " ".join(found)


def test_what_is_done_or_over_leaves_the_calendar(bank):
    from takeup.server.acting.interventions.services import start, step_done, withdraw

    run = declare(bank)
    address = feed_of(bank)
    start(run.pk, by=bank.handle)
    step_done(run.pk, run.steps.first().place, by=bank.handle)
    assert "north: Ask three teams" not in events(address)
    assert not any("starts:" in words for words in events(address))
    withdraw(run.pk, by=bank.handle, reason="another one comes first")
    assert events(address) == {}


def test_an_address_opens_for_its_owner_as_long_as_they_may_and_ends_with_a_new_password(bank):
    declare(bank)
    address = feed_of(bank)
    assert client_of().get(address.replace(".ics", "x.ics")).status_code == 404
    assert "sessionid" not in client_of().get(address).cookies
    bank.set_password("another-long-password")
    bank.save()
    assert client_of().get(address).status_code == 404
    again = feed_of(bank)
    bank.is_active = False
    bank.save()
    assert client_of().get(again).status_code == 404
