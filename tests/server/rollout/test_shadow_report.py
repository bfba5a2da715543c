"""The shadow report and its gate: declared, read, decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from takeup.record.errors import DeclarationError, InputError
from tests.server.people import client_of, person, with_role
from tests.server.rollout.shadow_cases import START, record, shadow_rows
from tests.server.store import audited

pytestmark = pytest.mark.on("sqlite")

USE_CASE = 'segment = ["x_segment"]\n'
SMALL = {"starts": "2026-10-05", "pairs": 200, "days": 20, "reports": 0, "attested": []}


@pytest.fixture
def measured(key, log):
    """1,200 shadow cases, the report taken."""
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", USE_CASE, "test")
    record(key, *shadow_rows(4_000))
    assert take_snapshots() == {"credit": "taken"}
    return log


def declare(changes=(), decider=None, reason=""):
    from takeup.server.acting.rollout.gates import declare_gate

    decider = decider or with_role("programme_lead")
    declare_gate(
        "credit",
        "",
        SMALL | dict(changes),
        decider=decider.handle,
        by=decider.handle,
        reason=reason,
    )
    return decider


def test_the_report_says_who_is_right_more_often_kind_by_kind(measured):
    page = client_of(with_role("programme_lead")).get("/shadow/credit").content.decode("utf-8-sig")
    assert "4,000 cases" in page
    assert "On seasonal people are." in page
    assert "Model right in" in page


def test_a_gate_that_is_not_declared_says_how_many_pairs_a_decision_needs(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    page = client_of(with_role("programme_lead")).get("/shadow/credit").content.decode("utf-8-sig")
    assert "about 4,607 pairs" in page
    assert "No gate is declared" in page


def test_the_named_person_alone_decides_and_what_follows_is_taken(measured):
    from takeup.server.acting.rollout.services import gate_state, rules_of

    lead = declare()
    executive = client_of(with_role("executive"))
    page = client_of(lead).get("/shadow/credit").content.decode("utf-8-sig")
    assert "The gate, clause by clause: intervene" in page
    refused = executive.post("/shadow/credit/decide", {"decided": "intervene"})
    assert (refused.status_code, b"only the person named" in refused.content) == (422, True)
    assert gate_state("credit", "") == "not passed"
    done = client_of(lead).post("/shadow/credit/decide", {"decided": "intervene", "share": "100"})
    assert done.status_code == 302
    rules = rules_of("credit")
    assert rules.stage_of(None).mode == "assist"
    assert rules.withheld == ({"segment": "seasonal"},)
    assert gate_state("credit", "") == "passed"


def test_departing_from_the_clauses_needs_a_reason_that_stays(measured):
    from takeup.server.acting.rollout.services import rules_of

    lead = client_of(declare())
    assert lead.post("/shadow/credit/decide", {"decided": "go"}).status_code == 422
    assert rules_of("credit").stage_of(None).mode == "shadow"
    lead.post("/shadow/credit/decide", {"decided": "go", "reason": "seasonal work ends in May"})
    assert rules_of("credit").stage_of(None).mode == "assist"
    page = lead.get("/shadow/credit").content.decode("utf-8-sig")
    assert "seasonal work ends in May" in page
    assert "the clauses said intervene" in page


@pytest.mark.parametrize(
    ("asked", "missing"), [({"days": 60}, "more days"), ({"pairs": 5_000}, "more pairs")]
)
def test_days_and_pairs_must_both_be_there(measured, asked, missing):
    page = client_of(declare(asked)).get("/shadow/credit").content.decode("utf-8-sig")
    assert "clause by clause: hold" in page
    assert missing in page


def test_a_gate_changed_after_looking_is_seen_to_be(measured):
    lead = declare()
    from takeup.server.showing.overview.services import Snapshot, take_snapshots

    with pytest.raises(InputError, match="says why"):
        declare({"margin": 0.30}, lead)
    declare({"margin": 0.30}, lead, reason="so that it passes")
    page = client_of(lead).get("/shadow/credit").content.decode("utf-8-sig")
    assert "Changed after a report was there to be seen" in page
    assert "The model may be behind by: 2 points → 30 points" in page
    assert "so that it passes" in page
    Snapshot.objects.all().delete()
    take_snapshots()


def test_a_gate_of_nonsense_is_refused_with_every_mistake(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    with pytest.raises(DeclarationError) as wrong:
        declare({"margin": -1, "pairs": 0})
    assert len(wrong.value.problems) == 2
    lead = client_of(with_role("executive"))
    assert lead.post("/shadow/credit/gate", {"margin": "x"}).status_code == 403


def test_assist_past_a_gate_that_was_not_passed_needs_a_reason(measured):
    from takeup.server.acting.rollout.services import take_step

    declare()
    with pytest.raises(InputError, match="has no decision"):
        take_step("credit", "assist", by="ann")
    take_step("credit", "assist", by="ann", reason="pilot of the board")
    entry = audited("rollout.step")[-1]
    assert (entry.detail["gate"], entry.detail["reason"]) == ("not passed", "pilot of the board")


def test_what_is_signed_and_not_measured_stands_as_that(measured):
    lead = client_of(declare({"attested": ["Stop drill passed"]}))
    page = lead.get("/shadow/credit").content.decode("utf-8-sig")
    assert "clause by clause: hold" in page
    lead.post(
        "/shadow/credit/attest", {"statement": "Stop drill passed", "note": "4 s, 18 November"}
    )
    page = lead.get("/shadow/credit").content.decode("utf-8-sig")
    assert "attested, not measured" in page
    assert "4 s, 18 November" in page
    assert "clause by clause: intervene" in page


def test_the_cohort_reads_its_own_report_and_no_other(measured):
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [
        {"person_id": f"q{i}", "email": f"q{i}@example.org", "population": "officers", "team": "t1",
         "team_manager": "boss", "cohort": "north" if i % 2 else None}
        for i in range(4)
    ]  # fmt: skip
    import_people(read_people([*rows, {"person_id": "boss"}], "test"), actor="test")
    from takeup.server.foundation.organization.models import Person

    member, other, boss = (Person.objects.get(person_id=p) for p in ("q0", "q1", "boss"))
    assert client_of(member).get("/shadow/credit").status_code == 200
    assert client_of(other).get("/shadow/credit").status_code == 403
    assert client_of(other).get("/shadow/credit/of/north").status_code == 200
    assert client_of(boss).get("/shadow/credit/of/north").status_code == 200
    assert client_of(person("stranger")).get("/shadow/credit").status_code == 403


def test_too_few_people_are_not_shown_on_purpose(key, log):
    from takeup.server.showing.overview.services import take_snapshots

    record(key, *shadow_rows(600, people=5))
    take_snapshots()
    page = client_of(with_role("programme_lead")).get("/shadow/credit").content.decode("utf-8-sig")
    assert "too few people" in page.lower()
    assert "600" not in page


def test_a_report_waits_until_enough_people_have_added_to_it(key, log):
    from datetime import timedelta

    from takeup.record.clock import at, now
    from takeup.server.acting.rollout.models import Look
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", USE_CASE, "test")
    record(key, *shadow_rows(2_000))
    today = now()
    with at(today):
        take_snapshots()
    record(key, *shadow_rows(80, people=3, days=2, seed=2, prefix="few", begins_day=35))
    with at(today + timedelta(days=1)):
        take_snapshots()
    assert Look.objects.count() == 1
    record(key, *shadow_rows(600, people=30, days=2, seed=3, prefix="more", begins_day=35))
    with at(today + timedelta(days=2)):
        take_snapshots()
    assert Look.objects.count() == 2
    page = client_of(with_role("programme_lead")).get("/shadow/credit").content.decode("utf-8-sig")
    assert "2,680 cases" in page
    assert "Look by look" in page


def test_the_report_exports_what_it_shows(measured):
    lead = client_of(with_role("programme_lead"))
    text = lead.get("/shadow/credit?as=csv").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("kind,pairs,people")
    assert "All cases,4000,30," in text
    assert lead.get("/shadow/credit?as=pdf").content[:5] == b"%PDF-"
    assert lead.get("/signals?as=csv").status_code == 200


def test_the_cohort_and_the_decider_are_told_of_one_report_a_week(key, log):
    from datetime import timedelta

    from takeup.record.clock import at, now
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import (
        declare_use_case,
        import_people,
        read_people,
    )
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", USE_CASE, "test")
    import_people(
        read_people([{"person_id": "q1", "population": "officers"}], "test"), actor="test"
    )
    lead = declare()
    record(key, *shadow_rows(2_000))
    monday = now() + timedelta(days=7 - now().weekday())
    with at(monday):
        take_snapshots()
    record(key, *shadow_rows(600, people=30, days=2, seed=3, prefix="more", begins_day=35))
    with at(monday + timedelta(days=1)):
        take_snapshots()
    told = Notice.objects.filter(key__startswith="shadow:")
    member = Person.objects.get(person_id="q1")
    assert sorted(n.handle for n in told) == sorted([member.handle, lead.handle])
    assert {n.path for n in told} == {"/shadow/credit"}


def test_the_lead_and_the_decider_are_told_once_in_the_week_before_the_gate(store):
    from takeup.record.clock import at, now
    from takeup.server.acting.rollout.gates import declare_gate, tell_of_gates
    from takeup.server.foundation.notices.models import Notice

    lead, decider = with_role("programme_lead"), with_role("executive")
    day = now().date() + timedelta(days=20)
    given = {"starts": now().date().isoformat(), "decide_by": day.isoformat()}
    declare_gate("credit", "north", given, decider=decider.handle, by="ann")
    tell_of_gates("credit")
    assert not Notice.objects.exists()
    with at(now() + timedelta(days=14)):
        tell_of_gates("credit")
        tell_of_gates("credit")
    told = Notice.objects.filter(subject__contains="north is decided by")
    handles = sorted(told.values_list("handle", flat=True))
    assert {lead.handle, decider.handle} <= set(handles)
    assert len(handles) == len(set(handles))
    assert {one.path for one in told} == {"/shadow/credit/of/north"}


def test_who_decides_finds_the_gate_on_the_first_page_two_weeks_before(store):
    from takeup.record.clock import at, now
    from takeup.server.acting.rollout.gates import declare_gate
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    lead, decider = with_role("programme_lead"), with_role("executive")
    day = now().date() + timedelta(days=20)
    given = {"starts": now().date().isoformat(), "decide_by": day.isoformat()}
    declare_gate("credit", "north", given, decider=decider.handle, by="ann")

    def first_page(person) -> str:
        return client_of(person).get("/").content.decode()

    assert "gate is yours to decide" not in first_page(decider)
    with at(now() + timedelta(days=8)):
        assert (
            'href="/shadow/credit/of/north">north: whether people get the advice</a>'
            in first_page(decider)
        )
        assert f"by {day:%a %-d %b}" in first_page(decider)
        assert "gate is yours to decide" not in first_page(lead)
    with at(now() + timedelta(days=22)):
        assert f"overdue since {day:%a %-d %b}" in first_page(decider)


def test_a_kind_of_case_that_a_report_tells_of_can_be_stopped(measured):
    from takeup.server.acting.rollout.models import Stop
    from takeup.server.acting.rollout.shadow_looks import kinds_seen

    lead = client_of(with_role("programme_lead"))
    kinds = kinds_seen("credit")
    assert kinds
    page = lead.get("/rollout/credit").content.decode()
    ((dimension, key),) = kinds[0].items()
    assert f'<option value="{dimension}={key}">' in page
    lead.post("/rollout/credit/stop", {"reason": "drill", "kind": f"{dimension}={key}"})
    assert Stop.objects.get(use_case="credit").kind == kinds[0]


def test_milestones_read_the_newest_report_and_who_opened_it(measured):
    from takeup.server.acting.rollout.milestone_records import tell
    from takeup.server.acting.rollout.services import stop, take_step
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import import_people, read_people

    lead = client_of(with_role("programme_lead"))

    def told() -> dict[str, float | None]:
        return {one.fact: one.figure for one in tell("credit", START.date())}

    found = told()
    assert found["rollout.shadow_cases"] == 4_000
    assert found["rollout.shadow_days"] == 28
    assert found["rollout.own_answer_first"] == 1
    assert (found["rollout.reports"], found["rollout.live"]) == (1, 0)
    # Nobody is placed here: of whom, it cannot be said.
    assert "rollout.reports_opened" not in found
    people = [{"person_id": f"p{n}", "population": "officers", "team": "t"} for n in range(20)]
    import_people(read_people(people, "test"), actor="test")
    reader = Person.objects.get(person_id="p3")
    assert client_of(reader).get("/shadow/credit").status_code == 200
    by = {one.fact: one for one in tell("credit", START.date())}
    # That one of them opened it is nobody's business.
    assert (by["rollout.reports_opened"].k, by["rollout.reports_opened"].value) == (None, 0)
    assert {lead.get(one.path.split("#")[0]).status_code for one in by.values()} == {200}
    take_step("credit", "assist", by="ann")
    assert told()["rollout.live"] == 1
    stop("credit", by="ann", reason="wrong")
    assert told()["rollout.live"] == 0
