"""Steps, stops and the draw: what holds when, and that every change says who and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of, with_role
from tests.server.running import decision
from tests.server.store import audited_actions


def cohort(name: str, *people: str) -> None:
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [
        {"person_id": p, "population": "officers", "team": "t1", "cohort": name} for p in people
    ]
    import_people(read_people(rows, "test"), actor="test")


def test_nothing_is_shown_before_somebody_decides_so(store):
    from takeup.server.acting.rollout.services import modes, rules_of
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    assert modes() == {"credit": "shadow"}
    assert rules_of("credit").stage_of("north").mode == "shadow"


def test_a_planned_step_holds_from_its_day_and_not_before(store):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.services import rules_of, take_step

    cohort("north", "p1")
    later = now() + timedelta(days=7)
    take_step("credit", "assist", by="ann", cohort="north", from_at=later, reason="gate passed")
    assert rules_of("credit").stage_of("north").mode == "shadow"
    assert rules_of("credit", later).stage_of("north").mode == "assist"
    assert rules_of("credit", later).stage_of("south").mode == "shadow"


def test_a_step_that_has_not_begun_can_be_withdrawn_and_one_that_has_cannot(store):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.services import rules_of, take_step, withdraw_step

    later = now() + timedelta(days=7)
    planned = take_step("credit", "assist", by="ann", from_at=later)
    withdraw_step(planned.pk, by="ann", reason="too soon")
    assert rules_of("credit", later).stage_of(None).mode == "shadow"
    begun = take_step("credit", "assist", by="ann")
    with pytest.raises(InputError, match="has begun"):
        withdraw_step(begun.pk, by="ann", reason="oh")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cohort": "nowhere"}, "no cohort"),
        ({"share": 1.5}, "between 0 and 1"),
        ({"from_at": "past"}, "now or later"),
    ],
)
def test_a_step_that_cannot_be_is_refused_and_changes_nothing(store, changes, words):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.models import Step
    from takeup.server.acting.rollout.services import take_step

    if changes.get("from_at"):
        changes = {"from_at": now() - timedelta(days=1)}
    with pytest.raises(InputError, match=words):
        take_step("credit", "assist", by="ann", **changes)
    assert not Step.objects.exists()


def test_a_stop_holds_until_it_is_lifted_and_both_need_a_reason(key):
    from takeup.server.acting.rollout.services import lift, modes, rules_of, stop, take_step
    from takeup.server.recording.record_api.receive import receive

    receive("decisions", [decision(1, x_segment="local")], key)
    take_step("credit", "assist", by="ann")
    with pytest.raises(InputError, match="say why"):
        stop("credit", by="ann", reason=" ")
    everything = stop("credit", by="ann", reason="wrong data since noon")
    local = stop("credit", by="ann", reason="wrong there", kind={"segment": "local"})
    assert modes() == {"credit": "shadow"}
    assert rules_of("credit").withheld == ({"segment": "local"},)
    assert stop("credit", by="bob", reason="again").pk == everything.pk
    with pytest.raises(InputError, match="say why"):
        lift(everything.pk, by="ann", reason="")
    lift(everything.pk, by="ann", reason="data mended")
    assert modes() == {"credit": "assist"}
    assert rules_of("credit").withheld == ({"segment": "local"},)
    lift(local.pk, by="ann", reason="model 4.3 knows it")
    assert rules_of("credit").withheld == ()
    assert audited_actions()[-5:] == [
        "rollout.step", "rollout.stopped", "rollout.stopped", "rollout.lifted", "rollout.lifted",
    ]  # fmt: skip


def test_classes_reserved_for_people_get_no_advice_in_assist(store):
    from takeup.server.acting.rollout.services import Assigning, take_step
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("care", 'reserved_for_people = ["x_kind=goals and stakes=high"]\n', "ann")
    take_step("care", "assist", by="ann")
    row = {"use_case": "care", "case_id": "c1", "x_kind": "goals"}
    held, _ = Assigning([row]).of(row | {"stakes": "high"})
    assert (held.mode, held.why) == ("shadow", "withheld")
    assert Assigning([row]).of(row | {"stakes": "low"})[0].mode == "assist"


def test_a_kind_of_case_that_cannot_be_read_is_refused_where_it_is_declared(store):
    from takeup.record.errors import DeclarationError
    from takeup.server.foundation.organization.services import declare_use_case

    with pytest.raises(DeclarationError, match="covariate=value"):
        declare_use_case("care", 'reserved_for_people = ["goals of care"]\n', "ann")


def test_recommendations_are_answered_by_the_persons_cohort_and_carry_the_draw(key, log):
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.recording.record_api.receive_events import receive_events
    from takeup.server.recording.record_api.receive_recommendations import receive_recommendations

    cohort("north", *[f"p{i}" for i in range(40)])
    take_step("credit", "assist", by="ann", cohort="north", share=0.5)
    rows = [
        {"use_case": "credit", "decision_id": f"d{i}", "case_id": f"c{i}", "person_id": f"p{i}",
         "recommendation": "approve"}
        for i in range(50)
    ]  # fmt: skip
    shown = [r.show for r in receive_recommendations(rows, key)]
    assert 8 <= sum(shown[:40]) <= 32
    assert not any(shown[40:])
    made = [
        {"specversion": "1.0", "id": f"m{i}", "source": "t", "type": "takeup.made", "subject": f"d{i}",
         "time": "2026-11-20T09:00:00Z", "data": {"use_case": "credit", "choice": "approve"}}
        for i in range(50)
    ]  # fmt: skip
    receive_events(made, key)
    assert receive("decisions", [], key) == []
    drain(log)
    found = log.read("decisions").rows.sort_by("case_id").to_pylist()
    by_case = {row["case_id"]: row for row in found}
    for i in range(40):
        row = by_case[f"c{i}"]
        assert row["mode"] == ("assist" if shown[i] else "shadow")
        assert (row["assist_probability"], row["randomised_unit"]) == (0.5, "person")
        assert row["cohort"] == "north"
    assert by_case["c45"]["assist_probability"] is None


def test_the_page_takes_steps_and_stops_and_says_what_is_wrong(store):
    from takeup.server.acting.rollout.services import rules_of
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    cohort("north", "p1")
    lead = client_of(with_role("programme_lead"))
    page = lead.get("/rollout/credit").content.decode()
    assert "Nobody sees advice yet" in page
    step = {
        "cohort": "north",
        "mode": "assist",
        "share": "50",
        "unit": "person",
        "reason": "first wave",
    }
    assert lead.post("/rollout/credit/step", step).status_code == 302
    page = lead.get("/rollout/credit").content.decode()
    assert "1 cohort sees advice" in page
    assert "50 % of people, drawn" in page
    assert "first wave" in page
    wrong = lead.post("/rollout/credit/step", step | {"share": "many"})
    assert (wrong.status_code, b"between 0 and 100" in wrong.content) == (422, True)
    assert lead.post("/rollout/credit/stop", {"reason": ""}).status_code == 422
    refused = lead.post("/rollout/credit/stop", {"reason": "x", "kind": "local"})
    assert refused.status_code == 422
    assert "choose the kind of case from the list" in refused.content.decode()
    oversight = client_of(with_role("oversight_officer"))
    assert oversight.post("/rollout/credit/stop", {"reason": "drill"}).status_code == 302
    assert rules_of("credit").stopped
    assert "Advice is stopped for everybody" in lead.get("/rollout/credit").content.decode()
    from takeup.server.acting.rollout.models import Stop

    number = Stop.objects.get().pk
    assert oversight.post(f"/rollout/credit/lift/{number}", {"reason": "x"}).status_code == 403
    assert lead.post(f"/rollout/credit/lift/{number}", {"reason": "drill over"}).status_code == 302
    assert not rules_of("credit").stopped
    assert lead.get("/rollout/unknown").status_code == 404
