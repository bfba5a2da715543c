"""Whether escalations are answered, as a condition and in the review: counted by hand here, never of fewer than three."""

from __future__ import annotations

from datetime import date, timedelta

from takeup.record.clock import at
from tests.server.escalations.raised import MONDAY, bank, does, raised

__all__ = ["bank"]
TODAY = date(2026, 12, 14)


def told(today: date = TODAY):
    from takeup.server.acting.escalations.condition_records import tell

    return [(r.indicator, r.population, r.k, r.n) for r in tell("credit", today)]


def test_none_was_ever_raised_and_nothing_is_told(bank):
    assert told() == []


def test_acknowledged_in_time_by_population_where_each_has_three(bank):
    for n in range(4):
        one = raised(bank, text=f"north {n}")
        if n < 3:
            # The third an hour late: due on Tuesday at five.
            does("acknowledge", one, MONDAY + timedelta(days=1, hours=6 + 2 * (n == 2)))
    for n in range(3):
        does("acknowledge", raised(bank, who="south", text=f"south {n}"), MONDAY)
    assert told() == [("C7.5", "north", 2, 4), ("C7.5", "south", 3, 3)]


def test_of_all_together_where_a_population_has_fewer_so_that_nothing_is_left_over(bank):
    for n in range(3):
        does("acknowledge", raised(bank, text=f"north {n}"), MONDAY)
    raised(bank, who="south")
    assert told() == [("C7.5", "*", 3, 4)]


def test_what_still_has_time_or_is_long_past_does_not_count(bank):
    raised(bank)
    assert told(date(2026, 11, 24)) == [("C7.5", "*", 0, 0)]
    assert told(date(2026, 11, 25)) == [("C7.5", "*", 0, 1)]
    assert told(MONDAY.date() + timedelta(days=1 + 56)) == [("C7.5", "*", 0, 1)]
    assert told(MONDAY.date() + timedelta(days=1 + 57)) == [("C7.5", "*", 0, 0)]


def test_the_condition_is_graded_from_three_on(bank):
    """Two of three acknowledged in time is below 70 %: unmet; of two nothing is said."""
    from takeup.questions.conditions.indicators import indicators

    for n in range(3):
        one = raised(bank, text=f"north {n}")
        if n:
            does("acknowledge", one, MONDAY)
    ((_, _, k, n),) = told()
    assert (k, n) == (2, 3)
    assert indicators()["C7.5"].grade(k / n) == "unmet"


def test_ended_within_56_days_of_those_that_are_as_old(bank):
    from takeup.server.acting.escalations.health import of_use_case

    shipped, declined, promised, waits, late = (raised(bank, text=f"text {n}") for n in range(5))
    for one in (shipped, promised, late):
        does("decide", one, MONDAY, "accepted", promised_on=date(2026, 12, 1))
    does("ship", shipped, MONDAY + timedelta(days=56), "a column")
    does("ship", late, MONDAY + timedelta(days=56, hours=1), "a column")
    does("decide", declined, MONDAY, "declined", reason="policy")
    with at(MONDAY + timedelta(days=56)):
        assert of_use_case("credit")[1].n == 0
    with at(MONDAY + timedelta(days=57)):
        acknowledged, ended = of_use_case("credit")
    assert (ended.k, ended.n) == (2, 5)
    # The one that nobody looked at, which should have been acknowledged 56 days ago.
    assert (acknowledged.k, acknowledged.n) == (4, 5)
    with at(MONDAY + timedelta(days=113)):
        assert of_use_case("credit")[1].n == 0
    assert waits.decided_at is None


def test_nine_in_ten_acknowledged_and_seven_in_ten_ended_are_enough():
    from takeup.server.acting.escalations.health import ACKNOWLEDGED, ENDED, Counted

    assert (ACKNOWLEDGED, ENDED) == (0.90, 0.70)
    assert [Counted(k, 10, ACKNOWLEDGED).at_risk for k in (8, 9, 10)] == [True, False, False]
    assert [Counted(k, 10, ENDED).at_risk for k in (6, 7)] == [True, False]
    assert not Counted(0, 2, ENDED).at_risk


def test_the_review_tells_it_of_three_and_says_why_not_of_fewer(bank):
    from datetime import datetime

    from takeup.server.showing.review.part import Reviewed
    from takeup.server.showing.review.parts.champions import part

    of = Reviewed("credit", "Credit", TODAY, TODAY, {"measures": {}}, None, None)
    for n in range(2):
        does("acknowledge", raised(bank, text=f"north {n}"), MONDAY)
    with at(datetime.combine(TODAY, MONDAY.timetz())):
        assert part(of).tables[-1].rows[0][1] == "not told: fewer than 3"
        raised(bank, text="third")
    with at(MONDAY + timedelta(days=28)):
        rows = part(of).tables[-1].rows
    assert rows[0][1] == "2 of 3; too few: credibility at risk"
    assert rows[1][1] == "not told: fewer than 3"
