"""A clock that jumped takes nothing away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.test_drain import ids, send


@pytest.fixture
def night(key, log, django_ready):
    """The nightly work of this deployment, of two decisions received three days ago."""
    from takeup.server.recording.record_api.beside_no_drain import retain_now

    with at(now() - timedelta(days=3)):
        send(key, 1, 2)
    return lambda **more: retain_now(log, django_ready, **more)


@pytest.mark.parametrize("nights", [0, 1], ids=["the first night", "a later one"])
@pytest.mark.parametrize("jump", [timedelta(days=3 * 365), timedelta(days=-400)])
def test_a_night_after_a_jump_takes_nothing_away_and_asks(night, log, key, jump, nights):
    from takeup.server.recording.record_api.models import InboxRow
    from takeup.server.recording.record_api.pseudonyms import pseudonym_of

    for _ in range(nights):
        night()
    pseudonym = pseudonym_of("p1")
    with at(now() + jump):
        send(key, 3)
        if nights == 0 and jump < timedelta(0):
            # Nothing is known yet of what went before: nothing is old enough to go either.
            night()
        else:
            with pytest.raises(InputError, match=r"the clock says .* days (after|before) the"):
                night()
    assert ids(log) == ["d1", "d2", "d3"]
    assert not InboxRow.objects.filter(body="").exists()
    assert pseudonym_of("p1") == pseudonym


def test_records_of_the_wrong_time_do_not_make_it_right(night, key):
    night()
    with at(now() + timedelta(days=1000)):
        send(key, 3)
    with at(now() + timedelta(days=1003)), pytest.raises(InputError, match="last nightly work"):
        night()


def test_a_person_says_that_the_clock_is_right_and_the_nights_go_on(night):
    night()
    with at(now() + timedelta(days=60)):
        with pytest.raises(InputError, match="--clock-is-right"):
            night()
        night(clock_is_right=True)
        night()
    with at(now() + timedelta(days=61)):
        night()


def test_the_doctor_names_it(night, django_ready, monkeypatch):
    monkeypatch.setenv("TAKEUP_HOME", str(django_ready.home))
    from takeup.server.running.doctor import examine

    night()
    with at(now() + timedelta(days=900)):
        found = [one for one in examine() if one.what == "clock"]
    assert found[0].state == "mend"
    assert "900 days after the last nightly work" in found[0].words
