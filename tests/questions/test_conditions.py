"""Eight conditions: the rules by vectors, every indicator of telemetry by a table worked by hand, and the three
scenarios."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from calibration.narrow import populations_of, use_case_of

import takeup
from takeup.log import Engine
from takeup.questions.conditions.indicators import conditions, indicators
from takeup.questions.conditions.measure import measure_conditions
from takeup.questions.conditions.readiness import (
    Answered,
    Respondent,
    expected,
    readiness,
    readiness_questions,
)
from takeup.questions.conditions.rules import contradicts, disputed, judge, risk, worst_of
from takeup.questions.knowledge import actions
from takeup.record.conditions import ConditionClaim, ConditionRecord, ConditionRecords
from takeup.record.errors import DeclarationError
from takeup.record.mapping import Mapping
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.simulate import simulate
from takeup.stats.answer import CannotSay, Estimate
from tests.made_once import made_once

SETTINGS = Settings()
LAST = datetime(2026, 3, 30, 12)  # noqa: DTZ001 - UTC without a zone, as measures have it
SHA = "ab" * 32


# The rules


def grades(**told: str):
    """The indicators of one condition by their grades; the others are unknown."""
    key = next(iter(told)).split("_")[0]
    return [
        (rule, told.get(rule.id.replace(".", "_"), "unknown"))
        for rule in next(c for c in conditions() if c.id == key).indicators
    ]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        # C1 weighs 2, 2, 1, 1, 1.
        ({"C1_1": "met", "C1_2": "met", "C1_3": "met", "C1_4": "met", "C1_5": "met"}, "present"),
        ({"C1_1": "met", "C1_2": "unmet", "C1_3": "met", "C1_4": "met", "C1_5": "met"}, "absent"),
        # 4 of 7 known, mean 1, all critical ones met.
        ({"C1_1": "met", "C1_2": "met"}, "present"),
        # 3 of 7 known is under half.
        ({"C1_1": "met", "C1_3": "met"}, "unknown"),
        # A failed critical one decides though 2 of 7 are known.
        ({"C1_1": "unmet"}, "absent"),
        # Critical met, (2·1 + 2·1 + 0 + 0 + 0) / 7 = .57.
        ({"C1_1": "met", "C1_2": "met", "C1_3": "unmet", "C1_4": "unmet", "C1_5": "unmet"}, "partial"),
        # (1 + 1) / 7 = .29 < .35, no critical one unmet.
        ({"C1_1": "partial", "C1_2": "partial", "C1_3": "unmet", "C1_4": "unmet", "C1_5": "unmet"}, "absent"),
        # (2 + 1 + 1 + 1 + 1) / 7 = .86, but a critical one is met in part.
        ({"C1_1": "met", "C1_2": "partial", "C1_3": "met", "C1_4": "met", "C1_5": "met"}, "partial"),
        # (2 + 2 + 1 + 0 + 0.5) / 7 = .79.
        ({"C1_1": "met", "C1_2": "met", "C1_3": "met", "C1_4": "unmet", "C1_5": "partial"}, "present"),
        # A critical one unknown is not all of them met: 5 of 7 known, mean 1.
        ({"C1_1": "met", "C1_3": "met", "C1_4": "met", "C1_5": "met"}, "partial"),
        ({}, "unknown"),
    ],
)  # fmt: skip
def test_a_condition_follows_from_its_indicators(told, status):
    assert judge(grades(**(told or {"C1_1": "unknown"}))).status == status


def statuses(absent: int = 0, partial: int = 0, unknown: int = 0):
    rest = 8 - absent - partial - unknown
    return ["absent"] * absent + ["partial"] * partial + ["unknown"] * unknown + ["present"] * rest


@pytest.mark.parametrize(
    ("of_eight", "now", "best", "worst"),
    [
        (statuses(absent=3), "at_risk", "at_risk", "at_risk"),
        (statuses(absent=1), "watch", "watch", "watch"),
        (statuses(unknown=5), "undetermined", "on_track", "at_risk"),
        (statuses(absent=1, partial=6, unknown=1), "at_risk_possible", "watch", "at_risk"),
        (statuses(absent=2, partial=4), "at_risk", "at_risk", "at_risk"),
        (statuses(absent=2, partial=3), "watch", "watch", "watch"),
        (statuses(partial=3), "watch", "watch", "watch"),
        (statuses(partial=2), "on_track", "on_track", "on_track"),
        (statuses(absent=7, partial=1), "at_risk", "at_risk", "at_risk"),
        (statuses(), "on_track", "on_track", "on_track"),
        (statuses(absent=3, unknown=5), "at_risk", "at_risk", "at_risk"),
    ],
)
def test_the_risk_of_eight_conditions_with_its_best_and_worst_case(of_eight, now, best, worst):
    found = risk(of_eight)
    assert (found.now, found.best, found.worst) == (now, best, worst)


def test_several_populations_are_as_the_gravest_of_them():
    assert worst_of(["watch", "at_risk", "on_track"]) == "at_risk"
    assert worst_of([]) is None


def test_how_many_absent_ones_are_several_can_be_set():
    assert risk(statuses(absent=2), several=2).now == "at_risk"


def test_claims_contradict_from_one_step_on_and_only_enough_practitioners_dispute():
    assert contradicts("present", "partial")
    assert not contradicts("present", "present")
    assert not contradicts("present", "unknown")
    assert disputed("present", 8, 2.0)
    assert not disputed("present", 7, 1.0)
    assert not disputed("present", 8, 2.5)
    assert not disputed("partial", 20, 1.0)


def test_every_indicator_names_an_action_that_is_there_and_has_thresholds_in_order():
    assert len(indicators()) == 41
    assert [c.id for c in conditions()] == [f"C{i}" for i in range(1, 9)]
    for one in indicators().values():
        assert one.closes in actions()
        if one.partial is not None:
            assert (one.partial > one.met) == one.lower
    for condition in conditions():
        assert all(key in actions() for key in condition.closes)
        assert {i.closes for i in condition.indicators} <= {*condition.closes, "A-FB1"}


# Readiness


def answered(value: int, evidence: str = "ticket"):
    return {
        q.id: Answered(6 - value if q.reverse else value, evidence) for q in readiness_questions()
    }


def everybody(owner, manager, practitioner, n: int = 5):
    return [
        Respondent("process_owner", owner),
        Respondent("direct_manager", manager),
        *[Respondent("practitioner", practitioner)] * n,
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [(4.0, "expected_present"), (3.9, "expected_partial"), (2.5, "expected_partial"),
     (2.4, "expected_absent"), (None, "unknown")],
)  # fmt: skip
def test_what_a_value_of_readiness_leads_to_expect(value, told):
    assert expected(value) == told


def test_a_four_or_five_without_evidence_counts_as_three():
    whole = readiness(everybody(answered(5, ""), answered(5, ""), answered(5, "")))
    assert {(c.value, c.expected) for c in whole.conditions} == {(3.0, "expected_partial")}
    assert whole.conditions[5].capped == ("Q6a", "Q6b", "Q6c")


def test_practitioners_lower_the_others_result_and_never_raise_it():
    raised = readiness(everybody(answered(2), answered(2), answered(5)))
    assert {c.value for c in raised.conditions} == {2.0}
    # Medians 4, 4, 1: the middle of the three is the others'.
    one_low = readiness(everybody(answered(4), answered(4), answered(1)))
    assert {c.value for c in one_low.conditions} == {4.0}
    assert all(c.disputed for c in one_low.conditions)
    # Medians 5, 3, 2: the middle of all three is 3, that of the others 4.
    lowered = readiness(everybody(answered(5), answered(3), answered(2)))
    assert {c.value for c in lowered.conditions} == {3.0}


def test_a_result_holds_once_every_group_has_answered():
    some = readiness(everybody(answered(5), answered(5), answered(5), n=3))
    assert some.missing == ("2 more practitioners",)
    assert {c.expected for c in some.conditions} == {"unknown"}
    assert readiness(everybody(answered(5), answered(5), answered(5), n=3), 3).missing == ()


def test_one_question_of_a_condition_is_too_few():
    only = {"Q1a": Answered(5, "x")}
    found = readiness(everybody(only, only, only))
    assert {c.expected for c in found.conditions} == {"unknown"}
    two = only | {"Q1b": Answered(4, "x")}
    assert readiness(everybody(two, two, two)).conditions[0].value == 4.5


# Telemetry, by tables worked by hand


def narrow(rows: list[dict], days_ago=lambda i: i % 20) -> pa.Table:
    """Rows as measures read them, of ten people, all in the last 28 days unless said otherwise."""
    base = [
        {
            "person_id": f"p{i % 10}",
            "decided_at": LAST - timedelta(days=row.get("age", days_ago(i))),
            "action": "followed",
            **{name: value for name, value in row.items() if name != "age"},
        }
        for i, row in enumerate(rows)
    ]
    names = {name: None for row in base for name in row}
    return pa.table({name: [row.get(name) for row in base] for name in names})


def found(
    rows: list[dict],
    use_case: UseCase = UseCase(),  # noqa: B008 - never changed
    records: ConditionRecords = ConditionRecords(),  # noqa: B008
    population: str = "all",
):
    engine = Engine()
    told = measure_conditions(engine.load(narrow(rows)), use_case, records, SETTINGS)
    (one,) = [p for p in told.populations if p.population == population]
    engine.close()
    return {i.id: i for c in one.conditions for i in c.indicators}, one


def of(rows: list[dict], id_: str, **more):
    return found(rows, **more)[0][id_]


def test_advice_in_the_tool_is_a_share_of_what_is_known_of():
    rows = (
        [{"surface": "in_tool"}] * 190 + [{"surface": "separate"}] * 10 + [{"surface": None}] * 50
    )
    one = of(rows, "C1.1")
    assert (one.grade, one.figure.k, one.figure.n, one.figure.value) == ("met", 190, 200, 0.95)
    assert one.figure.low < 0.95 < one.figure.high
    assert of(rows[:150] + rows[190:] * 2, "C1.1").grade == "partial"


def test_steps_are_compared_by_path_of_the_tools():
    rows = [{"path": "ai", "steps": 8.0 + (i % 3)} for i in range(60)] + [
        {"path": "legacy", "steps": 6.0 + (i % 3)} for i in range(30)
    ]
    one = of(rows, "C1.2")
    # Medians 9 and 7.
    assert (one.figure.value, one.grade, one.figure.n) == (2.0, "partial", 90)
    assert of(rows[:60] + rows[:19], "C1.2").grade == "unknown"


def test_late_advice_is_no_timely_advice():
    assert of([{"late": False}] * 86 + [{"late": True}] * 14, "C1.3").grade == "partial"
    assert of([{"late": False}] * 96 + [{"late": True}] * 4, "C1.3").grade == "met"
    assert of([{"late": False}] * 96, "C1.3").grade == "unknown"


def test_time_is_compared_in_coarse_steps_within_stakes():
    """High stakes take a step longer on either path; the AI path has more of them. Like with like there is no
    difference, though means are far apart."""
    rows = [
        {"path": path, "stakes": stakes, "duration_s": 20.0 if stakes == "low" else 700.0}
        for path, high in (("ai", 80), ("legacy", 20))
        for stakes in ["high"] * high + ["low"] * (100 - high)
    ]
    one = of(rows, "C1.5")
    assert one.figure.value == pytest.approx(1.0)
    assert (one.grade, one.figure.n) == ("met", 200)
    slow = [r | {"duration_s": 100.0} if r["path"] == "ai" and r["stakes"] == "low" else r for r in rows]  # fmt: skip
    # Of the AI path .2 are low stakes, at 60 instead of 15 seconds: 4^.2.
    assert of(slow, "C1.5").figure.value == pytest.approx(4**0.2)


def test_seconds_finer_than_four_steps_are_not_looked_at():
    rows = [{"path": "ai", "duration_s": 119.0}] * 60 + [
        {"path": "legacy", "duration_s": 31.0}
    ] * 60
    assert of(rows, "C1.5").figure.value == 1.0


def test_evidence_counts_where_it_was_opened_before_overriding_or_changing():
    rows = [
        {"action": "overridden", "explanation_opened": True, "evidence_opened": None},
        {"action": "modified", "explanation_opened": None, "evidence_opened": True},
        {"action": "overridden", "explanation_opened": False, "evidence_opened": False},
        {"action": "overridden", "explanation_opened": None, "evidence_opened": None},
        {"action": "followed", "explanation_opened": True, "evidence_opened": True},
    ] * 12
    one = of(rows, "C2.2")
    assert (one.figure.k, one.figure.n, one.grade) == (24, 36, "met")


def judged(right: bool, **more):
    return {"advice_right": right, "recommendation": "yes", "choice": "yes", **more}


def test_flags_count_on_advice_that_proved_wrong_and_was_looked_at():
    rows = [judged(False, flagged="wrong")] * 3 + [judged(False, flagged=None)] * 37
    rows += [judged(False, action="not_consulted", flagged="wrong")] * 9 + [judged(True, flagged="wrong")] * 9  # fmt: skip
    one = of(rows, "C2.3")
    assert (one.figure.k, one.figure.n) == (3, 40)
    assert one.grade == "partial"
    assert of([r | {"flagged": None} for r in rows], "C2.3").grade == "unknown"


def test_wrong_advice_counts_by_one_over_its_chance_of_being_judged():
    rows = [judged(False, flagged="wrong", truth_probability=0.5)] * 10
    rows += [judged(False, flagged=None, truth_probability=1.0)] * 20
    # (10 · 2) / (10 · 2 + 20)
    assert of(rows, "C2.3").figure.value == pytest.approx(0.5)


def test_a_reason_is_one_of_the_use_case_s_and_other_is_not_to_be_a_quarter_of_them():
    rows = [{"action": "overridden", "override_reason": "info_model_lacks"}] * 80
    rows += [{"action": "overridden", "override_reason": "other"}] * 12
    rows += [{"action": "overridden", "override_reason": None}] * 4
    rows += [{"action": "overridden", "override_reason": "because"}] * 4
    one = of(rows, "C3.2")
    assert (one.figure.k, one.figure.n, one.beside, one.grade) == (92, 100, 0.12, "met")
    others = rows[:60] + rows[80:92] * 3
    assert of(others, "C3.2").beside == pytest.approx(36 / 96)
    assert of(others, "C3.2").grade == "partial"
    assert of([r | {"override_reason": None} for r in rows], "C3.2").grade == "unknown"


def test_the_steps_of_an_override_and_whether_it_must_be_approved():
    rows = [{"action": "followed", "steps": 5.0}] * 30
    rows += [{"action": "overridden", "steps": 7.0, "override_needed_approval": i < 3} for i in range(30)]  # fmt: skip
    one = of(rows, "C3.1")
    assert (one.figure.value, one.beside, one.grade) == (2.0, 0.1, "met")
    asked = [r | {"override_needed_approval": True} if r["action"] == "overridden" else r for r in rows]  # fmt: skip
    assert of(asked, "C3.1").grade == "partial"


TIMED = UseCase(outcome={"maturation_days": 30})  # type: ignore[arg-type]


def test_outcomes_are_due_after_their_time_and_not_before():
    rows = [{"age": 31 + i % 20, "y_outcome": 1.0 if i < 36 else None} for i in range(60)]
    rows += [{"age": i % 20, "y_outcome": None} for i in range(500)]
    one = of(rows, "C4.1", use_case=TIMED)
    assert (one.figure.k, one.figure.n, one.grade) == (36, 60, "partial")
    assert of(rows, "C4.1").figure.n == 500


def test_an_outcome_that_only_one_choice_shows_is_due_for_that_choice_alone():
    rule = UseCase(outcome={"observed_when": ["approve"]})  # type: ignore[arg-type]
    rows = [{"choice": "approve", "y_outcome": 1.0}] * 60 + [{"choice": "decline", "y_outcome": None}] * 60  # fmt: skip
    assert of(rows, "C4.1", use_case=rule).figure.value == 1.0
    assert of(rows, "C4.1").figure.value == 0.5


def test_right_answers_of_a_drawn_sample_say_nothing_of_ends_that_are_joined():
    rows = [judged(True, truth_probability=0.5) if i < 60 else judged(None) for i in range(120)]
    assert of(rows, "C4.1").grade == "unknown"
    assert "drawn sample" in of(rows, "C4.1").reason
    every = [judged(True, truth_probability=1.0) if i < 60 else judged(None) for i in range(120)]
    assert of(every, "C4.1").figure.value == 0.5


def test_people_can_compare_who_have_ends_on_both_sides_and_a_view_to_see_them():
    """Of ten people, p0 to p7 overrode six times with a known end, p8 and p9 never."""
    rows = [
        {"person_id": f"p{p}", "action": "overridden" if p < 8 and k < 6 else "followed", "y_outcome": 1.0}
        for p in range(10)
        for k in range(12)
    ]  # fmt: skip
    seen = ConditionRecords(own_view=True)
    one = of(rows, "C4.2", records=seen)
    assert (one.figure.k, one.figure.n, one.grade) == (8, 10, "met")
    assert of(rows, "C4.2").grade == "unknown"


def discriminating(age: int, kept: int, caught: int, n: int = 200):
    """`n` right and `n` wrong pieces of advice, `kept` of the right ones, `caught` of the wrong ones."""
    return [
        judged(right, age=age, action=action)
        for right, overridden in ((True, n - kept), (False, caught))
        for action in ["overridden"] * overridden + ["followed"] * (n - overridden)
    ]


def test_whether_telling_right_from_wrong_got_worse_is_a_chance():
    """R_c .9 and R_w .7 in both windows: J = .6 each; by S1 with n = 200 its sd is √(.9·.1/200 + .7·.3/200) = .039,
    of the difference .055: P(Δ ≥ −.05) = Φ(.05/.055) = .82."""
    same = of(discriminating(1, 180, 140) + discriminating(40, 180, 140), "C4.5")
    assert same.figure.value == pytest.approx(0.82, abs=0.01)
    assert same.grade == "met"
    # J falls from .6 to .45: Φ((−.15 + .05)/.057) = .04.
    worse = of(discriminating(1, 180, 110) + discriminating(40, 180, 140), "C4.5")
    assert worse.figure.value == pytest.approx(0.04, abs=0.01)
    assert worse.grade == "unmet"
    assert of(discriminating(1, 180, 140), "C4.5").grade == "unknown"


def test_truth_that_is_known_unevenly_tells_nothing_of_discrimination():
    rows = [judged(True if i < 90 else None) for i in range(100)]
    rows += [judged(True if i < 10 else None) | {"choice": "no", "action": "overridden"} for i in range(100)]  # fmt: skip
    one = of(rows, "C4.5")
    assert one.grade == "unknown"
    assert "can turn the sign" in one.reason


def test_work_moves_to_kinds_that_people_decide():
    rule = UseCase(reserved_for_people=["segment=local"])
    early = [{"age": 80 - i % 20, "x_segment": "local" if i < 30 else "std"} for i in range(300)]
    late = [{"age": i % 20, "x_segment": "local" if i < 60 else "std"} for i in range(300)]
    one = of(early + late, "C5.5", use_case=rule)
    assert one.figure.value == pytest.approx(0.10)
    assert (one.grade, one.figure.unit, one.figure.n) == ("met", "points", 600)
    assert of(late, "C5.5", use_case=rule).grade == "unknown"
    assert of(early + late, "C5.5").grade == "unknown"


def test_flags_are_told_per_hundred_people():
    """Ten people, of whom one flagged once: 10 per 100; n is people."""
    rows = [{"flagged": "wrong" if i == 0 else None} for i in range(100)]
    one = of(rows, "C8.3")
    assert (one.figure.value, one.figure.n, one.grade) == (10.0, 10, "met")
    assert of(rows[:8], "C8.3").figure.n == 8
    assert of([r | {"flagged": None} for r in rows], "C8.3").grade == "unknown"


def test_a_trend_is_told_against_the_window_before():
    before = [
        {"age": 30 + i % 20, "surface": "in_tool" if i < 120 else "separate"} for i in range(200)
    ]
    now = [{"age": i % 20, "surface": "in_tool" if i < 196 else "separate"} for i in range(200)]
    one = of(before + now, "C1.1")
    assert (one.trend, one.before.value) == ("better", 0.6)
    assert of(now, "C1.1").trend == ""


def test_what_is_not_recorded_is_unknown_and_never_zero():
    told, one = found([{}] * 200)
    assert {i.grade for i in told.values()} == {"unknown"}
    assert {c.status for c in one.conditions} == {"unknown"}
    assert one.risk == "undetermined"
    assert all(isinstance(i.figure, CannotSay) and i.figure.needs for i in told.values())


# Records, attestations, claims


def record(indicator: str, **more):
    given = {"who": "B. Kern", "sha256": SHA, "on": date(2026, 3, 1), "source": "record"}
    return ConditionRecord(indicator=indicator, **(given | more))


def test_a_record_tells_what_telemetry_does_not_and_says_who_when_and_by_what():
    held = ConditionRecords((record("C5.1", k=1, n=2, document="roles.pdf"),))
    one = of([{}] * 9, "C5.1", records=held)
    assert (one.grade, one.source, one.figure.value) == ("partial", "record", 0.5)
    assert one.said == "B. Kern, 01 March 2026, roles.pdf, SHA-256 abababababab…"


def test_telemetry_goes_before_any_record():
    rows = [{"surface": "separate"}] * 120
    held = ConditionRecords((record("C1.1", k=99, n=99, source="telemetry"),))
    assert of(rows, "C1.1", records=held).source == "telemetry"
    assert of(rows, "C1.1", records=held).grade == "unmet"
    # Too few for telemetry: what is recorded holds until there are enough.
    assert of(rows[:99], "C1.1", records=ConditionRecords((record("C1.1", k=200, n=200),))).grade == "met"  # fmt: skip


def test_a_record_of_too_few_says_nothing():
    one = of([{}] * 9, "C5.2", records=ConditionRecords((record("C5.2", k=7, n=7),)))
    assert (one.grade, one.reason) == ("unknown", "recorded of 7, 8 needed")
    walked = ConditionRecords((record("C1.2", value=0, n=5),))
    assert of([{}] * 9, "C1.2", records=walked).grade == "met"


def test_an_attestation_counts_only_where_its_indicator_takes_one():
    sworn = {"source": "attestation", "role": "head", "statement": "no such goal"}
    held = ConditionRecords((record("C3.5", value=0, **sworn), record("C6.1", k=9, n=9, **sworn)))
    told, _ = found([{}] * 9, records=held)
    assert told["C3.5"].grade == "unmet"
    assert told["C6.1"].grade == "unknown"
    assert "does not count" in told["C6.1"].said


def test_open_problems_without_any_escalation_fail():
    none = record("C7.5", k=0, n=0, beside=6)
    assert of([{}] * 9, "C7.5", records=ConditionRecords((none,))).grade == "unmet"
    quiet = record("C7.5", k=0, n=0, beside=3)
    assert of([{}] * 9, "C7.5", records=ConditionRecords((quiet,))).grade == "unknown"


def test_the_record_of_a_population_goes_before_that_of_all_and_the_newest_before_the_older():
    held = ConditionRecords(
        (
            record("C5.1", k=2, n=2, on=date(2026, 1, 1), population="all"),
            record("C5.1", k=0, n=2, on=date(2026, 2, 1), population="all"),
            record("C5.1", k=1, n=2, on=date(2026, 3, 1)),
        )
    )
    told, one = found([{}] * 9, records=held)
    assert told["C5.1"].grade == "unmet"
    assert not one.conditions[4].pooled
    only = ConditionRecords((record("C5.1", k=1, n=2),))
    assert found([{}] * 9, records=only)[1].conditions[4].pooled


def test_a_failed_goal_fails_its_condition_whatever_the_rest():
    """Acceptance vector 11: C3.5 false, everything else met."""
    rest = [record(i, **({"value": 0, "n": 50} if i == "C3.1" else {"k": 60, "n": 60})) for i in ("C3.1", "C3.2", "C3.3")]  # fmt: skip
    held = ConditionRecords((*rest, record("C3.4", value=1, n=60), record("C3.5", value=0)))
    _, one = found([{}] * 9, records=held)
    assert one.conditions[2].status == "absent"
    assert one.conditions[2].closes == ("A-OV4",)


@pytest.mark.parametrize("claimed", ["present", "partial", "absent"])
def test_no_claim_moves_any_status(claimed):
    rows = [{"surface": "separate", "late": False}] * 120
    plain = [c.status for c in found(rows)[1].conditions]
    claims = tuple(
        ConditionClaim(condition=f"C{i}", status=claimed, who="the sponsor", practitioners=40, answer=1)
        for i in range(1, 9)
    )  # fmt: skip
    _, told = found(rows, records=ConditionRecords((), claims))
    assert [c.status for c in told.conditions] == plain
    assert plain[0] == "absent"
    assert bool(told.conditions[0].contradiction) == (claimed != "absent")
    assert told.conditions[1].claimed == claimed
    assert not told.conditions[1].contradiction
    assert not told.conditions[0].disputed


def test_practitioners_dispute_what_is_called_present_and_both_stand():
    rows = [{"surface": "in_tool", "late": False, "path": "ai" if i % 2 else "legacy", "steps": 5.0} for i in range(120)]  # fmt: skip
    no = ConditionClaim(condition="C1", status="absent", practitioners=8, answer=2)
    _, told = found(rows, records=ConditionRecords((), (no,)))
    assert told.conditions[0].status == "present"
    assert "8 practitioners answer 2 of 5" in told.conditions[0].disputed


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"indicator": "C5.1", "k": 1, "n": 2}, "names who made it and the SHA-256"),
        ({"indicator": "C5.1", "k": 3, "n": 2, "source": "claim"}, "k is a part"),
        ({"indicator": "C5.1", "source": "claim"}, "one of the two"),
        ({"indicator": "X5.1", "k": 1, "n": 2, "source": "claim"}, "indicator"),
        ({"indicator": "C3.5", "value": 1, "source": "attestation", "who": "x", "sha256": SHA}, "the role"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(tmp_path, line, says):
    path = tmp_path / "conditions.toml"
    told = "\n".join(f"{k} = {v!r}".replace("'", '"') for k, v in line.items())
    path.write_text(f"[[record]]\n{told}\n")
    with pytest.raises(DeclarationError, match=says):
        takeup.diagnose(pa.table({"person_id": ["a"], "action": ["followed"]}), conditions=path)


# The three scenarios


@made_once
def diagnosed(name: str, seed: int):
    programme = simulate(name, seed=seed)
    return takeup.diagnose(
        programme.decisions, eligible=programme.eligible, outcomes=programme.outcomes,
        use_case=use_case_of(programme), population=populations_of(programme), mapping=Mapping(),
        only="conditions",
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("name", "population", "status", "steps"),
    [("bank", "LO1", "partial", 1), ("bank", "LO2", "partial", 1), ("hospital", "PH1", "partial", 1),
     ("hospital", "PH2", "partial", 1), ("planning", "PL1", "absent", 5), ("planning", "PL2", "partial", 1)],
)  # fmt: skip
def test_workflow_integration_of_the_scenarios_is_told_by_their_decisions(
    name, population, status, steps, seed
):
    """Truth: the advice is in the tool but for PL1 (none) and PL2 (.95); step_diff as given."""
    told = diagnosed(name, seed).measures().conditions
    one = next(p for p in told.populations if p.population == population).conditions[0]
    by_id = {i.id: i for i in one.indicators}
    assert one.status == status
    assert by_id["C1.2"].figure.value == steps
    assert by_id["C1.1"].figure.value == pytest.approx(
        {"PL1": 0.0, "PL2": 0.95}.get(population, 1.0), abs=0.02
    )
    late = {"PL1": 0.22, "PL2": 0.06, "PH1": 0.08}.get(population, 0.05)
    assert by_id["C1.3"].figure.value == pytest.approx(1 - late, abs=0.03)


LO = {"C1.1": 1.0, "C1.2": 1, "C2.1": 0.0, "C2.3": 0.0, "C3.1": 5, "C3.2": 0.35, "C3.3": 0.0, "C3.5": 0,
      "C4.1": 0.2, "C4.2": 0.0, "C5.1": 0.0, "C5.2": 0.0, "C5.3": 0.05, "C6.1": 0.25, "C6.2": 0.1, "C6.3": 0.0,
      "C7.1": 0.7, "C7.2": 0.0, "C7.3": 0, "C7.5": None, "C8.1": 0.2, "C8.2": 0.1}  # fmt: skip
PH = {"C1.1": 1.0, "C1.2": 1, "C2.1": 0.85, "C2.3": 0.05, "C3.1": 3, "C3.2": 0.75, "C3.3": 0.5, "C3.5": 1,
      "C5.1": 0.5, "C5.2": 0.6, "C5.3": 0.5, "C6.1": 0.6, "C6.2": 0.7, "C6.3": 0.6, "C7.1": 0.75, "C7.2": 0.6,
      "C7.3": 1, "C7.5": 0.8, "C8.1": 0.4, "C8.2": 0.3}  # fmt: skip
PL = {"C2.1": 0.99, "C2.3": 0.12, "C3.5": 1, "C4.1": 0.8, "C4.2": 0.5, "C5.1": 0.5, "C5.2": 0.6, "C5.3": 0.5,
      "C6.1": 1.0, "C6.2": 1.0, "C6.3": 1.0, "C7.1": 0.0, "C8.1": 0.95, "C8.2": 0.85}  # fmt: skip
PL1 = PL | {"C1.1": 0.0, "C1.2": 5, "C3.1": 4, "C3.2": 0.1, "C3.3": 0.0}
PL2 = PL | {"C1.1": 0.95, "C1.2": 1, "C3.1": 2, "C3.2": 0.8, "C3.3": 0.6}
OF_EIGHT = {
    "LO": ["partial", *["absent"] * 7],
    "PH": ["partial", "partial", "partial", "unknown", "partial", "partial", "partial", "absent"],
    "PL1": ["absent", "present", "absent", "partial", "partial", "present", "absent", "present"],
    "PL2": ["partial", "present", "partial", "partial", "partial", "present", "absent", "present"],
}


@pytest.mark.parametrize(
    ("name", "truth", "now", "best"),
    [("LO", LO, "at_risk", "at_risk"), ("PH", PH, "at_risk_possible", "watch"),
     ("PL1", PL1, "at_risk", "at_risk"), ("PL2", PL2, "watch", "watch")],
)  # fmt: skip
def test_the_scenarios_critical_indicators_lead_to_their_conditions_and_risk(
    name, truth, now, best
):
    """The statuses that the scenarios state, from the truth of their critical indicators alone, handed in as
    counts of other systems."""

    def told(key: str, value: float | None) -> ConditionRecord:
        if value is None:
            return record(key, k=0, n=0, beside=6, source="telemetry")
        return record(key, value=value, n=200, source="telemetry")

    held = ConditionRecords(tuple(told(k, v) for k, v in truth.items()))
    _, one = found([{}] * 9, records=held)
    assert [c.status for c in one.conditions] == OF_EIGHT[name]
    assert (one.risk, one.best) == (now, best)


def test_the_sponsor_s_word_against_the_bank_s_evidence_is_two_contradictions():
    held = ConditionRecords(
        tuple(record(k, value=v, n=200) for k, v in LO.items() if v is not None),
        tuple(ConditionClaim(condition=c, status="present", who="the sponsor") for c in ("C6", "C8")),
    )  # fmt: skip
    _, one = found([{}] * 9, records=held)
    contested = [c.condition for c in one.conditions if c.contradiction]
    assert contested == ["C6", "C8"]
    assert [c.status for c in one.conditions] == OF_EIGHT["LO"]


# What is shown


def shared_and_whole():
    result = diagnosed("planning", 1)
    return result.shared[0].measures.conditions, result.measures().conditions


def test_to_share_what_people_did_has_no_counts_and_grades_stay():
    shared, whole = shared_and_whole()
    for p, q in zip(shared.populations, whole.populations, strict=True):
        for c, d in zip(p.conditions, q.conditions, strict=True):
            assert c.status == d.status
            for i, j in zip(c.indicators, d.indicators, strict=True):
                assert i.grade == j.grade
                if i.id in ("C2.2", "C2.3", "C3.2", "C4.5", "C8.3") and isinstance(i.figure, Estimate):  # fmt: skip
                    assert i.figure.k is None
                    assert i.figure.n % 10 == 0
                    assert i.before is None


def test_a_population_that_is_hidden_in_use_has_no_conditions():
    engine = Engine()
    rows = [
        {"person_id": f"s{i % 6}", "population": "small", "surface": "in_tool"} for i in range(200)
    ]
    rows += [
        {"person_id": f"b{i % 30}", "population": "big", "surface": "in_tool"} for i in range(900)
    ]
    table = narrow(rows).append_column("consulted", pa.array([True] * len(rows)))
    result = takeup.diagnose(table, only="conditions", mapping=Mapping(columns={c: c for c in table.column_names}))  # fmt: skip
    told = {p.population: p for p in result.shared[0].measures.conditions.populations}
    engine.close()
    assert told["small"].hidden
    assert told["small"].conditions == ()
    assert not any(p.hidden for p in result.measures().conditions.populations)


def test_the_report_tells_each_condition_by_a_sign_and_a_word_and_what_closes_it():
    result = diagnosed("planning", 1)
    page = result.to_html()
    assert "○ absent" in page
    assert "◐ partial" in page
    assert "? unknown" in page
    assert "Put output into the primary tool" in page
    rules = [f.id for f in result.findings()]
    assert "condition_C1:PL1" in rules
    assert "condition_C1:PL2" not in rules
    (one,) = [f for f in result.findings() if f.id == "condition_C1:PL1"]
    assert one.actions[0].id == "A-WF1"
    assert math.isfinite(one.at_stake)
    assert "Which of the eight conditions of adoption are there?" in [
        q.question for q in result.diagnoses[0].cannot_answer
    ]


def test_where_a_population_has_too_few_the_figure_of_all_together_is_told_and_says_so():
    few = record("C6.1", k=2, n=2, population="all")
    every = record("C6.1", k=5, n=12)
    told, one = found([{}] * 9, records=ConditionRecords((few, every)))
    assert (told["C6.1"].figure.n, told["C6.1"].pooled) == (12, True)
    assert one.conditions[5].pooled


def test_what_systems_count_of_populations_without_decisions_makes_none():
    held = ConditionRecords((record("C4.3", k=9, n=9, population="elsewhere", source="telemetry"),))
    assert held.populations == frozenset()
    recorded = ConditionRecords((record("C5.1", k=1, n=1, population="to come"),))
    assert found([{}] * 9, records=recorded, population="to come")[1].eligible == 0


def test_a_compared_document_says_where_a_condition_stands_otherwise():
    from takeup.drawing.plain import plain
    from takeup.questions.conditions.change import words

    told = dict(words(plain(diagnosed("planning", 1).measures().conditions)))
    assert told["workflow integration of PL1"] == "absent"
    assert "trust through transparency of PL1" not in told
