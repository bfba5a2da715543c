"""Gates: clause by clause, decided once by one person, with the evidence as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.at_once import two_at_once
from tests.server.people import client_of
from tests.server.sprint.sprints import bank, begun, clear, look, told

__all__ = ["bank"]


def says(sprint, gate: str, *records):
    """What a gate says of these facts, on states as they are."""
    from takeup.server.acting.sprint.facts import known_of
    from takeup.server.acting.sprint.gates import Standing, judge
    from takeup.server.acting.sprint.seen import seen_in
    from takeup.server.acting.sprint.services import plan_of

    sprint.refresh_from_db()
    seen = {one.milestone: seen_in(one) for one in sprint.states.all()}
    known = known_of(sprint, now().date(), told(*records))
    return judge(gate, Standing(known, plan_of(sprint), sprint.starts_on, seen))


def of(found, key: str):
    return next(one for one in found.clauses if one.key == key)


EVERYWHERE = ("north", "south")


def test_what_nobody_knows_keeps_from_going_and_does_not_hold(bank):
    sprint = begun(bank)
    look(sprint)
    found = says(sprint, "G60")
    assert found.says == "intervene"
    assert of(found, "logged").says == "intervene"


def test_the_first_gate_holds_where_half_of_the_populations_are_not_assessed(bank):
    sprint = begun(bank)
    look(sprint)
    found = says(sprint, "G30", ("reasons.told", "north", 0), ("reasons.told", "south", 0))
    assert of(found, "assessed").says == "hold"
    assert found.says == "hold"


def test_a_known_reason_without_an_action_asks_to_intervene_and_names_the_population(bank):
    sprint = begun(bank)
    named = [("reasons.named", w, 1) for w in EVERYWHERE]
    look(sprint)
    found = of(says(sprint, "G30", *named, ("actions.dated", "north", 1)), "actions")
    assert (found.says, found.seen.lacking) == ("intervene", ("south",))
    both = [("actions.dated", w, 1) for w in EVERYWHERE]
    assert of(says(sprint, "G30", *named, *both), "actions").says == "go"


def test_a_false_model_holds_until_an_action_on_the_model_is_in_force(bank):
    sprint = begun(bank)
    look(sprint)
    harm = ("model.net_harm", "north", 1)
    assert of(says(sprint, "G60", harm), "model").says == "hold"
    assert of(says(sprint, "G60", harm, ("actions.on_model", "north", 1)), "model").says == "go"
    clean = (("model.net_harm", "", 0), ("model.low_precision", "", 0))
    assert of(says(sprint, "G60", *clean), "model").says == "go"


def test_twenty_days_of_shadow_are_not_asked_of_what_is_live_already(bank):
    sprint = begun(bank, remediation=True)
    look(sprint)
    assert "shadow_days" not in {one.key for one in says(sprint, "G60").clauses}


def test_the_last_gate_asks_for_looking_and_not_for_the_nominal_rate(bank):
    sprint = begun(bank)
    look(sprint)
    seen = [("use.consulted", "north", 0.7, 300), ("use.consulted", "south", 0.4, 300)]
    found = says(sprint, "G90", *seen)
    assert of(found, "consulted").says == "intervene"
    assert of(found, "consulted").seen.lacking == ("south",)
    assert not any("nominal" in one.words.lower() for one in found.clauses)


def test_an_unclear_reason_for_three_in_ten_people_holds(bank):
    sprint = begun(bank)
    look(sprint)
    half = [("reasons.unclear", "north", 1), ("reasons.unclear", "south", 0)]
    assert of(says(sprint, "G90", *half), "clear").says == "hold"
    assert of(says(sprint, "G90", *((f, w, 0) for f, w, _ in half)), "clear").says == "go"


def taken(sprint, gate: str, decided: str, who, **more):
    from takeup.server.acting.sprint.deciding import decide

    sprint.refresh_from_db()
    mark = sprint.looks.get(gate=gate).sha256
    return decide(sprint, gate, decided, by=who.handle, looked_at=more.pop("looked_at", mark), **more)  # fmt: skip


def test_only_the_person_named_decides_and_a_deviation_needs_its_reason(bank):
    sprint = begun(bank)
    clear(bank, sprint)
    with pytest.raises(InputError, match="only the person named"):
        taken(sprint, "G30", "go", bank["programme_lead"], reason="hurry")
    with pytest.raises(InputError, match="give the reason for go"):
        taken(sprint, "G30", "go", bank["executive"])
    made = taken(sprint, "G30", "go", bank["executive"], reason="the board asked")
    assert (made.said, made.decided) == ("intervene", "go")
    page = client_of(bank["programme_lead"]).get(f"/sprints/{sprint.pk}/G30").content.decode()
    assert "a deviation: the clauses said intervene" in page
    assert "the board asked" in page


def test_what_was_decided_is_frozen_with_its_evidence_and_its_hash(bank):
    from takeup.server.acting.sprint.looking import mark_of

    sprint = begun(bank)
    look(sprint)
    made = taken(sprint, "G30", "hold", bank["executive"], reason="not yet")
    assert made.sha256 == mark_of(made.evidence)
    made.evidence = {}
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        made.save()
    made.refresh_from_db()
    document = client_of(bank["executive"]).get(f"/sprints/{sprint.pk}/G30?as=json&decision={made.pk}").json()  # fmt: skip
    assert document["sha256_of_evidence"] == mark_of(document["evidence"])


def test_two_who_decide_at_once_leave_one_decision_and_one_sentence(bank):
    sprint = begun(bank)
    look(sprint)
    taken(sprint, "G30", "go", bank["executive"], reason="first")
    with pytest.raises(InputError, match="it is not decided again"):
        taken(sprint, "G30", "hold", bank["executive"], reason="second")
    assert sprint.gates.count() == 1


def test_two_pages_that_decide_in_the_same_second_leave_one_decision(bank):
    from takeup.server.acting.sprint.deciding import decide, look_of

    sprint = begun(bank)
    look(sprint)
    mark = look_of(sprint, "G30").sha256
    said = two_at_once(
        lambda: decide(sprint, "G30", "go", by=bank["executive"].handle, looked_at=mark, reason="x")
    )
    assert said[0] == "done"
    assert "it is not decided again" in said[1]
    assert sprint.gates.count() == 1


def test_clauses_that_changed_while_the_page_was_open_are_read_again_first(bank):
    sprint = begun(bank)
    look(sprint)
    before = sprint.looks.get(gate="G30").sha256
    with at(now() + timedelta(days=50)):
        look(sprint)
        answer = client_of(bank["executive"]).post(
            f"/sprints/{sprint.pk}/G30/decide", {"decided": "go", "mark": before, "reason": "kept words"}
        )  # fmt: skip
    assert answer.status_code == 422
    assert "have changed since you opened this page" in answer.content.decode()
    assert "kept words" in answer.content.decode()
    assert not sprint.gates.exists()


def test_a_gate_held_is_decided_again_later_and_both_stay(bank):
    sprint = begun(bank)
    look(sprint)
    taken(sprint, "G30", "hold", bank["executive"])
    with pytest.raises(InputError, match="on the same evidence already"):
        taken(sprint, "G30", "hold", bank["executive"], reason="wait")
    taken(sprint, "G30", "intervene", bank["executive"], reason="enough", populations=["north"])
    assert list(sprint.gates.order_by("id").values_list("decided", flat=True)) == ["hold", "intervene"]  # fmt: skip


def test_going_live_waits_for_the_gate_before_it(bank):
    from takeup.server.acting.sprint.services import plan_of

    sprint = begun(bank)
    look(sprint)
    after = now() + timedelta(days=70)
    with at(after):
        late = plan_of(sprint)["M13"]
    assert late.due > after.date()
    assert "G60" in late.pushed_by


def test_populations_are_named_only_where_some_go_on(bank):
    sprint = begun(bank)
    look(sprint)
    with pytest.raises(InputError, match="name populations that are there"):
        taken(sprint, "G30", "intervene", bank["executive"], reason="some", populations=["nowhere"])


def test_of_a_figure_that_may_not_be_shown_the_end_it_reaches_counts(bank):
    from takeup.record.milestones import MilestoneRecord
    from takeup.server.acting.sprint.milestone import Known
    from takeup.server.acting.sprint.seeing import Reaches

    def of_end(end: float | None, **more: float):
        held = {
            "condition.C3.2": {"north": MilestoneRecord("condition.C3.2", "north", reaches=end)}
        }
        return Reaches("condition.C3.2", at_least=0.95, **more)(Known(now().date(), {"north": 20}, held))  # fmt: skip

    assert of_end(0.9).holds is None
    assert of_end(0.9, unshown_from=0.9).holds is True
    assert "not shown" in of_end(0.9, unshown_from=0.9).words
    assert of_end(None).holds is None


def test_of_what_is_live_the_margin_is_asked_only_where_it_was_in_shadow(bank):
    sprint = begun(bank, remediation=True)
    look(sprint)
    assert "margin" not in {one.key for one in says(sprint, "G60").clauses}
    behind = says(sprint, "G60", ("rollout.margin", "north", 0))
    assert of(behind, "margin").says == "intervene"


def test_where_the_decider_left_a_lead_names_somebody_else_on_the_gates_page(bank):
    sprint = begun(bank)
    look(sprint)
    bank["executive"].is_active = False
    bank["executive"].save()
    client, lead = client_of(bank["programme_lead"]), bank["programme_lead"].handle
    assert 'name="decider"' in client.get(f"/sprints/{sprint.pk}/G30").content.decode()
    client.post(f"/sprints/{sprint.pk}/act", {"act": "decider", "gate": "G30", "decider": lead})
    sprint.refresh_from_db()
    assert sprint.deciders["G30"] == lead
    assert "Your decision" in client.get(f"/sprints/{sprint.pk}/G30").content.decode()


def test_a_gate_that_is_held_after_it_was_passed_in_part_is_open_again(bank):
    from takeup.server.acting.sprint.deciding import decide, look_of
    from takeup.server.acting.sprint.services import plan_of

    sprint, boss = begun(bank), bank["executive"].handle
    look(sprint)
    for decided, done in (("intervene", now().date()), ("hold", None), ("go", now().date())):
        decide(sprint, "G30", decided, by=boss, looked_at=look_of(sprint, "G30").sha256, reason="x")
        assert plan_of(sprint)["G30"].done == done


def test_evidence_that_is_not_what_was_looked_at_is_not_decided_on(bank):
    from takeup.server.acting.sprint.deciding import decide, look_of

    sprint, boss = begun(bank), bank["executive"].handle
    look(sprint)
    held = look_of(sprint, "G30")
    held.evidence = {**held.evidence, "says": "go"}
    held.save()
    with pytest.raises(InputError, match="its hash is another"):
        decide(sprint, "G30", "go", by=boss, looked_at=held.sha256)
    assert not sprint.gates.exists()


def test_populations_that_were_chosen_stay_chosen_where_the_decision_is_refused(bank):
    sprint = begun(bank)
    look(sprint)
    told = {"decided": "hold", "mark": sprint.looks.get(gate="G30").sha256, "reason": "x", "population": ["south"]}  # fmt: skip
    answer = client_of(bank["executive"]).post(f"/sprints/{sprint.pk}/G30/decide", told)
    assert answer.status_code == 422
    assert 'value="south" checked' in answer.content.decode()
    assert 'value="north" checked' not in answer.content.decode()
