"""Measures of whole programmes against the truth of their simulation."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.questions.pilot_production.measure import PilotProduction
from takeup.questions.shared.whose import ALL
from takeup.questions.team.measure import Team
from takeup.questions.value import cost_of
from takeup.record.evidence import Evidence
from takeup.record.use_case import UseCase
from takeup.simulate import Scenario, generate, scenario, simulate, whole_history
from takeup.sources.evidence_files import read_evidence
from takeup.stats.answer import CannotSay, Estimate
from tests.made_once import made_once
from tests.questions.programmes import diagnosed, simulated


@made_once
def history(name: str):
    programme = simulate(name, seed=4, phases=whole_history(8))
    return programme, diagnosed(programme, panel=programme.panel)


def holds(e: Estimate, truth: float) -> bool:
    return e.low <= truth <= e.high


def test_value_lost_covers_what_was_truly_lost():
    programme, result = history("bank")
    (whole, *_) = result.measures().value.populations
    truth = programme.truth["value"]
    assert holds(whole.decided, truth["per_decision"])
    assert holds(whole.advice_alone, truth["advice_alone"])
    assert holds(whole.not_consulting, truth["lost_to_not_consulting"])
    assert holds(whole.overriding, truth["overriding"])
    assert holds(whole.wrong_overrides, truth["lost_to_wrong_overrides"])
    assert holds(whole.wrong_following, truth["lost_to_wrong_following"])


def test_overriding_that_saves_more_than_it_loses_is_named_a_saving_and_no_loss():
    """Seven overrides of ten are right: they save 44.50, the others lose 18.90."""
    draw = np.random.default_rng(3)
    rows = 4_000
    overrides = draw.random(rows) < 0.25
    right = draw.random(rows) < np.where(overrides, 0.7, 0.9)
    advised = draw.choice(["pay", "refuse"], rows)
    other = np.where(advised == "pay", "refuse", "pay")
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in draw.integers(0, 30, rows)], "mode": "assist",
            "consulted": True, "recommendation": advised,
            "choice": np.where(overrides, other, advised),
            "correct_choice": np.where(right == overrides, other, advised),
            "value": np.where(overrides & ~right, 18.9, 44.5),
        }
    )  # fmt: skip
    result = takeup.diagnose(frame, only=["value"])
    (whole, *_) = result.measures().value.populations
    per = (np.where(right, -44.5, 18.9) * overrides).sum() / rows
    assert whole.overriding.value == pytest.approx(per)
    lost = next(f for f in result.findings() if f.rule == "value_lost")
    assert "following wrong advice" in lost.title
    assert "Overriding saves" in lost.text
    assert "wrong overrides lose" in lost.text
    assert whole.lost.value == pytest.approx(whole.decided.value * rows)
    assert whole.wrong_following.value * rows < whole.lost.value


def test_what_was_decided_and_what_following_every_time_would_have_lost_are_both_told():
    """People take back two thirds of the wrong advice: most of what following would have lost is saved, and what
    is lost is what they let through."""
    draw = np.random.default_rng(31)
    rows = 2_000
    truth = draw.choice(["pay", "hold"], rows)
    other = np.where(truth == "pay", "hold", "pay")
    wrong = draw.random(rows) < 0.3
    advised = np.where(wrong, other, truth)
    chosen = np.where(wrong & (draw.random(rows) < 0.65), truth, advised)
    worth = draw.integers(500, 1_500, rows)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in draw.integers(0, 40, rows)], "mode": "assist",
            "consulted": True, "recommendation": advised, "choice": chosen, "correct_choice": truth,
            "value": worth,
        }
    )  # fmt: skip
    use_case = UseCase(value_unit="EUR")
    result = takeup.diagnose(frame, use_case=use_case, only=["value"])
    value = result.measures().value
    cost = cost_of(value, ALL, {})
    lost = worth[chosen != truth].sum()
    more = worth[advised != truth].sum() - lost
    assert cost.net == f"{more:,} EUR saved"
    assert cost.surely_saved
    assert cost.against == "against the advice alone"
    ends = f"{value.of(ALL).lost.low:,.0f} to {value.of(ALL).lost.high:,.0f}"
    assert cost.whole == f"In all {lost:,} EUR lost ({ends})."


def test_nothing_is_valued_where_outcomes_carry_neither_money_nor_loss():
    programme = simulate("bank", seed=1)
    without = programme.outcomes.drop_columns(["value"])
    answer = diagnosed(programme, outcomes=without).measures().value
    assert isinstance(answer, CannotSay)
    assert answer.status == "not_instrumented"


def test_blind_spots_of_the_planners_are_found_and_named_a_model_issue():
    found = simulated("planning", 2)[1].measures().blind_spots.found
    best = found[0]
    assert best.kind == (("x_segment", "promo_not_entered"),)
    assert best.says == "overrides_better"
    assert best.model_issue
    bank = simulated("bank", 2)[1].measures().blind_spots.found
    hurts = [s.kind for s in bank if s.says == "overriding_hurts"]
    assert any(("x_segment", "standard") in kind for kind in hurts)


def test_two_halves_of_a_history_tell_why_the_pilot_did_better():
    _, result = history("bank")
    found = result.measures().pilot_production
    assert isinstance(found, PilotProduction)
    gap = next(g for g in found.gaps if g.figure == "consult_rate")
    assert gap.difference.high < -0.3
    assert gap.explained["people"].high < -0.05
    total = sum(e.value for e in gap.explained.values()) + gap.left.value
    assert total == pytest.approx(gap.difference.value, abs=1e-9)
    assert set(found.inseparable) == {"model_version", "client_version"}


def test_the_team_is_compared_with_the_better_of_the_two_from_shadow_mode():
    programme, result = history("bank")
    team = result.measures().team
    assert isinstance(team, Team)
    c = team.complementarity
    assert c.source == "shadow mode"
    assert abs(c.model.value - programme.truth["team"]["model_right"]) < 0.02
    assert c.joint_minus_best.value < 0
    assert team.effort.steps.value == pytest.approx(1.0, abs=0.1)
    assert team.effort.median_steps == 1


def test_the_benchmark_is_the_same_by_panel_and_by_outcome_and_close_to_the_truth():
    programme, result = history("hospital")
    for one in result.measures().expert_benchmark:
        truth = programme.truth["populations"][one.population]["benchmark"]
        assert one.used == "given"
        assert abs(one.panel.value - truth) < 0.16
        assert holds(one.outcome, truth)
        assert isinstance(one.shadow, Estimate)


def test_a_panel_gives_the_benchmark_where_none_is_stated():
    programme, _ = history("hospital")
    result = diagnosed(programme, panel=programme.panel, population={})
    for one in result.measures().expert_benchmark:
        assert one.used == "panel"
    for level in result.measures().ladder.populations:
        assert level.benchmark.source == "panel"


def test_late_advice_load_and_stakes_go_with_not_looking_as_they_were_made_to():
    _, result = history("planning")
    levels = {(c.name, c.level): c for c in result.measures().not_consulted.circumstances}
    for key in (("late", "true"), ("load", "high"), ("stakes", "high")):
        assert levels[key].difference.high < 0
    assert levels["late", "true"].looked == 0


def test_looking_drops_after_wrong_advice_only_where_people_distrust():
    rural = scenario("bank").populations[1]
    seldom = tuple(replace(s, error=0.04) for s in rural.segments)
    found = []
    for mix in ((0.0, 0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0, 0.0)):
        one = replace(rural, mix=mix, g_pop=0.8, segments=seldom)
        programme = generate(
            Scenario("distrust", (one,), scenario("bank").use_case), seed=3, weeks=40
        )
        result = diagnosed(programme, only=("not_consulted",))
        found += result.measures().not_consulted.after_error.values()
    doubting, calm = found
    assert doubting.beyond_usual.low > 0
    assert not calm.beyond_usual.excludes()
    assert doubting.recovery[-1].value < doubting.recovery[0].value


def test_people_are_counted_and_never_named():
    _, result = history("bank")
    document = json.dumps(result.document()["diagnoses"][0]["measures"])
    assert "LO1-0000" not in document
    for p in result.measures().people.populations:
        assert p.better + p.worse + p.unknown + p.too_few == p.people
    for p in result.shared[0].measures.people.populations:
        for count in (p.better, p.worse, p.unknown):
            assert count is None or count == 0 or count >= 3


def test_the_ledger_adds_up_to_all_overrides():
    _, result = history("bank")
    ledger = result.measures().override_ledger
    assert sum(line.overrides for line in ledger.lines) <= ledger.total.overrides
    for line in (ledger.total, *ledger.lines):
        assert line.human_knew + line.model_right + line.cannot_tell == line.overrides
    knew = [
        x for x in ledger.lines if (x.reason, x.segment) == ("info_model_lacks", "local_income")
    ]
    assert sum(x.human_knew for x in knew) > sum(x.model_right for x in knew)


def test_the_end_of_the_pilot_is_a_signal_that_names_the_new_version_first():
    _, result = history("bank")
    drops = [s for s in result.measures().signals.seen if s.id == "RR1"]
    assert {s.population for s in drops} == {"LO1", "LO2"}
    assert all("model 2.0" in s.named_first for s in drops)


def test_careless_answers_and_silence_do_not_fool_the_score_but_a_naive_mean():
    programme = simulate("bank", seed=5)
    survey = programme.survey.to_pandas()
    items = [c for c in survey.columns if c[:2] in ("JS", "CA", "TD", "WD", "VM")]
    own = survey[survey["population"] == "LO1"]
    careless = own.iloc[[0] * 25].copy()
    careless[items] = 5
    fooled = np.concatenate([own[items[16:19]].to_numpy(), careless[items[16:19]].to_numpy()])
    assert fooled.mean() > 3.5  # a naive mean of the three plain VM items: values, strongly
    import pandas as pd

    both = pd.concat([survey, careless])
    result = diagnosed(programme, survey=both)
    one = next(p for p in result.measures().resistance.populations if p.population == "LO1")
    assert one.survey.straight_lined == 25
    assert one.scored.named == ("JS",)
    few = pd.concat([own.iloc[:12], survey[survey["population"] == "LO2"]])
    silent = diagnosed(programme, survey=few, interviews=None)
    one = next(p for p in silent.measures().resistance.populations if p.population == "LO1")
    assert not one.survey.usable
    assert one.scored.verdict in ("leaning", "unclear")
    assert any("survey" in text for text in one.scored.next_evidence)


def test_two_coders_who_do_not_agree_are_not_used():
    programme = simulate("bank", seed=5)
    talks = programme.interviews.to_pandas()
    second = talks["coder"] == "second"
    talks.loc[second, "primary"] = talks.loc[second, "primary"].map(
        {"JS": "CA", "CA": "TD", "TD": "WD", "WD": "VM", "VM": "JS"}
    )
    result = diagnosed(programme, interviews=talks)
    for one in result.measures().resistance.populations:
        assert one.interviews.agreement < 0.6
        assert not one.interviews.usable


def test_evidence_of_no_file_is_no_evidence():
    assert read_evidence().evidence == Evidence()


def test_money_without_the_right_answer_lacks_the_right_answer_and_not_the_money():
    rows = pd.DataFrame(
        {
            "person_id": [f"p{i % 12}" for i in range(120)],
            "recommendation": ["yes", "no"] * 60,
            "choice": ["yes", "no"] * 60,
            "consulted": ["yes"] * 120,
            "value": [100.0 + i for i in range(120)],
        }
    )
    found = takeup.diagnose(rows, only=["value"]).measures().value
    assert found.reason == "the table does not hold the right answer"


def test_the_way_that_loses_most_is_told_population_by_population_where_they_differ():
    """Ost loses 8 a case by not looking; West saves 12 by it and loses by overriding."""
    draw = np.random.default_rng(5)
    rows = 8_000
    ost = draw.random(rows) < 0.5
    looked = draw.random(rows) < 0.5
    advice = draw.random(rows) < np.where(ost, 0.9, 0.6)
    alone = draw.random(rows) < np.where(ost, 0.6, 0.9)
    overrides = looked & ~ost & (draw.random(rows) < 0.4)
    right = np.where(looked, np.where(overrides, ~advice, advice), alone)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in draw.integers(0, 60, rows)], "mode": "assist",
            "population": np.where(ost, "Ost", "West"), "consulted": looked,
            "recommendation": np.where(advice, "pay", "refuse"), "choice": np.where(right, "pay", "refuse"),
            "correct_choice": "pay", "value": 60.0,
        }
    )  # fmt: skip
    result = takeup.diagnose(frame, only=["value", "adoption"])
    lost = {f.scope: f.title for f in result.findings() if f.rule == "value_lost"}
    assert lost["Ost"] == "Ost: most is lost by not looking"
    assert "not looking" not in lost["West"]
    assert "all" not in lost
    assert "most by not looking among Ost" in result.shared[0].summary
    assert lost["Ost"] in result.to_html()
