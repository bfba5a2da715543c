"""Negative controls N1 to N6: programmes in which a diagnosis must not find what is not there.

N1 nobody has a reason · N2 all reasons alike · N3 a bad model and willing people · N4 five
people · N5 the example of a high rate with low quality · N6 advice that is waved through.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from takeup.simulate.bank import BANK, LEGACY_METRICS_AND_PASSIVE_MANAGEMENT, METRO, USE_CASE
from takeup.simulate.generate import Scenario
from takeup.simulate.population_spec import PopulationSpec, RoleFacts, Segment
from takeup.simulate.programme import Programme
from takeup.simulate.work import words

_WILLING = 0.6


def _control(name: str, title: str, mix: tuple[float, ...], error: float, g_pop: float) -> Scenario:
    p = PopulationSpec(
        name,
        title,
        "credit",
        (10,) * 5,
        ("neutral",) * 5,
        22,
        mix,
        (Segment("first", 0.5, error), Segment("second", 0.5, error)),
        0.70,
        round(error * 0.70 + (1 - error) * 0.04, 3),
        g_pop=g_pop,
        role=RoleFacts(0.30, 0.40),
    )
    return Scenario(name, (p,), USE_CASE)


_NOBODY = (0.0, 0.0, 0.0, 0.0, 0.0)
NO_REASONS = _control("N1", "Officers without a reason", _NOBODY, 0.07, _WILLING)
ALL_REASONS = _control(
    "N2", "Officers with all reasons alike", (0.2,) * 5, 0.09, LEGACY_METRICS_AND_PASSIVE_MANAGEMENT
)
BAD_MODEL = _control("N3", "Willing officers, bad model", _NOBODY, 0.46, _WILLING)
FIVE_PEOPLE = Scenario("N4", (replace(METRO, name="N4", title="Five officers", teams=(5,), stances=("neutral",)),), BANK.use_case)  # fmt: skip
_WAVED = _control("N6", "Officers who wave advice through", _NOBODY, 0.12, 0.0)
WAVED_THROUGH = replace(
    _WAVED,
    populations=(
        replace(_WAVED.populations[0], consult=0.95, override_wrong=0.08, override_right=0.001, late=0.0),
    ),
)  # fmt: skip


def high_rate_low_quality(people: int | None = None, weeks: int = 8, seed: int = 1) -> Programme:
    """N5: everybody decides 15 cases a week, four fifths of them on the AI path with the
    advice in view, and overrides three quarters of those. Nothing is random but the order."""
    n_people, per_week = people or 20, 15
    rng = np.random.default_rng(seed)
    kind = np.array([0] * 12 + [1] * 36 + [2] * 12)
    rows = n_people * weeks * per_week
    order = np.concatenate([rng.permutation(kind) for _ in range(-(-rows // len(kind)))])[:rows]
    person = np.repeat(np.arange(n_people), weeks * per_week)
    at = np.tile(np.arange(weeks * per_week), n_people)
    day = at // per_week * 7 + at % per_week * 5 // per_week
    minute = at % per_week * 30
    decided = np.datetime64("2025-01-06T08:00", "us") + (day * 1440 + minute).astype(
        "timedelta64[m]"
    )
    advice = rng.random(rows) < 0.6
    names = ("decline", "approve")
    decisions = pa.table(
        {
            "decision_id": [f"d{seed}-{i:08d}" for i in range(rows)],
            "case_id": [f"a{seed}-{i:08d}" for i in range(rows)],
            "person_id": words(person, [f"N5-{i:05d}" for i in range(n_people)]),
            "population": words(np.zeros(rows, int), ["N5"]),
            "decided_at": pa.array(decided, pa.timestamp("us")),
            "mode": words(np.zeros(rows, int), ["assist"]),
            "consulted": pa.array(order < 2),
            "path": words(order < 2, ("legacy", "ai")),
            "recommendation": words(advice, names),
            "choice": words(advice ^ (order == 1), names),
        }
    )
    population = (
        '[population.N5]\ntitle = "High rate, low quality"\ntrained_share = 1.0\n'
        "comparison_available_share = 1.0\ncomparison_opened_share = 1.0\n"
        'expert_benchmark = { rate = 0.15, sd = 0.03, source = "given" }\n'
    )
    use_case = 'name = "credit-line"\nchoices = ["decline", "approve"]\n'
    truth = {
        "adoption": {"nominal_rate": 0.8, "consult_rate": 0.8, "override_rate": 0.75, "effective_reliance": 0.2},
    }  # fmt: skip
    return Programme("N5", seed, decisions, use_case, population, truth)
