"""Model against people in shadow: held to simulated truth, and to the traps that catch a naive count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from calibration.strangers.few_pairs import looks_of_a_small_kind

import takeup
from takeup.questions.shadow.measure import Shadow, ShadowPlan, measure_shadow, shadow_looks
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase, Utility
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.anytime import pairs_needed
from tests.server.rollout.shadow_cases import shadow_rows

PLAN = ShadowPlan(2_000)
USE_CASE = UseCase(name="credit", segment=["x_segment"])


def table_of(decisions: list[dict], outcomes: list[dict]):
    result = takeup.diagnose(
        pd.DataFrame(decisions),
        outcomes=pd.DataFrame(outcomes),
        use_case=USE_CASE,
        only=["adoption"],
    )
    (table,) = result.table.tables.values()
    return table


def measured(decisions, outcomes, plan=PLAN):
    return measure_shadow(table_of(decisions, outcomes), ["x_segment"], plan, Settings())


def test_the_difference_is_the_one_that_was_simulated():
    decisions, outcomes = shadow_rows(12_000, ahead={"salary": 0.7, "seasonal": 0.2})
    found = measured(decisions, outcomes)
    assert isinstance(found, Shadow)
    # 30 of 100 cases are disagreed on; the model is right in 70 (20) of 100 of those.
    truth = {"all": 0.3 * (0.45 - 0.55), "salary": 0.3 * 0.4, "seasonal": -0.3 * 0.6}
    for kind in found.every():
        assert isinstance(kind.difference, Estimate)
        assert abs(kind.difference.value - truth[kind.key]) < 0.02
        assert kind.difference.low < truth[kind.key] < kind.difference.high
    assert (found.overall.pairs, found.days, found.blind.value) == (12_000, 28, 1.0)
    assert isinstance(found.overall.model_error, Estimate)
    wrong_same, wrong_apart = 0.1, 0.55
    assert abs(found.overall.model_error.value - (0.7 * wrong_same + 0.3 * wrong_apart)) < 0.03


def test_judging_one_side_more_often_turns_the_sign_and_is_refused():
    decisions, outcomes = shadow_rows(6_000, ahead={"salary": 0.4, "seasonal": 0.4})
    choice = {d["decision_id"]: d["choice"] for d in decisions}
    rng = np.random.default_rng(1)
    uneven = [
        {k: v for k, v in o.items() if k != "truth_probability"}
        for o in outcomes
        if choice[o["decision_id"]] == "approve" or rng.random() < 0.1
    ]
    found = measured(decisions, uneven)
    assert isinstance(found, Shadow)
    assert isinstance(found.overall.difference, CannotSay)
    assert found.overall.difference.status == "refused"


def test_a_sample_judged_with_known_chance_answers_for_all():
    decisions, outcomes = shadow_rows(12_000, ahead={"salary": 0.35, "seasonal": 0.35})
    choice = {d["decision_id"]: d for d in decisions}
    rng = np.random.default_rng(1)
    kept = []
    for one in outcomes:
        d = choice[one["decision_id"]]
        p = (0.5 if d["choice"] == "approve" else 0.2) * (
            1 if d["choice"] != d["recommendation"] else 0.2
        )
        if rng.random() < p:
            kept.append(one | {"truth_probability": p})
    found = measured(decisions, kept)
    assert isinstance(found, Shadow)
    d = found.overall.difference
    assert isinstance(d, Estimate)
    assert d.low < 0.3 * (0.35 - 0.65) < d.high
    assert d.high < 0


def test_cases_decided_with_the_advice_in_view_are_no_pairs_and_are_counted():
    decisions, outcomes = shadow_rows(2_000)
    seen = [d | {"consulted": i % 4 == 0} for i, d in enumerate(decisions)]
    found = measured(seen, outcomes)
    assert isinstance(found, Shadow)
    assert found.overall.pairs == 1_500
    assert isinstance(found.blind, Estimate)
    assert (found.blind.k, found.blind.n) == (1_500, 2_000)


def test_the_first_answer_counts_where_the_advice_was_revealed_after_it():
    decisions, outcomes = shadow_rows(4_000, ahead={"salary": 0.2, "seasonal": 0.2})
    switched = [
        d | {"initial_choice": d["choice"], "choice": d["recommendation"], "consulted": True}
        for d in decisions
    ]
    found, before = measured(switched, outcomes), measured(decisions, outcomes)
    assert isinstance(found, Shadow)
    assert isinstance(before, Shadow)
    assert found.overall.difference == before.overall.difference
    assert found.overall.pairs == 4_000


def test_net_value_weighs_what_would_be_spoiled_as_the_use_case_does():
    decisions, outcomes = shadow_rows(6_000, ahead={"salary": 0.7, "seasonal": 0.7})
    plan = ShadowPlan(2_000, utility=Utility(benefit_right=1, harm_wrong=7))
    found = measured(decisions, outcomes, plan)
    assert isinstance(found, Shadow)
    assert isinstance(found.overall.net_value, Estimate)
    assert abs(found.overall.net_value.value - 0.3 * (0.7 - 7 * 0.3)) < 0.08
    assert found.overall.net_value.high < 0 < found.overall.difference.value


@pytest.mark.parametrize("rows", [[], "nobody judged"])
def test_what_cannot_be_said_is_said_with_what_is_needed(rows):
    decisions, outcomes = shadow_rows(300)
    if rows == []:
        found = measured([d | {"mode": "assist", "consulted": True} for d in decisions], outcomes)
        assert isinstance(found, CannotSay)
        assert "shadow" in found.needs
    else:
        found = measured(decisions, [o for o in outcomes if o["truth_probability"] < 1])
        assert isinstance(found, Shadow)
        assert isinstance(found.overall.difference, CannotSay)
        assert found.overall.disagreements > 0


def test_the_pairs_a_decision_needs_are_those_of_the_sequence_itself():
    from takeup.stats.anytime import best_rho, half_width

    n = pairs_needed(0.02, 0.2, 0.95)
    half = half_width(np.array([np.sqrt(0.2)]), np.array([float(n)]), 0.05, best_rho(n, 0.05))
    assert abs(float(half[0]) - 0.02) < 1e-5
    assert 4_500 < n < 4_700


def test_a_model_worse_by_exactly_the_margin_seldom_passes_however_often_one_looks():
    """Short form of the calibration's row (docs/calibration.md): 26 weekly looks, 60 gates, at most 9 passed:
    a gate that passes 5 % fails this in 0.1 % of draws, one that passes 25 % is let through in 5 %."""
    from calibration.gates import ever_passes
    from scipy.stats import binom

    passed = sum(ever_passes(seed, people=30, weekly=300, weeks=26, sd=0.03) for seed in range(60))
    assert passed <= binom.ppf(0.999, 60, 0.05)


def test_no_disagreement_yet_is_no_evidence_that_a_small_kind_may_pass():
    """A model behind by the margin in a kind of which few come; before, the gate passed it in two of
    three years, at its first look as a rule."""
    assert not any(looks_of_a_small_kind(seed)["false"] for seed in range(12))


def test_after_enough_pairs_without_a_disagreement_a_kind_passes():
    def low(pairs: int) -> float:
        cells = pd.DataFrame(
            {
                "person": np.arange(20), "week": pd.Timestamp("2026-01-05"), "pairs": pairs // 20,
                "apart": 0, "judged": 0, "w": 0.0, "wd": 0.0, "w_gain": 0.0, "w_cost": 0.0,
            }
        )  # fmt: skip
        plan = ShadowPlan(pairs_needed(0.02, 0.20, 0.95))
        return shadow_looks(cells, plan, Settings())[-1].difference.low

    assert low(200) < -0.02
    assert low(2_000) > -0.02
