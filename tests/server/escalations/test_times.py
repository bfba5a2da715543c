"""By when an escalation is acknowledged and decided: working hours and days, weekends, holidays, the zone of the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.test_working_days import of_country  # noqa: F401 - a fixture.

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def where(of_country, monkeypatch):  # noqa: F811
    """Says in which country and zone the deployment is."""
    from django.conf import settings

    def say(country: str, zone: str = "UTC") -> None:
        of_country(country)
        held = settings.TAKEUP.model_copy(update={"time_zone": zone})
        monkeypatch.setattr(settings, "TAKEUP", held)

    say("")
    return say


def moment(text: str, zone=UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        # Inside a day; to its very end; over an evening; before it begins.
        ("2026-11-23T09:00", "2026-11-23T13:00"),
        ("2026-11-23T13:00", "2026-11-23T17:00"),
        ("2026-11-23T15:30", "2026-11-24T11:30"),
        ("2026-11-23T06:12", "2026-11-23T13:00"),
        ("2026-11-23T17:00", "2026-11-24T13:00"),
        # Friday afternoon, Saturday, and Sunday night: over the weekend.
        ("2026-11-27T16:00", "2026-11-30T12:00"),
        ("2026-11-28T11:00", "2026-11-30T13:00"),
        ("2026-11-29T23:59", "2026-11-30T13:00"),
        # The day before Christmas 2026, a Thursday: 25 December is a Friday and a holiday.
        ("2026-12-24T15:00", "2026-12-28T11:00"),
    ],
)
def test_four_working_hours_after(where, begins, ends):
    from takeup.server.deployment.working_days import due_after_hours

    where("DE", "Europe/Berlin")
    assert due_after_hours(moment(begins, BERLIN), 4) == moment(ends, BERLIN)


def test_hours_are_those_of_the_zone_of_the_settings(where):
    from takeup.server.deployment.working_days import clock_words, due_after_hours

    where("", "America/New_York")
    # 18:00 UTC is one in the afternoon there.
    assert due_after_hours(moment("2026-11-23T18:00"), 4) == moment("2026-11-23T22:00")
    assert clock_words(moment("2026-11-23T22:00")) == "Monday 23 November, 17:00"
    where("", "Asia/Tokyo")
    # There it is three at night on Tuesday.
    assert due_after_hours(moment("2026-11-23T18:00"), 4) == moment("2026-11-24T04:00")


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 6 * 365 * 24 * 60), st.integers(1, 24))
def counted(minute: int, hours: int) -> None:
    """Held to a count of every minute: as many worked ones lie between as were asked for."""
    from takeup.server.deployment.working_days import due_after_hours, is_working_day

    begins = moment("2024-01-01T00:00", BERLIN) + timedelta(minutes=minute)
    ends = due_after_hours(begins, hours).astimezone(BERLIN)
    at, minutes = begins.replace(tzinfo=None), 0
    while at < ends.replace(tzinfo=None):
        minutes += is_working_day(at.date()) and 9 <= at.hour < 17
        at += timedelta(minutes=1)
    assert minutes == 60 * hours
    before = ends - timedelta(minutes=1)
    assert is_working_day(before.date())
    assert 9 <= before.hour < 17


def test_between_lie_as_many_worked_minutes_as_were_asked_for(where):
    where("DE-BY", "Europe/Berlin")
    counted()


@pytest.mark.parametrize(
    ("priority", "begins", "acknowledge", "decide"),
    [
        ("P1", "2026-11-23T10:00", "2026-11-23T14:00", "2026-11-24T17:00"),
        ("P1", "2026-11-27T16:00", "2026-11-30T12:00", "2026-11-30T17:00"),
        ("P1", "2026-11-28T03:00", "2026-11-30T13:00", "2026-11-30T17:00"),
        ("P2", "2026-11-27T16:00", "2026-11-30T17:00", "2026-12-04T17:00"),
        ("P3", "2026-11-26T08:00", "2026-11-30T17:00", "2026-12-17T17:00"),
        # Three holidays of December 2026 and one of January lie on working days of Monday to Friday.
        ("P3", "2026-12-23T08:00", "2026-12-28T17:00", "2027-01-15T17:00"),
    ],
)
def test_each_class_has_its_times(where, priority, begins, acknowledge, decide):
    from takeup.server.acting.escalations.priorities import MEANINGS

    where("DE", "Europe/Berlin")
    begun = moment(begins, BERLIN)
    assert MEANINGS[priority].acknowledge_by(begun) == moment(acknowledge, BERLIN)
    assert MEANINGS[priority].decide_by(begun) == moment(decide, BERLIN)


def test_nothing_is_to_be_decided_before_it_is_to_be_acknowledged(where):
    from takeup.server.acting.escalations.priorities import MEANINGS

    where("DE-BY", "Europe/Berlin")
    for hours in range(24 * 21):
        begun = moment("2026-12-14T00:17", BERLIN) + timedelta(hours=hours)
        for one in MEANINGS.values():
            assert begun < one.acknowledge_by(begun) <= one.decide_by(begun)
