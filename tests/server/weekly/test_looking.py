"""Whether managers look at the week: counted, asked about, and never named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.server.people import client_of, with_role
from tests.server.weekly.programme import measured_on, organized, person_called

TODAY = date(2026, 11, 25)
"""A Wednesday; the whole weeks before it begin on 2, 9 and 16 November and earlier."""
MANAGERS = [f"manager-{n}" for n in range(6)]


@pytest.fixture
def programme(store):
    """Six managers of two populations, measured for ten weeks."""
    from takeup.record.clock import at

    with at(datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("UTC"))):
        measured_on(TODAY - timedelta(weeks=10), "north", "south")
        measured_on(TODAY, "north", "south")
        organized({f"team-{n}": (("north", "south")[n % 2], m) for n, m in enumerate(MANAGERS)}, people=3)  # fmt: skip
        yield


def looks(who: str, *weeks_ago: int, use_case: str = "credit") -> None:
    from takeup.server.showing.weekly.looking import note_opened

    for weeks in weeks_ago:
        note_opened(use_case, person_called(who).handle, TODAY - timedelta(weeks=weeks))


def responses():
    from takeup.server.acting.signals.models import Response

    return list(Response.objects.filter(code="RR9").order_by("id"))


def night(day: date = TODAY) -> None:
    from takeup.record.clock import at
    from takeup.server.showing.weekly.day import each_day

    with at(datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("UTC"))):
        each_day("credit", day)


def test_two_weeks_unopened_by_one_of_six_asks_all_and_names_nobody(programme):
    from takeup.server.foundation.notices.models import Notice

    lead, executive = with_role("programme_lead"), with_role("executive")
    for who in MANAGERS[1:]:
        looks(who, 1)
    night()
    (one,) = responses()
    assert (one.use_case, one.population, one.owner_role) == ("credit", "", "line head")
    assert one.due == date(2026, 12, 2)
    page = client_of(executive).get("/signals").content.decode()
    assert "some of the 6 managers" in page
    assert "What would the weekly page have to show" in page
    for who in MANAGERS:
        assert who.title() not in page.replace("Who answers", "")
    told = {n.handle for n in Notice.objects.filter(key=f"signal:{one.pk}")}
    assert told == {lead.handle, executive.handle}
    private = Notice.objects.filter(key__startswith="weekly:unopened:")
    assert [n.handle for n in private] == [person_called(MANAGERS[0]).handle]
    assert not private[0].subject.count("manager-0")


def test_it_is_raised_once_and_is_over_when_all_look_again(programme):
    for who in MANAGERS[1:]:
        looks(who, 1)
    night()
    night()
    assert len(responses()) == 1
    looks(MANAGERS[0], 0)
    for who in MANAGERS[1:]:
        looks(who, 0)
    night(TODAY + timedelta(weeks=1))
    assert responses()[0].over_at is not None


def test_of_fewer_than_five_managers_no_signal_is_raised_and_each_is_told_alone(programme):
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.organization.services import deactivate

    for who in MANAGERS[4:]:
        deactivate(person_called(who), TODAY, "test")
    night()
    assert responses() == []
    assert Notice.objects.filter(key__startswith="weekly:unopened:").count() == 4


def test_who_came_in_the_last_two_weeks_does_not_count(programme):
    from takeup.server.foundation.organization.models import Lead

    for who in MANAGERS[1:]:
        looks(who, 1)
    Lead.objects.filter(person=person_called(MANAGERS[0])).update(from_day=date(2026, 11, 12))
    night()
    assert responses() == []


def test_weeks_without_figures_or_without_a_working_day_do_not_count(programme, monkeypatch):
    from takeup.server.showing.overview.models import Snapshot
    from takeup.server.showing.weekly import looking

    monkeypatch.setattr(looking, "due_after", lambda day, n: day + timedelta(days=8))
    night()
    assert responses() == []
    monkeypatch.undo()
    Snapshot.objects.filter(day__lt=TODAY).update(day=date(2026, 11, 11))
    night()
    assert responses() == []


def test_before_anybody_has_the_advice_nobody_has_to_look(programme):
    from takeup.record.clock import at
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    take_step("credit", "shadow", by="test")
    night()
    assert responses() == []
    with at(datetime(2026, 11, 1, 9, tzinfo=ZoneInfo("UTC"))):
        take_step("credit", "assist", by="test", reason="the gate passed")
    night()
    assert len(responses()) == 1


def test_opening_the_dashboard_is_kept_as_a_week_without_day_or_time_and_for_managers_alone(
    programme,
):
    from takeup.server.showing.weekly.models import WeekOpened

    manager, lead = person_called(MANAGERS[0]), with_role("programme_lead")
    for someone in (manager, manager, lead):
        assert client_of(someone).get("/week/of/credit").status_code == 200
    client_of(person_called(MANAGERS[1])).get("/week/of/credit?as=csv")
    (one,) = WeekOpened.objects.all()
    assert (one.handle, one.year, one.week) == (manager.handle, 2026, 48)
    kept = {field.name for field in WeekOpened._meta.fields}
    assert kept == {"id", "use_case", "handle", "year", "week"}


def told(use_case: str = "credit"):
    from takeup.server.showing.weekly.milestone_records import tell

    return {one.fact: one for one in tell(use_case, TODAY)}


def test_a_milestone_is_told_how_many_managers_look_three_weeks_of_four(programme):
    for who in MANAGERS[:4]:
        looks(who, 1, 2, 4)
    looks(MANAGERS[4], 1, 2)
    looks(MANAGERS[5], 0, 1, 2, use_case="other")
    found = told()["weekly.managers_looking"]
    assert (found.k, found.n, found.path) == (4, 6, "/week/of/credit")


@pytest.mark.parametrize("left", [1, 2, 4])
def test_of_fewer_than_five_managers_it_is_told_to_nobody_whether_they_look(programme, left):
    """Of one manager `all of them look` is what that one does; of two each would know of the other."""
    from takeup.server.foundation.organization.services import deactivate

    for who in MANAGERS[left:]:
        deactivate(person_called(who), TODAY, "test")
    before = told()["weekly.managers_looking"]
    assert before.figure is None
    for who in MANAGERS[:left]:
        looks(who, 1, 2, 3)
    assert told()["weekly.managers_looking"] == before


def test_where_too_few_lead_teams_the_milestone_is_signed_instead(programme):
    from takeup.record.milestones import MilestoneRecord
    from takeup.server.acting.sprint.milestone import Known, Seen, lacks, seen_of
    from takeup.server.acting.sprint.milestones.m15 import MILESTONE

    few = {"weekly.managers_looking": {"": MilestoneRecord("weekly.managers_looking")}}
    seen = seen_of(MILESTONE, Known(TODAY, {}, few))
    assert seen["opened"].holds is None
    assert "opened" in lacks(MILESTONE, seen)
    assert "opened" not in lacks(MILESTONE, seen | {"read": Seen(True, "signed")})


def test_a_milestone_is_told_how_many_reviews_decided_something(programme):
    from takeup.record.clock import at, now
    from takeup.server.showing.weekly.services import decide, open_review

    lead = with_role("programme_lead")
    for weeks, decides in ((3, True), (2, False), (1, True), (7, True)):
        with at(now() - timedelta(weeks=weeks)):
            measured_on(TODAY - timedelta(weeks=weeks), "north")
            review, _ = open_review("credit", by=lead.handle)
            if decides:
                decide(review.pk, "Ask.", owner=lead.handle, due=now().date(), by=lead.handle)
    found = told()["weekly.reviews_with_decision"]
    assert (found.k, found.n) == (2, 3)


def test_nothing_is_told_before_three_weeks_have_figures(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    assert told() == {}


def test_a_manager_sees_their_own_looks_and_they_go_with_their_time_and_with_them(programme):
    from takeup.server.showing.weekly.models import WeekOpened
    from takeup.server.showing.weekly.rows import aged, erased

    manager = person_called(MANAGERS[0])
    looks(MANAGERS[0], 1, 3, 9)
    looks(MANAGERS[1], 1)
    page = client_of(manager).get("/team").content.decode()
    assert "opened in 2 of the last 4 whole weeks" in page
    aged(TODAY)
    assert WeekOpened.objects.count() == 3
    assert erased(manager.handle) == ()
    assert WeekOpened.objects.count() == 1
