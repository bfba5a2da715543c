"""Actions on populations: declared with everything right, frozen after, judged once; who reads and who acts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from takeup.questions.intervention_effect import InterventionEffect
from takeup.questions.intervention_effect.measure import ActionEffect, OpenRun, RunEffect
from takeup.questions.knowledge import Moves
from takeup.record.clock import at, now
from takeup.record.errors import InputError
from takeup.stats.answer import Estimate
from tests.server.people import client_of, with_role
from tests.server.store import audited_actions

LOOK = Moves("consult_rate", "up", 0.05)


@pytest.fixture
def bank(store):
    """A use case, two populations, a programme lead."""
    from takeup.server.foundation.organization.services import (
        import_people,
        read_people,
        use_case,
    )

    use_case("credit")
    rows = [
        {"person_id": f"{place}-{n}", "population": place, "team": place}
        for place in ("north", "south")
        for n in range(3)
    ]
    import_people(read_people(rows, "test"), actor="test")
    return with_role("programme_lead")


def days(n: int) -> date:
    return now().date() + timedelta(days=n)


def declared(lead, **more):
    from takeup.server.acting.interventions.services import Declared

    told = {
        "use_case": "credit", "population": "north", "action": "A-MG3", "reason": "WD", "owner": lead.handle,
        "starts_on": days(0), "steps": [("Ask three teams", days(3)), ("First case in each", days(7))],
        "moves": LOOK,
    }  # fmt: skip
    return Declared(**(told | more))


def declare(lead, read: bool = False, **more):
    from takeup.server.acting.interventions.services import declare

    return declare(declared(lead, **more), by=lead.handle, warnings_read=read)


def measured(run, verdict: str = "moved", value: float = 0.12) -> InterventionEffect:
    effect = Estimate(value, value - 0.05, value + 0.05, 0.95, 900, "m", "staggered", unit="points")
    one = RunEffect(str(run.pk), run.population, run.starts_on.isoformat(), run.check_on.isoformat(), True, effect, verdict, "so it is")  # fmt: skip
    action = ActionEffect(run.action, "done", run.indicator, run.words, "up", 0.05, 5, 7, effect, (), verdict, "so it is", (one,))  # fmt: skip
    return InterventionEffect((action,), ())


def checked(lead, verdict: str, **more):
    """A run that began, was delivered, and came out so."""
    from takeup.server.acting.interventions import services

    run = declare(lead, **more)
    services.start(run.pk, by=lead.handle)
    for step in run.steps.all():
        services.step_done(run.pk, step.place, by=lead.handle)
    with at(now() + (run.check_on - now().date())):
        services.take_results("credit", measured(run, verdict))
    return services.run_of(run.pk)


def test_what_is_declared_says_who_what_when_and_what_should_move(bank):
    run = declare(bank)
    assert (run.state, run.indicator, run.direction, run.smallest) == (
        "planned",
        "consult_rate",
        "up",
        0.05,
    )
    assert (run.shows_on, run.check_on) == (days(7), days(35))  # 28 days after, as the library says
    assert run.library["do"].startswith("One live case")
    assert [s.text for s in run.steps.all()] == ["Ask three teams", "First case in each"]
    assert "action.declared" in audited_actions()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"use_case": "nothing"}, "no use case 'nothing'"),
        ({"population": "west"}, "no population 'west'"),
        ({"action": "A-XX9"}, "no action 'A-XX9'"),
        ({"owner": "nobody"}, "who answers for it"),
        ({"steps": []}, "write its steps"),
        ({"starts_on": date(2026, 1, 5)}, "today or later"),
        ({"check_on": date(2026, 1, 6)}, "checked after its last step"),
        ({"moves": Moves("override_rate", "down", 0.05)}, "less overriding is no goal"),
        ({"moves": Moves("speed", "up", 0.05)}, "'speed' is no figure"),
        ({"moves": None, "words": " "}, "say what is to move"),
        ({"comparison": ("north",)}, "not compared with itself"),
        ({"action": "A-CM1"}, "a message alone closes no gap"),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_refused_in_a_sentence(bank, more, words):
    from takeup.server.acting.interventions.models import ActionRun

    with pytest.raises(InputError, match=words):
        declare(bank, **more)
    assert not ActionRun.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(bank):
    with pytest.raises(InputError) as error:
        declare(bank, population="west", owner="nobody", steps=[])
    assert all(w in str(error.value) for w in ("west", "who answers", "its steps"))


def test_what_speaks_against_it_is_read_before_it_is_declared_and_kept_with_it(bank):
    with pytest.raises(InputError, match="Training alone"):
        declare(bank, action="A-MG1", reason="TD", moves=LOOK)
    run = declare(bank, read=True, action="A-MG1", reason="TD", moves=LOOK)
    assert "Training alone" in run.warnings[0]


def test_a_message_is_declared_beside_what_it_carries(bank):
    declare(bank)
    run = declare(bank, read=True, action="A-CM1", moves=None, words="a note in the newsletter")
    assert run.state == "planned"


def test_nothing_about_people_starts_before_an_action_on_the_model_has_its_date(bank):
    from takeup.server.acting.interventions.models import OpenModelIssue

    OpenModelIssue.objects.create(use_case="credit", population="north", kind="blind_spot", seen_on=days(0))  # fmt: skip
    with pytest.raises(InputError, match=r"model issue there \(blind spot\)"):
        declare(bank)
    declare(bank, population="south")
    declare(bank, action="A-FB3", moves=None, words="why people do not look is known")
    declare(bank, action="A-MD1", reason="model", moves=None, words="wrong advice shown falls")
    assert declare(bank).action == "A-MG3"


def test_a_model_issue_that_comes_up_meanwhile_keeps_an_action_about_people_from_starting(bank):
    from takeup.server.acting.interventions import services
    from takeup.server.acting.interventions.models import OpenModelIssue

    run = declare(bank)
    OpenModelIssue.objects.create(use_case="credit", kind="low_precision", seen_on=days(0))
    with pytest.raises(InputError, match=r"model issue there \(low precision\)"):
        services.start(run.pk, by=bank.handle)
    declare(bank, action="A-MD2", reason="model", moves=None, words="alarms that are wrong fall")
    assert services.start(run.pk, by=bank.handle).state == "running"


def test_what_was_declared_is_refused_by_the_database_itself(bank):
    from takeup.server.acting.interventions.models import ActionRun, ActionStep

    run = declare(bank)
    for change in (
        {"smallest": 0.01},
        {"check_on": days(400)},
        {"comparison": ["south"]},
        {"indicator": "x"},
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            ActionRun.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ActionStep.objects.filter(run=run).update(due=days(90))


def test_what_came_of_it_is_kept_once(bank):
    from takeup.server.acting.interventions import services
    from takeup.server.acting.interventions.models import ActionRun

    run = checked(bank, "not_moved")
    assert (run.state, run.verdict, run.result["effect"]["value"]) == ("checked", "not_moved", 0.12)
    with at(now() + timedelta(days=90)):
        services.take_results("credit", measured(run, "moved"))
    assert services.run_of(run.pk).verdict == "not_moved"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ActionRun.objects.filter(pk=run.pk).update(verdict="moved")


def test_a_verdict_waits_for_the_day_that_was_declared(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank)
    services.start(run.pk, by=bank.handle)
    services.take_results("credit", measured(run))
    assert services.run_of(run.pk).state == "running"


def test_what_cannot_be_measured_ends_as_cannot_tell_on_its_day_and_what_waits_waits(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank)
    services.start(run.pk, by=bank.handle)
    with at(now() + timedelta(days=40)):
        later = InterventionEffect((), (OpenRun(str(run.pk), "the table ends before", True),))
        services.take_results("credit", later)
        assert services.run_of(run.pk).state == "running"
        never = InterventionEffect((), (OpenRun(str(run.pk), "not recorded", False),))
        services.take_results("credit", never)
    assert services.run_of(run.pk).verdict == "cannot_tell"
    assert services.run_of(run.pk).result["why"] == "not recorded"


def test_an_action_starts_on_its_day_and_not_after_its_last_step_was_due(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank, starts_on=days(2))
    with pytest.raises(InputError, match="declared to start"):
        services.start(run.pk, by=bank.handle)
    with at(now() + timedelta(days=8)), pytest.raises(InputError, match="declare it anew"):
        services.start(run.pk, by=bank.handle)
    with at(now() + timedelta(days=3)):
        assert services.start(run.pk, by=bank.handle).started_on == now().date()


def test_what_never_began_cannot_tell_and_is_no_part_of_the_report(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank)
    assert services.interventions_of("credit").run == {}
    with at(now() + timedelta(days=36)):
        services.close_what_never_began("credit", now().date())
    found = services.run_of(run.pk)
    assert (found.verdict, found.state) == ("cannot_tell", "checked")
    assert "never began" in found.result["why"]


def test_the_report_takes_what_began_with_the_share_of_steps_that_are_done(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank, comparison=("south",))
    services.start(run.pk, by=bank.handle)
    services.step_done(run.pk, 1, by=bank.handle)
    (one,) = services.interventions_of("credit").run.values()
    assert (one.delivered, one.comparison, one.indicator) == (0.5, ("south",), "consult_rate")
    with pytest.raises(InputError, match="done already"):
        services.step_done(run.pk, 1, by=bank.handle)
    services.withdraw(run.pk, by=bank.handle, reason="the tool changed")
    assert len(services.interventions_of("credit").run) == 1  # who stayed is no sample


def test_what_is_attested_waits_for_its_day_and_for_its_steps(bank):
    from takeup.server.acting.interventions import services

    run = declare(bank, action="A-GV1", reason="VM", moves=None, words="objections answered")
    services.start(run.pk, by=bank.handle)
    with pytest.raises(InputError, match="declared to be checked"):
        services.attest(run.pk, "moved", "all nine", by=bank.handle)
    with at(now() + timedelta(days=60)):
        services.attest(run.pk, "moved", "all nine", by=bank.handle)
    found = services.run_of(run.pk)
    assert (found.verdict, found.result["said"]) == ("cannot_tell", "moved")
    assert "not delivered: 0 % of its steps" in found.result["why"]


def test_what_worked_for_a_reason_is_suggested_with_the_runs_behind_it(bank):
    from takeup.server.acting.interventions.services import suggested

    assert suggested("credit", "south", "WD")[0].action == "A-WF2"
    for population in ("north", "south"):
        checked(bank, "moved", action="A-WF4", population=population)
    checked(bank, "not_moved", action="A-WF2")
    best = suggested("credit", "elsewhere", "WD")[0]
    assert (best.action, best.runs) == ("A-WF4", 2)
    assert "A-WF4" not in {s.action for s in suggested("credit", "south", "WD")}


def test_a_company_adds_and_changes_actions_and_runs_keep_their_revision(bank):
    from takeup.server.acting.interventions.services import library, revise, revisions, run_of

    entry = {
        "do": "Huddle",
        "owner": "lead",
        "lead_days": 7,
        "indicator": "looked at more",
        "check_days": 21,
    }
    with pytest.raises(InputError, match="say why it changes"):
        revise("X-HUDDLE", entry, by=bank.handle, reason=" ")
    revise("X-HUDDLE", entry, by=bank.handle, reason="ours works")
    run = declare(bank, action="X-HUDDLE", steps=[("Begin", days(7))])
    assert (run.version, run.check_on) == (1, days(28))
    revise(
        "X-HUDDLE",
        entry | {"check_days": 90},
        by=bank.handle,
        reason="it takes longer",
        retired=True,
    )
    assert library()["X-HUDDLE"].version == 2
    assert run_of(run.pk).library["check_days"] == 21
    assert len(revisions()) == 2
    assert audited_actions("library.revised") == ["library.revised"] * 2
    with pytest.raises(InputError, match="retired"):
        declare(bank, action="X-HUDDLE", population="south")


def test_an_action_that_rewards_following_does_not_come_into_the_library(bank):
    from takeup.server.acting.interventions.services import revise

    entry = {
        "do": "Target", "owner": "lead", "lead_days": 7, "indicator": "fewer overrides",
        "moves": {"name": "override_rate", "direction": "down", "smallest": 0.05},
    }  # fmt: skip
    with pytest.raises(InputError, match="less overriding is no goal"):
        revise("X-TARGET", entry, by=bank.handle, reason="asked for")


def test_the_form_is_filled_from_where_it_comes_and_from_the_library(bank):
    client = client_of(bank)
    page = client.get(
        "/interventions/declare?use_case=credit&population=south&reason=WD&action=A-WF4&finding=late:all"
    )
    told = page.content.decode()
    assert 'value="A-WF4" selected' in told
    assert 'value="south" selected' in told
    assert "Deliver before the moment of need" in told
    assert "advice that came after it was needed: down by 5 points" in told
    assert "0 runs for this reason" in told


def form(lead, **more) -> dict:
    return {
        "use_case": "credit", "population": "north", "action": "A-MG3", "reason": "WD", "owner": lead.handle,
        "starts_on": days(0).isoformat(), "step": ["Begin", ""], "due": [days(7).isoformat(), ""],
        "indicator": "library", "smallest": "5", "direction": "up", "act": "declare", **more,
    }  # fmt: skip


def test_an_action_is_declared_started_done_and_read_on_its_pages(bank):
    from takeup.server.acting.interventions.models import ActionRun

    client = client_of(bank)
    refused = client.post("/interventions/declare", form(bank, population="west"))
    assert refused.status_code == 422
    assert "no population" in refused.content.decode()
    assert client.post("/interventions/declare", form(bank)).status_code == 302
    run = ActionRun.objects.get()
    client.post(f"/interventions/{run.pk}/act", {"act": "start"})
    client.post(f"/interventions/{run.pk}/step", {"place": "1"})
    page = client.get(f"/interventions/{run.pk}").content.decode()
    assert "1 of 1 steps" in page or "done on" in page
    assert "cases decided with the advice in view: up by 5 points or more" in page
    board = client.get("/interventions").content.decode()
    assert "Running · 1" in board
    assert "A-MG3" in client.get("/interventions?as=csv").content.decode()
    assert client.post(f"/interventions/{run.pk}/act", {"act": "withdraw"}).status_code == 422


def test_the_board_says_what_comes_when_for_everybody_or_one_owner(bank):
    from takeup.server.acting.interventions import services
    from takeup.server.foundation.organization.models import Person

    other = Person.objects.get(person_id="south-0")
    run = declare(bank)
    services.start(run.pk, by=bank.handle)
    declare(bank, population="south", owner=other.handle, starts_on=days(1))
    client = client_of(bank)
    page = client.get("/interventions").content.decode()
    agenda = page[page.index("What comes when") : page.index("Planned · 1")]
    told = [
        agenda.index(w) for w in ("starts", "Ask three teams", "First case in each", "is checked")
    ]
    assert told == sorted(told)
    own = client.get(f"/interventions?owner={other.handle}").content.decode()
    assert "Planned · 1" in own
    assert "Running" not in own
    with at(now() + timedelta(days=5)):
        client.force_login(bank, backend="django.contrib.auth.backends.ModelBackend")
        assert "2 actions are late" in client.get("/interventions").content.decode()


def test_a_checked_action_tells_delivery_first_and_what_comes_next(bank):
    run = checked(bank, "not_moved")
    page = client_of(bank).get(f"/interventions/{run.pk}").content.decode()
    assert page.index("Was it delivered?") < page.index("so it is")
    assert "against populations that had it not yet" in page
    assert "What comes next" in page
    assert "Choose it" in page
    assert "Step workshop" in page


def test_people_read_the_actions_of_their_own_population_and_no_other(bank):
    from takeup.server.foundation.organization.models import Person

    own, other = declare(bank), declare(bank, population="south")
    client = client_of(Person.objects.get(person_id="north-0"))
    board = client.get("/interventions").content.decode()
    assert f"/interventions/{own.pk}" in board
    assert f"/interventions/{other.pk}" not in board
    assert client.get(f"/interventions/{own.pk}").status_code == 200
    assert client.get(f"/interventions/{other.pk}").status_code == 403
    assert client.get("/interventions/declare").status_code == 403
    assert client.post(f"/interventions/{own.pk}/step", {"place": "1"}).status_code == 403


def test_who_answers_for_it_says_that_a_step_is_done_and_is_told_of_late_ones(bank):
    from takeup.server.acting.interventions import services
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.organization.models import Person

    owner = Person.objects.get(person_id="north-1")
    run = declare(bank, owner=owner.handle)
    services.start(run.pk, by=bank.handle)
    assert client_of(owner).post(f"/interventions/{run.pk}/step", {"place": "1"}).status_code == 302
    with at(now() + timedelta(days=9)):
        for _ in range(2):
            services.tell_of_late_steps("credit", now().date())
    told = list(Notice.objects.filter(handle=owner.handle).values_list("subject", flat=True))
    assert sorted(told) == [
        f"A step is past due: {run.library['do']}",
        f"Yours to do: {run.library['do']}",
    ]


def test_days_beyond_every_calendar_are_refused_in_a_sentence(bank):
    far = date(9999, 12, 30)
    for more in (
        {"starts_on": far, "steps": [("Ask", far)]},
        {"steps": [("Ask", far)]},
        {"check_on": far},
    ):
        with pytest.raises(InputError, match="within three years"):
            declare(bank, **more)
    lead = client_of(bank)
    asked = {
        "use_case": "credit",
        "population": "north",
        "action": "A-MG3",
        "starts_on": "9999-12-30",
    }
    assert lead.get("/interventions/declare", asked).status_code == 200


def test_what_is_asked_of_an_action_and_is_nothing_changes_nothing(bank):
    run = declare(bank)
    answer = client_of(bank).post(f"/interventions/{run.pk}/act", {"act": "pause"})
    assert (answer.status_code, "choose what happens" in answer.content.decode()) == (422, True)
    run.refresh_from_db()
    assert run.state == "planned"
