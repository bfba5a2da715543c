"""Signals become responses once, with owner, deadline and first question; people are told once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from takeup.questions.signals.measure import Signals, SignalSeen
from takeup.record.errors import InputError
from tests.server.people import client_of, with_role


def seen(code="RR1", population="north", week="2026-11-16", open_=True) -> SignalSeen:
    return SignalSeen(code, population, week, "use dropped", 0.6, 0.3, "share", None, None, open_)


def take(*found: SignalSeen) -> None:
    from takeup.server.acting.signals.services import take_signals

    take_signals("credit", Signals(found, ("north",), 12, (), ()), {"north": "North"})


def responses():
    from takeup.server.acting.signals.models import Response

    return list(Response.objects.order_by("id"))


def test_a_signal_opens_one_response_however_often_it_is_seen(store):
    lead = with_role("programme_lead")
    take(seen())
    take(seen())
    take(seen(week="2026-11-23"))
    (one,) = responses()
    assert (one.code, one.population, one.owner_role) == ("RR1", "north", "product owner")
    assert one.due > date(2026, 1, 1)
    assert "30" in one.evidence
    page = client_of(lead).get("/signals").content.decode()
    assert "1 answer is due" in page
    assert "north: use dropped" in page
    assert "What got in the way" in page


def test_a_signal_that_is_no_longer_open_opens_nothing(store):
    take(seen(open_=False))
    assert responses() == []


def test_a_signal_that_is_gone_is_over_and_one_that_comes_back_is_new(store):
    from takeup.server.acting.signals.services import answer

    take(seen())
    take()
    (one,) = responses()
    assert one.over_at is not None
    answer(one.pk, "a client upgrade lost the button", closes=True, by="x")
    take(seen(week="2026-12-07"))
    assert len(responses()) == 2


def test_what_was_answered_is_not_opened_again_while_it_lasts(store):
    from takeup.server.acting.signals.services import answer

    take(seen("RR3"))
    (one,) = responses()
    answer(one.pk, "twenty overrides read", closes=True, by="x")
    take(seen("RR3"))
    assert len(responses()) == 1


def test_two_of_a_population_are_open_and_the_others_queue_by_gravity(store):
    from takeup.server.acting.signals.services import open_responses

    take(seen("RR11"), seen("RR1"), seen("RR8"), seen("RR12", "south"))
    first, queued = open_responses("credit")
    assert {(r.population, r.code) for r in first} == {
        ("north", "RR8"), ("north", "RR1"), ("south", "RR12"),
    }  # fmt: skip
    assert [r.code for r in queued] == ["RR11"]


def test_an_answer_needs_words_and_closes_with_a_history(store):
    from takeup.server.acting.signals.services import answer

    lead = with_role("programme_lead")
    take(seen())
    (one,) = responses()
    with pytest.raises(InputError, match="say what"):
        answer(one.pk, " ", closes=True, by=lead.handle)
    client = client_of(lead)
    assert client.post(f"/signals/{one.pk}", {"closes": "on"}).status_code == 422
    done = {"text": "Client 2.8 hid the panel; 2.9 is out", "closes": "on", "owner": lead.handle}
    assert client.post(f"/signals/{one.pk}", done).status_code == 302
    page = client.get("/signals").content.decode()
    assert "No signal waits" in page
    assert "Client 2.8 hid the panel" in page
    assert client.post(f"/signals/{one.pk}", {"text": "more"}).status_code == 422


def test_people_are_told_once_and_see_it_once_as_new(store):
    from takeup.server.foundation.notices.models import Notice

    lead = with_role("programme_lead")
    take(seen())
    take(seen())
    assert Notice.objects.filter(handle=lead.handle).count() == 1
    client = client_of(lead)
    assert "1 notice" in client.get("/").content.decode()
    assert "North: use dropped" in client.get("/notices").content.decode()
    assert "1 notice" not in client.get("/").content.decode()


def test_a_sender_that_always_sent_and_went_silent_is_a_signal(key):
    from takeup.record.clock import at, now
    from takeup.server.acting.signals.services import take_silence
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.services import silent_senders
    from tests.server.running import decision

    with_role("administrator")
    today = now().date()
    start = now() - timedelta(days=28)
    for n in range(24):
        with at(start + timedelta(days=n)):
            receive("decisions", [decision(n)], key)
    silent = silent_senders(today)
    assert silent == {"host": (start + timedelta(days=23)).date()}
    take_silence(silent)
    take_silence(silent)
    (one,) = responses()
    assert (one.code, one.population, one.owner_role) == ("SILENT", "host", "administrator")
    receive("decisions", [decision(99)], key)
    assert silent_senders(today) == {}
    take_silence({})
    assert responses()[0].over_at is not None


def test_a_sender_that_seldom_sends_is_not_called_silent(key):
    from takeup.record.clock import at, now
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.services import silent_senders
    from tests.server.running import decision

    for n in (25, 15, 8):
        with at(now() - timedelta(days=n)):
            receive("decisions", [decision(n)], key)
    assert silent_senders(now().date()) == {}


def test_working_days_skip_the_weekend():
    from takeup.server.acting.signals.rules import due_after

    friday = date(2026, 11, 20)
    assert due_after(friday, 1) == date(2026, 11, 23)
    assert due_after(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert due_after(friday, 5) == date(2026, 11, 27)


def test_another_capability_raises_a_signal_once_and_it_ends_of_itself(store):
    from takeup.server.acting.signals.services import Raised, take_raised

    there = {("", "desk"): Raised(date(2026, 11, 20), "last heard on 20 November 2026")}
    take_raised("SILENT", there)
    take_raised("SILENT", there)
    take()  # What is measured of decisions says nothing of it.
    (one,) = responses()
    assert one.over_at is None
    take_raised("SILENT", {})
    assert responses()[0].over_at is not None
    with pytest.raises(InputError, match="no signal that is raised"):
        take_raised("RR1", there)
