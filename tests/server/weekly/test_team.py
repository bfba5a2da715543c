"""The manager's page: what is theirs, what their level needs next, three questions, and no person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.server.people import client_of, with_role
from tests.server.weekly.programme import (
    measured_on,
    organized,
    person_called,
    row_of,
    sent,
    snapshot,
)


def team_page(who: str = "manager-north") -> str:
    answer = client_of(person_called(who)).get("/team")
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def test_a_team_of_the_minimum_size_stands_there_and_a_smaller_one_does_not(key):
    organized({"north-a": ("north", "manager-north"), "north-b": ("north", "manager-few")})
    sent(key, "north", 24, team="north-a")
    from takeup.server.recording.record_api.receive import receive
    from tests.server.running import decision

    few = [
        decision(i, decision_id=f"few-{i}", case_id=f"few-{i}", person_id=f"north-north-b-{i % 3}", population="north",
                 team="north-b", path="ai", consulted=True, decided_at="2026-11-20T09:00:00Z")
        for i in range(60)
    ]  # fmt: skip
    receive("decisions", few, key)
    snapshot()
    assert "240 of 480" not in team_page("manager-few")
    assert "Not shown, on purpose" in team_page("manager-few")
    from takeup.server.showing.weekly.models import TeamView

    # What the population leaves for the small team would show it: the other one is not told either.
    assert list(TeamView.objects.values_list("figures", flat=True)) == [[], []]


def test_a_team_s_figures_are_those_of_the_day_s_diagnosis(key):
    organized({"north-a": ("north", "manager-north")})
    sent(key, "north", 24, team="north-a")
    snapshot()
    page = team_page()
    assert "240 of 480" in page
    assert "Overridden, of those looked at" in page


def test_in_works_council_mode_no_team_is_shown(key, monkeypatch):
    from django.conf import settings

    from takeup.record.clock import now
    from takeup.server.foundation.agreement.services import record_agreement

    council = settings.TAKEUP.model_copy(update={"works_council": True})
    monkeypatch.setattr(settings, "TAKEUP", council)
    record_agreement("BV 1", "1", now().date() + timedelta(days=90), by="test")
    organized({"north-a": ("north", "manager-north")})
    sent(key, "north", 24, team="north-a")
    snapshot()
    page = team_page()
    assert "By the agreement teams are not measured" in page
    assert "groups of at least 10 people" in page


def test_no_name_of_a_person_of_the_team_stands_on_the_page(key):
    organized({"north-a": ("north", "manager-north")})
    sent(key, "north", 24, team="north-a")
    snapshot()
    assert "north-north-a-" not in team_page()


@pytest.fixture
def led(store):
    organized({"north-a": ("north", "manager-north")})


def test_what_the_level_needs_next_is_said_with_its_first_actions(led):
    from takeup.record.clock import now

    measured_on(now().date(), "north")
    page = team_page()
    assert "trust where more is at stake" in page
    assert "4-week shadow comparison" in page
    assert "The programme lead declares actions" in page
    assert "resistance" not in page.lower()


def test_a_population_that_stands_on_its_level_for_eight_weeks_needs_a_reason_first(led):
    from takeup.record.clock import now

    for weeks in (8, 5, 2, 0):
        measured_on(now().date() - timedelta(weeks=weeks), "north")
    page = team_page()
    assert "for eight weeks" in page
    assert "a reason, not more exposure" in page
    assert "What has stayed the same for weeks" in page


def test_a_level_that_changed_meanwhile_is_not_stuck(led):
    from takeup.record.clock import now

    for weeks, position in ((8, 2), (5, 1), (0, 2)):
        row = row_of("north", position=position)
        measured_on(now().date() - timedelta(weeks=weeks), "north", north=row)
    assert "for eight weeks" not in team_page()


def test_an_open_signal_s_question_comes_first_and_there_are_three(led):
    from takeup.record.clock import now
    from tests.server.signals.test_signals import seen, take

    measured_on(now().date(), "north", north=row_of("north", issues=["blind spot"], trend="fell from 60 to 14 %"))  # fmt: skip
    take(seen())
    page = team_page()
    first = page.index("What got in the way of looking at the advice this week?")
    assert first < page.index("Which of this week’s cases did the advice get wrong")
    assert page.count("Leave out:") == 3


def test_of_a_hidden_population_nothing_is_derived(led):
    from takeup.record.clock import now
    from takeup.server.showing.weekly.agenda import states_of

    hidden = {"key": "north", "title": "North", "definition": "", "state": "hidden", "experts": "below experts"}  # fmt: skip
    measured_on(now().date(), "north", north=hidden)
    page = team_page()
    assert "Not shown, on purpose" in page
    assert "What closes the gap" not in page
    assert states_of(hidden, False) == {"always"}
    assert page.count("Leave out:") == 3


def test_what_is_theirs_stands_with_its_day_and_what_is_late_says_so(led):
    from takeup.record.clock import at, now
    from takeup.server.showing.weekly.services import decide, open_review

    manager, lead = person_called("manager-north"), with_role("programme_lead")
    measured_on(now().date() - timedelta(days=9), "north")
    with at(now() - timedelta(days=9)):
        review, _ = open_review("credit", by=lead.handle)
        decide(review.pk, "Work a live case.", owner=manager.handle, due=now().date(), by=lead.handle, population="north")  # fmt: skip
    page = team_page()
    assert "1 thing of yours is overdue" in page
    assert "Work a live case." in page
    home = client_of(manager).get("/").content.decode()
    assert "1 thing of yours is overdue" in home
    assert "It is done" in home


def test_a_manager_of_whom_nothing_is_measured_reads_what_will_stand_there(led):
    page = team_page()
    assert "It stands here once it is measured" in page
    assert "Nothing is measured of your teams yet" in page


LEVELS = [
    (0, {}, "access and training"),
    (1, {}, "first real use"),
    (2, {}, "trust where more is at stake"),
    (2, {"stuck": True}, "a reason, not more exposure"),
    (3, {}, "calibration"),
    (3, {"stuck": True, "experts": "above experts", "consult": 0.7}, "good advice is turned down"),
    (3, {"stuck": True, "experts": "like experts", "consult": 0.7}, "habit and role"),
    (3, {"stuck": True, "experts": "like experts", "consult": 0.9}, "calibration"),
    (4, {}, "to keep it"),
    (4, {"experts": "below experts"}, "over-reliance"),
    (5, {}, "further uses"),
    (None, {"experts": "below experts"}, "over-reliance"),
]


@pytest.mark.parametrize(("level", "state", "gap"), LEVELS)
def test_each_level_needs_what_its_row_says(level, state, gap):
    from takeup.questions.knowledge.level_needs import level_need

    need = level_need(level, **state)
    assert need is not None
    assert need.gap.startswith(gap)


def test_of_an_unknown_level_nothing_is_said_to_be_needed():
    from takeup.questions.knowledge.level_needs import level_need

    assert level_need(None) is None


def test_every_question_of_the_pool_says_what_its_answer_is_for_and_none_speaks_of_resistance():
    from takeup.server.showing.weekly.agenda import pool

    for one in pool():
        assert one.question.endswith("?")
        assert one.listen
        assert one.leave_out
        assert "resist" not in f"{one.question}{one.listen}{one.leave_out}".lower()
    assert sum(one.when == "always" for one in pool()) >= 3
