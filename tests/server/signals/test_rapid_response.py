"""A response from its question to what the log says of it: asked, owned, escalated, closed, judged, come back; drills."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from takeup.questions.signals.measure import Signals, SignalSeen
from takeup.questions.signals.week_figures import About, WeekFigure
from takeup.record.clock import at
from takeup.record.errors import InputError
from tests.server.people import client_of, person, with_role
from tests.server.signals.test_signals import CLOSED, responses
from tests.server.test_working_days import of_country  # noqa: F401 - a fixture.

# A Monday; the signal is of the week before.
OPENED = datetime(2026, 12, 14, 3, tzinfo=UTC)
WEEK = date(2026, 12, 7)


def on(day: date, hour: int = 6) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def seen(code="RR1", population="north", week=WEEK, open_=True) -> SignalSeen:
    of = {"RR1": "looked", "RR4": "over", "RR3": "used"}.get(code)
    about = About(of, 0.6) if of else None
    return SignalSeen(
        code, population, week.isoformat(), "use dropped", 0.6, 0.3, "share", None, None, open_, about
    )  # fmt: skip


def take(*found: SignalSeen, when: datetime = OPENED, use_case: str = "credit") -> None:
    from takeup.server.acting.signals.services import take_signals

    with at(when):
        take_signals(use_case, Signals(found, ("north",), 12, (), ()), {"north": "North"})


def escalate(day: date) -> int:
    from takeup.server.acting.signals.escalation import escalate

    with at(on(day)):
        return escalate(day)


def told(handle: str) -> list[str]:
    from takeup.server.foundation.notices.models import Notice

    return list(Notice.objects.filter(handle=handle).order_by("id").values_list("key", flat=True))


def close(number: int, when: datetime, **more) -> None:
    from takeup.server.acting.signals.services import answer

    with at(when):
        answer(number, "the panel was hidden", closes=True, by="x", **(CLOSED | more))


# The question.


def put(number: int, when: datetime = OPENED, **more):
    from takeup.server.acting.signals.services import ask

    asked = {"way": "talks", "asked": 3, "put_on": when.date(), "by": "x"} | more
    with at(when):
        return ask(number, **asked)


def test_putting_the_question_is_the_first_response(store):
    take(seen())
    (one,) = responses()
    assert one.first_at is None
    put(one.pk)
    (one,) = responses()
    assert one.first_at == OPENED
    assert one.closed_at is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"asked": 0}, "how many were asked"),
        ({"asked": 10**9}, "how many were asked"),
        ({"put_on": OPENED.date() + timedelta(days=1)}, "between the signal and today"),
        ({"put_on": WEEK - timedelta(days=1)}, "between the signal and today"),
        ({"way": "a reminder"}, "how the question was put"),
        ({"answered": 4}, "between 0 and 3 can have answered"),
        ({"said": "too slow"}, "say how many answered"),
    ],
)
def test_a_question_that_cannot_have_been_put_so_is_refused(store, asked, words):
    take(seen())
    (one,) = responses()
    with pytest.raises(InputError, match=words):
        put(one.pk, **asked)
    assert responses()[0].first_at is None


def test_what_users_said_is_kept_without_names_and_counted_from_five(store):
    lead = with_role("programme_lead")
    person("p-77", name="Ada Lindgren")
    take(seen())
    (one,) = responses()
    client = client_of(lead)
    with at(OPENED):
        for n, answered in ((4, "4"), (9, "6")):
            asked = {"way": "talks", "put_on": OPENED.date().isoformat(), "asked": str(n)}
            assert client.post(f"/signals/{one.pk}/asked", asked).status_code == 302
            asking = one.askings.order_by("-id").first()
            said = {"answered": answered, "said": f"Ada Lindgren and {n} others wait too long"}
            assert client.post(f"/signals/{one.pk}/asked/{asking.pk}", said).status_code == 302
        page = client.get("/signals").content.decode()
    assert "Lindgren" not in page
    assert "others wait too long" in page
    assert "Fewer than 5 answered" in page
    assert "6 answered" in page
    assert "4 answered" not in page


def test_the_survey_and_conversations_are_one_click_away_of_a_population(store):
    from takeup.server.foundation.organization.models import Population

    Population.objects.create(key="north")
    take(seen(), seen("RR3", "all"))
    with at(OPENED):
        page = client_of(with_role("programme_lead")).get("/signals").content.decode()
        team = client_of(with_role("product_team")).get("/signals").content.decode()
    assert page.count('href="/surveys?use_case=credit&amp;population=north"') == 1
    assert page.count('href="/conversations?use_case=credit&amp;population=north"') == 1
    assert "/surveys?" not in team


# Owner and line.


def test_the_holder_of_the_role_is_proposed_and_whoever_left_cannot_answer(store):
    from takeup.server.acting.signals.services import own

    take(seen())
    (one,) = responses()
    lead, team = with_role("programme_lead"), with_role("product_team")
    with at(OPENED):
        page = client_of(lead).get("/signals").content.decode()
        assert f'<option value="{team.handle}" selected>' in page
        assert "proposed is who holds the role of product owner" in page
        team.is_active = False
        team.save()
        with pytest.raises(InputError, match="who is there"):
            own(one.pk, team.handle, by=lead.handle)


def test_what_is_late_goes_up_the_line_one_level_a_working_day_and_each_once(store):
    from takeup.server.acting.signals.services import own

    lead, head, team = (with_role(r) for r in ("programme_lead", "executive", "product_team"))
    take(seen())
    (one,) = responses()
    # RR1 asks for a first response within a working day: Tuesday.
    assert one.due == date(2026, 12, 15)
    with at(OPENED):
        own(one.pk, team.handle, by=lead.handle)
    days = [date(2026, 12, 15) + timedelta(days=n) for n in range(8)]
    assert [escalate(day) for day in days] == [0, 1, 1, 0, 0, 0, 1, 0]
    late = f"signal:{one.pk}:late:"
    assert [k for k in told(team.handle) if "late" in k] == [f"{late}1"]
    assert [k for k in told(lead.handle) if "late" in k] == [f"{late}2"]
    assert [k for k in told(head.handle) if "late" in k] == [f"{late}3"]
    with at(on(days[-1])):
        page = client_of(lead).get("/signals").content.decode()
    assert "whoever answers, 16 Dec; programme lead, 17 Dec; executive, 21 Dec" in page


def test_nights_that_were_missed_leave_no_level_out(store):
    for role in ("programme_lead", "executive", "product_team"):
        with_role(role)
    take(seen())
    (one,) = responses()
    after = [date(2026, 12, 28) + timedelta(days=n) for n in range(3)]
    assert [escalate(day) for day in after] == [1, 1, 1]
    assert escalate(after[-1]) == 0
    assert list(one.escalations.order_by("id").values_list("level", flat=True)) == [1, 2, 3]


def test_a_holiday_moves_the_due_day_and_nobody_is_told_on_one(of_country):  # noqa: F811
    with_role("product_team")
    of_country("DE")
    # Wednesday 23 December: a working day later is Thursday; the next ones are the 28th and 29th.
    take(seen(week=date(2026, 12, 21)), when=on(date(2026, 12, 23)))
    (one,) = responses()
    assert one.due == date(2026, 12, 24)
    days = [date(2026, 12, 24) + timedelta(days=n) for n in range(5)]
    assert [escalate(day) for day in days] == [0, 0, 0, 0, 1]


def test_a_response_over_a_leap_day_is_due_on_it(of_country):  # noqa: F811
    take(seen(week=date(2028, 2, 21)), when=on(date(2028, 2, 28)))
    assert responses()[0].due == date(2028, 2, 29)


def test_a_first_response_in_time_is_not_late_until_its_end_is(store):
    with_role("programme_lead")
    take(seen())
    (one,) = responses()
    put(one.pk)
    assert one.close_by == date(2026, 12, 29)
    from takeup.server.showing.overview.queries import due_of

    with at(on(date(2026, 12, 29))):
        (due,) = due_of("credit")
    assert (due.day, due.late, due.path) == (one.close_by, False, f"/signals#signal-{one.pk}")
    assert escalate(date(2026, 12, 29)) == 0
    assert escalate(date(2026, 12, 30)) == 1


def test_where_the_owner_left_the_lead_is_told_at_once_and_the_holders_next(store):
    from takeup.server.acting.signals.services import own

    lead, team = with_role("programme_lead"), with_role("product_team")
    other = person("gone", name="Gone")
    take(seen())
    (one,) = responses()
    with at(OPENED):
        own(one.pk, other.handle, by=lead.handle)
    other.is_active = False
    other.save()
    escalate(date(2026, 12, 15))
    assert told(lead.handle)[-1] == f"signal:{one.pk}:left:{other.handle}"
    escalate(date(2026, 12, 16))
    assert told(team.handle)[-1] == f"signal:{one.pk}:late:1"
    with at(on(date(2026, 12, 16))):
        page = client_of(lead).get("/signals").content.decode()
    assert "has left: name somebody else" in page


def test_what_queues_is_not_late_and_its_time_begins_when_it_comes_up(store):
    lead = with_role("programme_lead")
    take(seen(), seen("RR8"), seen("RR12"))
    up = {r.code: r for r in responses()}
    assert [code for code, r in up.items() if r.queued] == ["RR1"]
    assert f"signal:{up['RR1'].pk}" not in told(lead.handle)
    later = date(2027, 1, 11)
    escalate(later)
    assert not up["RR1"].escalations.exists()
    close(up["RR8"].pk, on(later))
    one = next(r for r in responses() if r.code == "RR1")
    assert (one.queued, one.due) == (False, date(2027, 1, 12))
    assert f"signal:{one.pk}" in told(lead.handle)


# Its end.


def test_closing_needs_what_was_learned_and_a_question_or_why_there_was_none(store):
    from takeup.server.acting.signals.services import answer

    take(seen())
    (one,) = responses()
    for missing, words in (("learned", "was learned"), ("not_asked", "put it, or say why not")):
        with pytest.raises(InputError, match=words):
            close(one.pk, OPENED, **{missing: " "})
    assert not one.answers.exists()
    put(one.pk)
    with at(OPENED):
        answer(one.pk, "done", closes=True, by="x", learned="releases first")
    (one,) = responses()
    assert (one.learned, one.not_asked) == ("releases first", "")


def test_an_administrator_sees_and_closes_what_is_about_senders_alone(store):
    from takeup.server.acting.signals.services import take_silence

    administrator = client_of(with_role("administrator"))
    take(seen())
    with at(OPENED):
        take_silence({"host": date(2026, 12, 13)})
        page = administrator.get("/signals").content.decode()
    assert "host: a sender went silent" in page
    assert "use dropped" not in page
    measured, silent = responses()
    done = {"text": "its key was revoked", "closes": "on", "learned": "renew keys in time"}
    assert administrator.post(f"/signals/{measured.pk}", done).status_code == 404
    assert administrator.post(f"/signals/{silent.pk}", done).status_code == 302
    assert responses()[0].closed_at is None
    assert responses()[1].closed_at is not None


# What the log says then.

CLOSED_ON = on(date(2026, 12, 21))


def figures(*shares: float, begins: date = WEEK, population: str = "north", n: float = 400):
    """A share of so many looks, week by week."""
    return [
        WeekFigure("looked", population, (begins + timedelta(weeks=i)).isoformat(), s * n, n, spread=2.0)
        for i, s in enumerate(shares)
    ]  # fmt: skip


def judged(found: list[WeekFigure], today: date):
    from takeup.server.acting.signals.verdicts import judge

    with at(on(today)):
        judge("credit", found, today)
    return responses()[0]


# The signal's two weeks, the week in which it was closed, and four whole weeks after.
AFTER = date(2027, 1, 25)


@pytest.mark.parametrize(
    ("since", "says"),
    [
        ((0.58, 0.60, 0.57, 0.61), "moved"),
        ((0.31, 0.30, 0.29, 0.31), "not_moved"),
        ((0.46, 0.44, 0.45, 0.44), "cannot_tell"),
    ],
)
def test_after_four_whole_weeks_the_log_says_whether_the_figure_moved_back(store, since, says):
    lead = with_role("programme_lead")
    take(seen())
    close(responses()[0].pk, CLOSED_ON)
    found = figures(0.3, 0.3, 0.9, *since)
    assert judged(found, AFTER - timedelta(days=1)).verdict == ""
    one = judged(found, AFTER)
    assert (one.verdict, one.judged_on) == (says, AFTER)
    assert one.judged["then"] == pytest.approx(0.3)
    with at(on(AFTER)):
        page = client_of(lead).get("/signals").content.decode()
    assert "until the response was closed" in page
    assert ("comes back part of the way by itself" in page) == (says != "cannot_tell")
    # Once said it is not said again, whatever comes.
    assert judged(figures(0.3, 0.3, 0.9, 0.1, 0.1, 0.1, 0.1), AFTER + timedelta(days=1)) == one
    assert responses()[0].verdict == says


def test_a_population_that_is_gone_is_no_longer_seen_and_cannot_be_judged(store):
    from takeup.server.foundation.organization.models import Population

    lead = with_role("programme_lead")
    held = Population.objects.create(key="north")
    take(seen())
    held.delete()
    take()
    (one,) = responses()
    assert one.over_at is not None
    with at(OPENED):
        assert client_of(lead).get("/signals").status_code == 200
    close(one.pk, CLOSED_ON)
    assert judged(figures(0.5, population="south"), date(2027, 2, 14)).verdict == ""
    one = judged(figures(0.5, population="south"), date(2027, 2, 15))
    assert one.verdict == "cannot_tell"
    assert "may not be shown" in one.judged["why"]


def test_flags_that_cluster_are_told_to_nobody_so_nothing_is_said_of_them(store):
    take(seen("RR7"))
    close(responses()[0].pk, CLOSED_ON)
    one = judged([], date(2026, 12, 22))
    assert (one.verdict, one.judged["why"]) == (
        "cannot_tell", "the figure behind this signal is shown to nobody",
    )  # fmt: skip


@pytest.mark.parametrize(("sends_again", "says"), [(True, "moved"), (False, "not_moved")])
def test_of_what_others_raise_it_is_said_whether_it_is_still_there(store, sends_again, says):
    from takeup.server.acting.signals.services import take_silence
    from takeup.server.acting.signals.timed import go_up_the_line

    with at(OPENED):
        take_silence({"host": date(2026, 12, 13)})
    close(responses()[0].pk, CLOSED_ON)
    if sends_again:
        with at(CLOSED_ON + timedelta(days=1)):
            take_silence({})
    for days in (27, 28):
        with at(CLOSED_ON + timedelta(days=days)):
            go_up_the_line(None, None)
        assert responses()[0].verdict == (says if sends_again or days == 28 else "")


# Drills.


@pytest.fixture
def quiet(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    return store


def drill(when: datetime = OPENED, **asked):
    from takeup.server.acting.signals.drills import begin_drill

    with at(when):
        return begin_drill("credit", **({"population": "", "code": "RR1", "by": "x"} | asked))


def records(when: datetime) -> dict[str, float | None]:
    from takeup.server.acting.signals.milestone_records import tell

    with at(when):
        return {one.fact: one.figure for one in tell("credit", when.date())}


def test_a_drill_is_told_as_one_and_stands_in_no_figure(quiet):
    from takeup.server.acting.signals.services import open_responses
    from takeup.server.foundation.notices.models import Notice

    lead = with_role("programme_lead")
    drill()
    assert Notice.objects.get(handle=lead.handle).subject == "Drill: credit: use dropped"
    assert open_responses("credit") == ([], [])
    with at(OPENED):
        client = client_of(lead)
        page = client.get("/signals").content.decode()
        assert "drill, invented" in page
        assert "No signal waits for an answer" in page
        assert "1 answer is due" not in client.get("/overview/credit").content.decode()
    assert "responses.in_time" not in records(OPENED + timedelta(days=9))
    assert escalate(date(2026, 12, 29)) == 0


@pytest.mark.parametrize(("days", "in_time"), [(0, 1), (1, 1), (2, 0)])
def test_a_drill_is_answered_inside_its_time_or_not(quiet, days, in_time):
    from takeup.server.acting.signals.services import answer

    one = drill()
    assert "responses.drill" not in records(OPENED)
    when = OPENED + timedelta(days=days)
    with at(when):
        answer(one.pk, "ask three of the north", closes=True, by="x", learned="who is called first")
    assert records(when)["responses.drill"] == in_time
    assert "responses.drill" not in records(OPENED + timedelta(days=100))


def test_a_drill_that_nobody_answers_counts_against_it(quiet):
    drill()
    assert records(OPENED + timedelta(days=2))["responses.drill"] == 0


def test_drills_are_only_for_where_nothing_came_in_four_weeks_and_one_at_a_time(quiet):
    take(seen())
    with pytest.raises(InputError, match="a signal waits for its answer"):
        drill()
    close(responses()[0].pk, OPENED)
    with pytest.raises(InputError, match="came in the last 28 days"):
        drill(OPENED + timedelta(days=28) - timedelta(seconds=1))
    drill(OPENED + timedelta(days=28))
    with pytest.raises(InputError, match="a drill was run"):
        drill(OPENED + timedelta(days=28), code="RR4")


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"code": "SILENT"}, "which signal"), ({"code": "RR99"}, "which signal"),
     ({"population": "nowhere"}, "choose a population")],
)  # fmt: skip
def test_a_drill_of_what_is_not_there_is_refused(quiet, asked, words):
    with pytest.raises(InputError, match=words):
        drill(**asked)
    assert responses() == []


def test_a_drill_asks_no_users(quiet):
    one = drill()
    with pytest.raises(InputError, match="a drill asks no users"):
        put(one.pk)


def test_the_signal_it_rehearses_opens_a_response_of_its_own(quiet):
    drill(population="")
    take(seen(population="all"))
    assert [r.drill for r in responses()] == [True, False]
    take()
    assert [r.over_at is None for r in responses()] == [True, False]


# What a sprint reads.


def test_milestones_count_first_responses_in_time_of_those_due(store):
    take(seen(), seen("RR4", "south"), seen("RR8", "west"))
    by = {r.code: r for r in responses()}
    put(by["RR1"].pk, on(date(2026, 12, 15)))
    put(by["RR4"].pk, on(date(2026, 12, 16)))
    told = records(on(date(2026, 12, 16)))
    assert told["responses.in_time"] == 0.5
    assert told["responses.over_reliance_open"] == 1
    # RR8 is not due yet; once it is past its day it counts too.
    assert records(on(date(2026, 12, 22)))["responses.in_time"] == pytest.approx(1 / 3)
    assert "responses.in_time" not in records(on(date(2027, 5, 1)))
    close(by["RR8"].pk, on(date(2026, 12, 17)))
    assert records(on(date(2026, 12, 18)))["responses.over_reliance_open"] == 1
    take(seen(), seen("RR4", "south"))
    assert records(on(date(2026, 12, 18)))["responses.over_reliance_open"] == 0


def test_a_use_case_that_is_removed_takes_its_responses_with_it(store):
    from takeup.server.acting.signals.day import forget

    take(seen())
    take(seen(), use_case="triage")
    put(responses()[0].pk)
    forget("credit")
    assert [r.use_case for r in responses()] == ["triage"]
