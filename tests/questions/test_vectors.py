"""Acceptance vectors of the domain's definitions that are not in tests of stats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import takeup
from takeup.log import Engine
from takeup.questions.ladder.measure import measure_ladder
from takeup.questions.model_issue.measure import is_harmful
from takeup.questions.resistance.reason_score import score
from takeup.questions.resistance.signatures import RULES, Behaviour, Signature
from takeup.record.action import with_action
from takeup.record.population import Population
from takeup.record.settings import LadderSettings, Settings
from takeup.record.use_case import UseCase, Utility
from takeup.stats.answer import Estimate

SLIPS, KNOWABLE = 0.04, 0.75


@pytest.mark.parametrize(
    ("q", "accuracy", "benchmark"),
    [(0.02, 0.28, 0.054), (0.05, 0.50, 0.076), (0.10, 0.68, 0.111), (0.15, 0.77, 0.146),
     (0.30, 0.89, 0.253), (0.47, 0.94, 0.374)],
)  # fmt: skip
def test_benchmark_by_outcome_and_knowability(q, accuracy, benchmark):
    n, people = 10_000, 20
    rng = np.random.default_rng(1)
    wrong = rng.permutation(np.arange(n) < q * n)
    table = Engine().load(
        pa.table(
            {
                "action": ["not_consulted"] * n,
                "person_id": [f"p{i % people}" for i in range(n)],
                "advice_right": ~wrong,
            }
        )
    )
    from takeup.questions.expert_benchmark.measure import measure_expert_benchmark
    from takeup.record.evidence import Evidence

    (found,) = measure_expert_benchmark(table, {}, Evidence(), Settings())
    assert found.outcome.value == pytest.approx(benchmark, abs=0.001)
    assert found.expected_accuracy == pytest.approx(accuracy, abs=0.011)
    assert found.used == "outcome and knowability"


@pytest.mark.parametrize(
    ("benchmark", "floor"),
    [(0.05, 0.708), (0.10, 0.665), (0.15, 0.622), (0.20, 0.580), (0.30, 0.495), (0.40, 0.410)],
)
def test_effective_reliance_that_level_four_needs(benchmark, floor):
    rules = LadderSettings()
    assert rules.l4_slope * (1 - benchmark) + rules.l4_offset == pytest.approx(floor, abs=0.0006)


def test_behaviour_alone_with_a_prior_incident_is_at_most_leaning():
    facts = Population(prior_incident=True)
    signs = tuple(
        Signature(rule, rule.clear if rule.reason == "TD" else rule.neutral, 1e6,
                  rule.weight if rule.reason == "TD" else 0.0)
        for rule in RULES
    )  # fmt: skip
    acted = Behaviour("p", 10_000, 40, 10, signs)
    scored = score(acted, None, None, facts, 40, 0.0, Settings().resistance)
    assert scored.probability["TD"] >= 0.90
    assert (scored.verdict, scored.named) == ("leaning", ("TD",))


def test_a_team_of_six_is_hidden_and_so_is_what_would_give_it_away():
    people = [9, 9, 12, 6]
    rows = [
        {"person_id": f"t{t}p{i}", "team": f"T{t}", "population": "LO2", "mode": "assist",
         "consulted": True, "recommendation": "yes", "choice": "yes"}
        for t, size in enumerate(people) for i in range(size) for _ in range(10)
    ]  # fmt: skip
    shared = takeup.diagnose(pd.DataFrame(rows)).shared[0].measures.adoption
    hidden = [g.key for g in shared.groups["team"] if g.hidden]
    assert "T3" in hidden
    assert len(hidden) == 2
    assert not shared.overall.hidden


def error(value: float) -> Estimate:
    return Estimate(value, value, value, 0.95, 1000, "observed", "descriptive")


def test_utilities_say_where_the_advice_harms():
    declared = Utility(benefit_right=1.1, harm_wrong=1.0)
    assert is_harmful(error(0.56), declared)
    assert not is_harmful(error(0.396), declared)


def test_a_major_release_makes_the_trend_not_comparable():
    days = pd.to_timedelta(np.arange(80) % 80, "D")
    rows = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(12) for _ in range(80)],
            "decided_at": list(pd.Timestamp("2025-01-06") + days) * 12,
            "mode": "assist",
            "consulted": True,
            "recommendation": "yes",
            "choice": ["no" if d < 40 else "yes" for d in range(80)] * 12,
            "model_version": ["1.0" if d < 40 else "2.0" for d in range(80)] * 12,
        }
    )
    table = with_action(Engine().load(pa.Table.from_pandas(rows)), UseCase())
    facts = {"*": Population(trained_share=1.0, comparison_opened_share=1.0)}
    (across,) = measure_ladder(table, facts, Settings()).populations
    (apart,) = measure_ladder(table, facts, Settings(), ["2.0"]).populations
    assert "not_comparable" not in across.markers
    assert "not_comparable" in apart.markers
    assert "improving" not in apart.markers
