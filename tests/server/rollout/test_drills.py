"""A stop is rehearsed: it ends by the clock, every client is timed, and the gate reads what was measured."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from takeup.record.clock import at
from takeup.record.errors import InputError
from tests.server.at_once import two_at_once
from tests.server.people import client_of, with_role
from tests.server.rollout.test_steps import cohort
from tests.server.store import audited, audited_actions

# A leap day: a drill that was run on it counts 90 days like any other.
BEGUN = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


@pytest.fixture
def live(store):
    """Two cohorts, of which the north has advice; two senders whose clients asked a moment ago."""
    from takeup.server.acting.rollout.models import Heard
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.services import use_case

    with at(BEGUN - timedelta(days=1)):
        cohort("north", "p1")
        use_case("credit")
        take_step("credit", "assist", by="ann", cohort="north")
    for key, sender in (("k1", "desk"), ("k2", "phone")):
        Heard.objects.create(key=key, sender=sender, tag="x", at=after(-2))
    return store


def start(seconds: float = 0.0, **asked):
    from takeup.server.acting.rollout.drills import start_drill

    with at(after(seconds)):
        return start_drill("credit", by="ann", **({"cohort": "north"} | asked))


def ask(seconds: float, *keys: str) -> dict:
    """The clients of these keys ask; what they are told."""
    from takeup.server.acting.rollout.in_force import HeldAnswers
    from takeup.server.acting.rollout.services import Hearing

    with at(after(seconds)):
        body, tag = HeldAnswers().hold(())
        for key in keys:
            Hearing().keep(key, {"k1": "desk", "k2": "phone"}[key], (), tag)
    return json.loads(body)


def seen(seconds: float):
    from takeup.server.acting.rollout.drills import drills_of

    with at(after(seconds)):
        return drills_of("credit")[0]


def mode(seconds: float, where: str = "north") -> str:
    from takeup.record.assignment import assigned
    from takeup.server.acting.rollout.services import rules_of

    found = rules_of("credit", after(seconds))
    return assigned(found, case_id="c", person_id="p1", team=None, cohort=where, known={}).mode


def test_a_drill_holds_on_its_cohort_for_a_minute_and_ends_of_itself(live):
    from takeup.server.acting.rollout.services import rules_of, take_step

    with at(BEGUN - timedelta(hours=1)):
        take_step("credit", "assist", by="ann")
    start()
    assert [mode(s) for s in (-1, 0, 59.9, 60, 3600)] == [
        "assist", "shadow", "shadow", "assist", "assist",
    ]  # fmt: skip
    assert mode(30, "") == "assist"
    assert rules_of("credit", after(30), drills=False).withheld == ()
    assert audited_actions()[-1] == "rollout.drill"


def test_a_drill_on_everybody_else_is_on_whoever_has_no_stage_of_their_own(live):
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.models import Cohort

    Cohort.objects.create(key="east")
    with at(BEGUN - timedelta(hours=1)):
        take_step("credit", "assist", by="ann")
    start(cohort="")
    assert [mode(30, where) for where in ("", "east", "north")] == ["shadow", "shadow", "assist"]


def test_a_drill_on_everybody_stops_every_cohort(live):
    start(everybody=True)
    assert mode(30) == "shadow"
    assert ask(30)["rollouts"]["credit"]["stopped"] is True


def test_every_client_is_timed_both_ways_and_passes_where_all_obey(live):
    start()
    ask(1.5, "k1")
    ask(2.5, "k2")
    ask(2.9, "k1")
    running = seen(10)
    assert (running.running, running.passed, running.slowest) == (True, None, 2.5)
    assert [(c.sender, c.told, c.again) for c in running.clients] == [
        ("desk", 1.5, None), ("phone", 2.5, None),
    ]  # fmt: skip
    ask(59, "k1", "k2")
    assert seen(61).passed is None
    ask(61, "k1")
    ask(62.25, "k2")
    done = seen(63)
    assert (done.measured, done.passed, done.slowest_again, done.deaf) == (True, True, 2.25, ())


@pytest.mark.parametrize(
    ("told", "again"),
    [(None, None), (None, 61), (6, 61), (2, None), (2, 66)],
    ids=["never", "not of the stop", "late", "not of its end", "late of its end"],
)
def test_a_client_that_never_asks_or_is_late_fails_the_drill_by_its_senders_name(live, told, again):
    start()
    ask(1, "k1")
    if told is not None:
        ask(told, "k2")
    ask(61, "k1")
    if again is not None and again < 65:
        ask(again, "k2")
    assert seen(64.9).passed in (None, False)
    if again is not None and again > 65:
        ask(again, "k2")
    found = seen(66)
    assert (found.measured, found.passed, found.deaf) == (True, False, ("phone",))


def test_what_a_drill_has_shown_enters_the_audit_log_once(live):
    from takeup.server.acting.rollout.day import each_day

    start()
    for seconds in (1, 61):
        ask(seconds, "k1", "k2")
    for moment in (after(30), after(120), after(240)):
        with at(moment):
            each_day("credit", moment.date())
    entry = audited()[-1]
    assert (entry.action, entry.detail["passed"], entry.detail["slowest"]) == (
        "rollout.drill_timed", True, 1.0,
    )  # fmt: skip
    assert audited_actions()[-2:] == ["rollout.drill", "rollout.drill_timed"]


@pytest.mark.parametrize("second", [{"cohort": "north"}, {"everybody": True}])
def test_two_drills_at_once_are_refused_until_the_first_is_measured(live, second):
    from takeup.server.acting.rollout.models import StopDrill

    start()
    for seconds in (0, 30, 64):
        with pytest.raises(InputError, match=r"12:01:00 UTC .* one at a time"):
            start(seconds, **second)
    assert StopDrill.objects.count() == 1
    start(65, **second)


def test_of_two_who_begin_at_the_same_moment_one_is_refused(live):
    from takeup.server.acting.rollout.models import StopDrill

    said = two_at_once(start)
    assert (len(said), said.count("done")) == (2, 1)
    assert any("one at a time" in told for told in said)
    assert StopDrill.objects.count() == 1


def test_nothing_is_rehearsed_while_advice_is_stopped_in_earnest(live):
    from takeup.server.acting.rollout.services import stop

    with at(after(-10)):
        stop("credit", by="ann", reason="wrong since noon")
    with pytest.raises(InputError, match="stopped there in earnest"):
        start()


def test_a_stop_in_earnest_during_a_drill_stays_when_the_drill_ends(live):
    from takeup.server.acting.rollout.models import Stop

    drill = start()
    # As `stop` keeps it, whose look at what is recorded needs a log.
    Stop.objects.create(use_case="credit", reason="wrong", made_at=after(20), made_by="ann")
    assert [mode(s) for s in (30, 61)] == ["shadow", "shadow"]
    told = ask(30)["rollouts"]["credit"]
    assert told["drill"] == {
        "number": drill.pk, "seconds": 60.0, "withheld": [], "stopped": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cohort": "nowhere"}, "no cohort 'nowhere'"),
        ({"cohort": ""}, "nobody there sees advice"),
    ],
)
def test_a_drill_that_would_show_nothing_is_refused(live, asked, words):
    from takeup.server.acting.rollout.models import StopDrill

    with pytest.raises(InputError, match=words):
        start(**asked)
    assert not StopDrill.objects.exists()


def test_without_a_client_that_asked_within_the_hour_there_is_nothing_to_time(live):
    from takeup.server.acting.rollout.models import Heard

    Heard.objects.update(at=after(-3700))
    with pytest.raises(InputError, match="nothing to time"):
        start()
    Heard.objects.update(at=after(-60), use_cases=["triage"])
    with pytest.raises(InputError, match="nothing to time"):
        start()


def test_a_key_of_another_use_case_is_not_timed(live):
    from takeup.server.acting.rollout.models import Heard

    Heard.objects.filter(key="k2").update(use_cases=["triage"])
    start()
    assert [one.sender for one in seen(1).clients] == ["desk"]


def test_the_gate_reads_the_newest_drill_of_the_cohort_instead_of_a_signature(live):
    from takeup.server.acting.rollout.gate import Gate, evaluate
    from takeup.server.acting.rollout.gates import attest, beside, declare_gate
    from takeup.stats.answer import insufficient

    lead = with_role("programme_lead")
    declare_gate(
        "credit", "north", {"starts": "2028-01-01", "attested": ["Stop drill passed"]},
        decider=lead.handle, by=lead.handle,
    )  # fmt: skip

    def clause(seconds: float, where: str = "north"):
        with at(after(seconds)):
            told = beside("credit", where, [])
            gate = Gate(starts=BEGUN.date())
            return evaluate(gate, insufficient("no pairs", "pairs", 0), told).clauses[-1]

    assert (clause(-5).says, clause(-5).needs) == (
        "hold",
        "a stop drill, or a named person signs it",
    )
    with at(after(-4)):
        attest("credit", "north", "Stop drill passed", by=lead.handle)
    signed = clause(-3)
    assert (signed.says, signed.attested) == ("go", True)
    assert "no drill was run in the last 90 days" in signed.evidence
    start()
    ask(1, "k1")
    failed = clause(70)
    assert (failed.says, failed.attested) == ("hold", False)
    assert (
        "measured on 29 February 2028: not obeyed within 5 seconds by desk, phone"
        in failed.evidence
    )
    start(100, everybody=True)
    for seconds in (101, 161):
        ask(seconds, "k1", "k2")
    passed = clause(170)
    assert (passed.says, passed.attested) == ("go", False)
    assert "each of 2 obeyed, the slowest after 1.0 seconds" in passed.evidence
    # One of everybody says so of every cohort; after 90 days it says nothing, and the signature is back.
    assert clause(170, "south").says == "go"
    later = clause(90 * 86_400 + 101)
    assert (later.says, later.attested) == ("go", True)


def test_a_drill_leaves_no_kind_to_people_in_the_gate(live):
    from takeup.server.acting.rollout.gates import beside

    start()
    with at(after(30)):
        assert beside("credit", "north", []).withheld == ()


def test_the_page_shows_a_drill_as_it_goes_and_its_history(live):
    officer = client_of(with_role("oversight_officer"))
    with at(BEGUN):
        page = officer.get("/rollout/credit").content.decode()
        assert "Rehearse now" in page
        answer = officer.post("/rollout/credit/drill", {"cohort": "north"})
        assert answer["Location"] == "/rollout/credit#drill"
    ask(1, "k1")
    with at(after(2)):
        page = officer.get("/rollout/credit").content.decode()
        assert 'hx-get="/rollout/credit/drills"' in page
        assert "no advice until 12:01:00 UTC" in page
        assert "Rehearse now" not in page
        # A drill is no stop: the heading stays.
        assert "Advice is stopped for everybody" not in page
        part = officer.get("/rollout/credit/drills")
        assert "1.0 s" in part.content.decode()
        assert "HX-Refresh" not in part
        refused = officer.post("/rollout/credit/drill", {"cohort": "north"})
        assert (refused.status_code, "one at a time" in refused.content.decode()) == (422, True)
    with at(after(66)):
        part = officer.get("/rollout/credit/drills")
        assert part["HX-Refresh"] == "true"
        page = officer.get("/rollout/credit").content.decode()
        assert "not passed" in page
        assert "Not in time: desk, phone" in page
        assert "hx-get" not in page.split('id="drill"')[1].split("</section>")[0]


def test_milestones_read_the_drill(live):
    from takeup.server.acting.rollout.milestone_records import tell

    def told(seconds: float) -> dict[str, float | None]:
        with at(after(seconds)):
            return {one.fact: one.figure for one in tell("credit", after(seconds).date())}

    assert "rollout.stop_drill" not in told(0)
    start()
    for seconds in (1, 61):
        ask(seconds, "k1", "k2")
    assert told(70)["rollout.stop_drill"] == 1
    start(100)
    assert told(200)["rollout.stop_drill"] == 0
    assert "rollout.stop_drill" not in told(91 * 86_400)
