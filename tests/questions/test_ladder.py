"""The adoption quality ladder: the definition's own examples and vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from calibration.strangers.facts import one_fact_less

from takeup.log import Engine, keep
from takeup.questions.ladder.measure import Counts, LevelRange, measure_ladder
from takeup.questions.ladder.pooled import discrimination_low
from takeup.record.action import with_action
from takeup.record.population import Benchmark, Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay

KNOWN = Population(
    trained_share=1.0,
    comparison_available_share=1.0,
    comparison_opened_share=1.0,
    expert_benchmark=Benchmark(rate=0.15, sd=0.03),
)


def programme(
    people: int = 20,
    per_person: int = 60,
    consulted: int = 48,
    overridden: int = 36,
    on_path: int | None = None,
    before: int | None = None,
) -> pa.Table:
    """`per_person` cases in each of two 28-day windows; `before`: overridden in the earlier."""
    rows = []
    for window, over in ((1, overridden if before is None else before), (0, overridden)):
        for p in range(people):
            for i in range(per_person):
                looked = i < consulted
                against = i < over
                rows.append(
                    {
                        "person_id": f"p{p}",
                        "decided_at": pd.Timestamp("2026-03-01")
                        - pd.Timedelta(days=28 * window)
                        - pd.Timedelta(days=27 * i / per_person),
                        "mode": "assist",
                        "consulted": looked,
                        "path": "ai"
                        if i < (consulted if on_path is None else on_path)
                        else "legacy",
                        "stakes": ["low", "high"][i % 2],
                        "recommendation": "yes",
                        "choice": "no" if against else "yes",
                    }
                )
    return pa.Table.from_pandas(pd.DataFrame(rows))


def level_of(table: pa.Table, facts: Population = KNOWN):
    engine = Engine()
    decisions = keep(with_action(engine.load(table), UseCase()))
    return measure_ladder(decisions, {"*": facts}, Settings()).populations[0]


def test_eighty_percent_covered_and_seventyfive_overridden_is_trial_with_its_headline():
    found = level_of(programme())
    assert found.level == LevelRange(2, 2)
    assert found.distribution == (0, 0, 20, 0, 0, 0)
    assert found.headline == "High rate, low quality"
    assert found.nominal_rate == pytest.approx(0.80)
    assert found.consult_rate == pytest.approx(0.80)
    assert found.override_rate == pytest.approx(0.75)
    assert found.effective_reliance == pytest.approx(0.20)
    failed = {gap.text for gap in found.gaps if gap.met is False}
    assert {"decided with the advice", "overrides near the experts', or falling"} <= failed


def test_falling_overrides_stay_trial_with_the_marker_improving():
    found = level_of(programme(overridden=36, before=41))
    assert found.level == LevelRange(2, 2)
    assert "improving" in found.markers


def test_without_a_benchmark_it_is_still_trial():
    found = level_of(programme(), KNOWN.model_copy(update={"expert_benchmark": None}))
    assert found.level.certain == 2
    assert found.level.possible == 2


@pytest.mark.parametrize("overridden", [1, 14, 34])
@pytest.mark.parametrize("before", [0, 10])
def test_a_benchmark_that_becomes_known_adds_no_level_that_was_not_possible_without(
    overridden, before
):
    table = programme(overridden=overridden, before=min(overridden + before, 48))
    without = level_of(table, KNOWN.model_copy(update={"expert_benchmark": None})).level
    for rate in (0.01, 0.1, 0.25, 0.4, 0.6):
        for sd in (0.01, 0.1):
            facts = KNOWN.model_copy(update={"expert_benchmark": Benchmark(rate=rate, sd=sd)})
            known = level_of(table, facts).level
            assert without.certain <= known.certain
            assert known.possible <= without.possible


def test_no_fact_that_becomes_known_adds_a_level_that_was_not_possible_without():
    engine = Engine(threads=1)
    for seed in range(12):
        assert one_fact_less(seed, engine)["wider"] == []
    engine.close()


def test_a_benchmark_of_seventy_percent_says_the_model_is_unfit():
    unfit = KNOWN.model_copy(update={"expert_benchmark": Benchmark(rate=0.70)})
    found = level_of(programme(), unfit)
    assert isinstance(found.level, CannotSay)
    assert "model unfit" in found.level.reason


def test_passing_through_without_looking_is_aware():
    found = level_of(programme(consulted=5, overridden=1, on_path=48))
    assert found.level == LevelRange(1, 1)
    assert found.headline == "High rate, low quality"


def test_good_use_is_active_and_higher_levels_stay_open_where_nothing_is_recorded():
    found = level_of(programme(consulted=54, overridden=8))
    assert found.level.certain == 3
    assert found.level.possible > 3
    assert any("contribut" in why for why in found.level.why)


@pytest.mark.parametrize(("looked_at_when", "certain"), [("low", False), ("high", True)])
def test_looking_only_where_little_is_at_stake_is_not_active_use(looked_at_when, certain):
    rows = programme(consulted=60, overridden=0).to_pandas()
    tenth = rows.groupby("person_id").cumcount() // 2 % 10
    rows["consulted"] = (rows["stakes"] == looked_at_when) | (tenth < 3)
    rows["choice"] = np.where(rows["consulted"] & (tenth == 0), "no", "yes")
    found = level_of(pa.Table.from_pandas(rows))
    assert (found.level.certain >= 3) is certain


def test_good_use_without_a_population_file_is_a_range_with_its_reasons():
    found = level_of(programme(consulted=54, overridden=8), Population())
    assert found.level.certain == 2
    assert found.level.possible >= 3
    assert found.level.why


def test_waving_advice_through_is_over_reliance_and_never_integrated():
    waved = KNOWN.model_copy(
        update={"expert_benchmark": Benchmark(rate=0.25, sd=0.01), "contributing_share": 1.0}
    )
    found = level_of(programme(consulted=57, overridden=0), waved)
    assert "over_reliance" in found.markers
    assert found.level.possible <= 3


def test_four_people_are_too_few_to_grade():
    found = level_of(programme(people=4))
    assert isinstance(found.level, CannotSay)
    assert found.level.status == "insufficient"


def test_unaccounted_cases_make_rates_a_range_not_zero():
    assert Counts(eligible=100, consulted=50, unknown=20).consult() == (0.5, 0.7)


def test_table_without_persons_has_no_ladder():
    engine = Engine()
    table = programme(people=1).drop(["person_id"])
    decisions = keep(with_action(engine.load(table), UseCase()))
    found = measure_ladder(decisions, {}, Settings())
    assert isinstance(found, CannotSay)
    assert np.isnan(Counts().override_rate)


def by_person(total: int, k: int, draw: np.random.Generator, people: int = 20):
    """`total` cases dealt to people, `k` of them hits."""
    who = draw.integers(0, people, total)
    hits = np.bincount(who[:k], minlength=people).astype(float)
    return hits, np.bincount(who, minlength=people).astype(float)


def test_a_few_lucky_catches_are_no_expert_judgment():
    """J .15 and ten wrong advices: the point alone reaches .30 in a sixth of populations."""
    rng = np.random.default_rng(1)
    pairs = list(zip(rng.binomial(60, 0.9, 2_000), rng.binomial(10, 0.25, 2_000), strict=True))
    point = np.array([k / 60 + c / 10 - 1 >= 0.30 for k, c in pairs])
    low = [
        discrimination_low(*by_person(60, int(k), rng), *by_person(10, int(c), rng))
        for k, c in pairs
    ]
    assert point.mean() > 0.12
    assert (point & (np.array(low) >= 0.20)).mean() < 0.07
    assert discrimination_low(*by_person(300, 270, rng), *by_person(100, 60, rng)) > 0.38


def test_what_one_person_caught_is_no_judgment_of_the_population():
    """As many right and wrong, but one of twenty caught all: their own skill, not everybody's."""
    rng = np.random.default_rng(2)
    kept, right = by_person(300, 270, rng)
    wrong = np.full(20, 5.0)
    alone = np.r_[np.zeros(8), np.full(12, 5.0)]
    shared = np.full(20, 3.0)
    assert discrimination_low(kept, right, shared, wrong) > 0.38
    assert discrimination_low(kept, right, alone, wrong) < 0.36
