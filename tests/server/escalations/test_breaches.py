"""RR10: an escalation past its time is a signal of its population, and none any more once it is answered."""

from __future__ import annotations

from datetime import date, timedelta

from takeup.record.clock import at
from tests.server.escalations.raised import MONDAY, bank, does, notices, raised
from tests.server.people import client_of
from tests.server.signals.test_rapid_response import seen, take

LATE = MONDAY + timedelta(days=1, hours=7, minutes=1)
"""A minute after a P2 of Monday should have been acknowledged."""
__all__ = ["bank"]


def responses(**having):
    from takeup.server.acting.signals.models import Response

    return list(Response.objects.filter(code="RR10", **having).order_by("id"))


def look(when) -> None:
    from takeup.server.acting.escalations.timed import look

    with at(when):
        look(None, None)


def close(one, when, bank) -> None:
    from takeup.server.acting.signals.services import answer

    with at(when):
        answer(one.pk, "nobody was named", closes=True, learned="name a deputy", by=bank["executive"].handle)  # fmt: skip


def test_past_its_time_it_is_a_signal_and_a_minute_before_it_is_none(bank):
    one = raised(bank)
    look(LATE - timedelta(minutes=2))
    assert responses() == []
    look(LATE)
    look(LATE + timedelta(minutes=15))
    (found,) = responses()
    assert (found.use_case, found.population, found.owner_role) == ("credit", "north", "sponsor")
    assert (found.since, found.due) == (date(2026, 11, 24), date(2026, 11, 25))
    assert found.evidence == (
        "an escalation of a champion (P2) has waited to be acknowledged since Tuesday 24 November, 17:00"
    )
    for who in ("team", "executive"):
        assert "North: a champion’s escalation waits too long" in notices(bank[who].handle)
    for who in ("lead", "north", "south"):
        assert not any("waits too long" in told for told in notices(bank[who].handle))
    with at(LATE):
        page = client_of(bank["executive"]).get("/signals").content.decode()
    assert "waits too long" in page
    assert "Lindgren" not in page.split("Who answers")[0]
    assert one.text not in page


def test_answered_it_is_over_at_once_and_the_log_says_so_once_somebody_closed_it(bank):
    from takeup.server.acting.signals.verdicts import judge_raised

    one = raised(bank)
    look(LATE)
    (found,) = responses()
    does("acknowledge", one, LATE + timedelta(hours=1))
    found.refresh_from_db()
    assert found.over_at == LATE + timedelta(hours=1)
    close(found, LATE + timedelta(hours=2), bank)
    judge_raised(LATE.date())
    found.refresh_from_db()
    assert (found.verdict, found.judged["why"]) == ("moved", "it is there no more")


def test_acknowledged_in_time_and_decided_too_late_is_one_too(bank):
    one = raised(bank)
    does("acknowledge", one, MONDAY)
    look(MONDAY + timedelta(days=7, hours=6, minutes=59))
    assert responses() == []
    look(MONDAY + timedelta(days=7, hours=7, minutes=1))
    (found,) = responses()
    assert "has waited to be decided since Monday 30 November, 17:00" in found.evidence
    does("decide", one, MONDAY + timedelta(days=8), "declined", reason="policy")
    assert responses(over_at=None) == []


def test_a_population_has_one_however_many_are_late_and_others_none(bank):
    first = raised(bank, "P1")
    second = raised(bank, text="slow")
    raised(bank, "P3", who="south")
    look(LATE)
    (found,) = responses()
    assert "(P1) has waited to be acknowledged since Monday 23 November, 14:00, and 1 more is late" in found.evidence  # fmt: skip
    # A day after it was raised a P1 is to be decided too.
    does("acknowledge", first, LATE)
    does("decide_pause", first, LATE, "keep", "no harm was done")
    assert responses(over_at=None) == [found]
    does("decide", first, LATE, "declined", reason="it is no error")
    assert responses(over_at=None) == [found]
    does("acknowledge", second, LATE)
    assert responses(over_at=None) == []


def test_not_answered_before_it_came_again_it_is_the_same_question_still(bank):
    one = raised(bank)
    look(LATE)
    does("acknowledge", one, LATE)
    look(MONDAY + timedelta(days=8))
    (found,) = responses()
    assert found.over_at is None
    assert "to be decided" in found.evidence


def test_answered_and_closed_the_next_one_is_linked_to_it(bank):
    one = raised(bank)
    look(LATE)
    does("acknowledge", one, LATE)
    close(responses()[0], LATE, bank)
    look(MONDAY + timedelta(days=8))
    first, second = responses()
    assert second.former == first


def test_answered_and_come_again_on_one_day_it_is_asked_again(bank):
    first = raised(bank, "P1")
    raised(bank, "P1", when=MONDAY + timedelta(hours=2), text="another one")
    look(MONDAY + timedelta(hours=4, minutes=1))
    does("acknowledge", first, MONDAY + timedelta(hours=5))
    close(responses()[0], MONDAY + timedelta(hours=5), bank)
    look(MONDAY + timedelta(hours=6, minutes=1))
    answered, asked = responses()
    assert answered.over_at is not None
    assert (asked.closed_at, asked.former) == (None, answered)
    told = [one for one in notices(bank["executive"].handle) if "waits too long" in one]
    assert len(told) == 2


def test_it_waits_behind_two_graver_ones_of_its_population(bank):
    with at(MONDAY):
        take(seen("RR8"), seen("RR12"), when=MONDAY)
    raised(bank)
    look(LATE)
    (found,) = responses()
    assert found.queued
    assert not any("waits too long" in told for told in notices(bank["executive"].handle))


def test_nightly_it_is_looked_for_too_and_a_use_case_without_any_has_none(bank):
    from takeup.server.acting.escalations.day import each_day

    raised(bank)
    with at(LATE):
        each_day("other", LATE.date())
        assert responses() == []
        each_day("credit", LATE.date())
    assert len(responses()) == 1
