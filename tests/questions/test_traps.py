"""Every trap: a naive method falls into it, takeup does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from calibration.strangers.caught import CAUGHT, year_of_wrong_advice

import takeup
from takeup.log import Engine
from takeup.questions.blind_spots.measure import measure_blind_spots
from takeup.questions.people.measure import measure_people
from takeup.questions.signals.states import LEAST_CAUGHT
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.simulate import Phase, simulate
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.anytime import confidence_sequence
from tests.questions.programmes import bank, diagnosed, recorded

SETTINGS = Settings()


def frame(n: int, seed: int = 1, people: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)],
            "person_id": [f"p{i % people:02d}" for i in range(n)],
            "decided_at": pd.Timestamp("2025-01-06 08:00")
            + pd.to_timedelta(np.arange(n) // 4, "h"),
            "mode": "assist",
            "consulted": True,
            "recommendation": rng.choice(["yes", "no"], n),
            "choice": rng.choice(["yes", "no"], n),
        }
    )


def overrides(gains: np.ndarray, persons: np.ndarray, **columns: object):
    return Engine().load(
        pa.table(
            {
                "action": ["overridden"] * len(gains),
                "person_id": [f"p{p}" for p in persons],
                "advice_right": gains < 0,
                "choice_right": gains > 0,
                **columns,
            }
        )
    )


def test_simpson_overrides_in_hard_cases_turn_the_raw_sign():
    programme, result = recorded(1)
    one = result.measures().comparison.first
    assert one.raw.value > 0 > programme.truth["comparison"]["followed_minus_overridden"]
    assert one.adjusted.value < 0
    assert one.reversed


def test_selective_labels_are_refused_where_a_naive_difference_is_sure_of_itself():
    programme, result = bank(1)
    rows = programme.decisions.to_pandas().merge(
        programme.outcomes.to_pandas().dropna(subset=["outcome"]), on="decision_id"
    )
    rows = rows[rows["consulted"]]
    followed = rows["recommendation"] == rows["choice"]
    naive = rows.loc[followed, "outcome"].mean() - rows.loc[~followed, "outcome"].mean()
    assert abs(naive) > 0.2
    one = result.measures().comparison.first
    assert isinstance(one.raw, CannotSay)
    assert one.bounds.low < 0 < one.bounds.high


def test_people_who_look_best_by_chance_are_not_called_better():
    rng = np.random.default_rng(5)
    persons = np.repeat(np.arange(80), 16)
    gains = rng.choice([-1.0, 1.0], len(persons))
    halves = pd.DataFrame({"p": persons, "g": gains, "late": np.tile(np.arange(16) >= 8, 80)})
    means = halves.groupby(["p", "late"])["g"].mean().unstack()
    best = means.nlargest(10, False)
    assert best[False].mean() > 0.5
    assert abs(best[True].mean()) < 0.25
    found = measure_people(overrides(gains, persons), SETTINGS)
    (population,) = found.populations
    assert (population.better, population.worse) == (0, 0)


def test_those_who_override_well_are_not_worse_among_many_who_override_badly():
    """Of sixty, twelve are right in seven overrides of ten, the others in one."""
    rng = np.random.default_rng(6)
    persons = np.repeat(np.arange(60), 12)
    well = persons < 12
    gains = np.where(rng.random(len(persons)) < np.where(well, 0.7, 0.1), 1.0, -1.0)
    (whole,) = measure_people(overrides(gains, persons), SETTINGS).populations
    assert 30 < whole.worse <= 48
    (alone,) = measure_people(overrides(gains[well], persons[well]), SETTINGS).populations
    assert alone.worse == 0


def test_fifty_two_looks_at_nothing_fool_a_fixed_interval_and_not_the_sequence():
    """At most 15 of 300 misled: a rate of 3 % fails in 2 % of draws, 10 % passes in 0.1 %."""
    rng = np.random.default_rng(2)
    fooled = misled = 0
    for _ in range(300):
        x = rng.normal(0, 1, (52, 40))
        n, total, squares = (np.cumsum(v) for v in (np.full(52, 40.0), x.sum(1), (x**2).sum(1)))
        looks = confidence_sequence(n, total, squares, confidence=0.95, expected=1_000)
        fooled += bool((np.abs(total / n) > 1.96 / np.sqrt(n)).any())
        misled += bool(((looks.low > 0) | (looks.high < 0)).any())
    assert fooled / 300 > 0.20
    assert misled / 300 <= 0.05


def test_immature_outcomes_look_good_and_are_left_out():
    n = 2_400
    rng = np.random.default_rng(4)
    rows = frame(n)
    rows["decided_at"] = pd.Timestamp("2025-01-06 08:00") + pd.to_timedelta(np.arange(n) * 2.2, "h")
    recent = rows["decided_at"] > rows["decided_at"].max() - pd.Timedelta(60, "D")
    override = rng.random(n) < np.where(recent, 0.7, 0.2)
    rows["choice"] = np.where(
        override, np.where(rows["recommendation"] == "yes", "no", "yes"), rows["recommendation"]
    )
    bad = rng.random(n) < 0.30
    rows["outcome"] = np.where(bad & ~recent, 0.0, 1.0)
    rows["observed_at"] = rows["decided_at"] + pd.Timedelta(1, "D")
    naive = rows.loc[override, "outcome"].mean() - rows.loc[~override, "outcome"].mean()
    assert naive > 0.08
    use_case = UseCase(outcome={"better": "higher", "maturation_days": 60})  # type: ignore[arg-type]
    found = takeup.diagnose(rows, use_case=use_case).measures().comparison
    answers = [found] if isinstance(found, CannotSay) else [found.first.raw]
    for answer in answers:
        seen = isinstance(answer, Estimate)
        assert not seen or not answer.excludes() or answer.value > -0.05


def test_one_person_with_half_of_the_cases_does_not_make_a_finding():
    rng = np.random.default_rng(3)
    n = 1_200
    rows = frame(n)
    rows["person_id"] = np.where(np.arange(n) < 600, "one", [f"p{i % 12}" for i in range(n)])
    right = rng.random(n) < np.where(np.arange(n) < 600, 0.80, 0.60)
    advice = rng.random(n) < 0.65
    rows["correct_choice"] = rows["choice"].where(
        right, np.where(rows["choice"] == "yes", "no", "yes")
    )
    wrong = rows["correct_choice"].map({"yes": "no", "no": "yes"})
    rows["recommendation"] = np.where(advice, rows["correct_choice"], wrong)
    d = right.astype(float) - advice
    assert d.mean() / (d.std() / np.sqrt(n)) > 2
    told = takeup.diagnose(rows).measures().paired.overall
    assert not told.person_minus_model.excludes()
    assert told.person_only == int((right & ~advice).sum())
    assert told.model_only == int((~right & advice).sum())


def test_a_client_that_loses_views_is_named_before_behaviour():
    phases = (Phase("assist", 9), Phase("assist", 4, client_version="3.1", views_lost=0.5))
    programme = simulate("N1", seed=2, phases=phases)
    weeks = programme.decisions.to_pandas()
    late = weeks["client_version"] == "3.1"
    assert weeks.loc[~late, "consulted"].mean() - weeks.loc[late, "consulted"].mean() > 0.15
    signals = diagnosed(programme).measures().signals
    drops = [s for s in signals.seen if s.id == "RR1"]
    assert drops
    assert all("client 3.1" in (s.named_first or "") for s in drops)


def test_a_choice_is_never_taken_as_truth():
    rows = frame(600)
    assert (rows["choice"] == rows["choice"]).all()
    measures = takeup.diagnose(rows).measures()
    for name in ("paired", "reliance", "model_issue", "blind_spots", "people", "value"):
        answer = getattr(measures, name)
        assert isinstance(answer, CannotSay)
        assert answer.status == "not_instrumented"


def test_advice_known_only_where_it_was_looked_at_does_not_make_everybody_look():
    rows = frame(1_000)
    rows["consulted"] = np.arange(1_000) % 5 == 0
    rows["recommendation"] = rows["recommendation"].where(rows["consulted"])
    naive = rows.dropna(subset=["recommendation"])["consulted"].mean()
    assert naive == 1.0
    overall = takeup.diagnose(rows).measures().adoption.overall
    assert abs(overall.consult_rate.value - 0.20) < 1e-9


def test_many_segments_of_nothing_are_not_found():
    rng = np.random.default_rng(8)
    n = 3_000
    persons, gains = rng.integers(0, 60, n), rng.choice([-1.0, 1.0], n)
    segments = {f"x_{c}": rng.integers(0, 6, n).astype(str) for c in "abcdef"}
    naive = 0
    for values in segments.values():
        for level in range(6):
            own = gains[values == str(level)]
            naive += abs(own.mean()) > 1.96 / np.sqrt(len(own))
    assert naive >= 1
    found = measure_blind_spots(overrides(gains, persons, **segments), list(segments), SETTINGS)
    assert found.found == ()
    assert found.tried + found.left_out == 6 * 6 + 15 * 6 * 6
    assert found.tried > 500


def test_a_person_who_moves_counts_where_each_case_was_decided():
    rows = frame(800)
    moved = (rows["person_id"] < "p10") & (rows.index >= 400)
    rows["population"] = np.where((rows["person_id"] < "p10") & ~moved, "north", "south")
    last = rows.groupby("person_id")["population"].transform("last")
    assert (last == "north").sum() == 0
    groups = takeup.diagnose(rows).measures().adoption.groups["population"]
    assert {g.key: g.eligible for g in groups} == {"north": 200, "south": 600}


def test_weeks_begin_on_monday_in_utc_whatever_the_zone_of_the_source():
    rows = frame(40)
    rows["decided_at"] = ["2025-01-12T23:30:00-05:00"] * 20 + ["2025-01-12T18:00:00-05:00"] * 20
    naive = pd.to_datetime(rows["decided_at"].str.slice(0, 19)).dt.to_period("W").nunique()
    assert naive == 1
    weeks = takeup.diagnose(rows).measures().adoption.groups["week"]
    assert {w.key: w.eligible for w in weeks} == {"2025-01-06": 20, "2025-01-13": 20}


def test_repeated_and_reordered_rows_change_nothing():
    rows = frame(500)
    again = pd.concat([rows, rows.iloc[100:250]]).sample(frac=1, random_state=1)
    once = takeup.diagnose(rows).measures().adoption.overall
    twice = takeup.diagnose(again).measures().adoption.overall
    assert len(again) > len(rows)
    assert twice == once


def test_one_person_one_action_one_day_gets_answers_without_a_crash():
    rows = frame(60)
    rows["person_id"] = "p"
    rows["decided_at"] = pd.Timestamp("2025-01-06 09:00")
    rows["choice"] = rows["recommendation"]
    rows["correct_choice"] = rows["choice"]
    result = takeup.diagnose(rows)
    assert result.table.reconciliation.rows_used == 60
    assert result.measures().adoption.overall.hidden
    assert isinstance(result.measures().signals, CannotSay)
    assert "hidden" in {f.rule for f in result.shared[0].findings}
    assert result.to_html()


def test_wrong_advice_that_is_caught_as_often_as_asked_raises_no_alarm_and_too_seldom_one_that_stays():
    """Before, a year in which 32 % are caught, above the 30 % that are asked for, raised six alarms."""
    years = [year_of_wrong_advice(seed) for seed in range(200)]
    for share in CAUGHT:
        alarms = [y["alarms"] for y in years if y["caught"] == share]
        told = [y["over_reliance"] for y in years if y["caught"] == share]
        if share < LEAST_CAUGHT:
            assert min(told) >= 1
            assert np.mean(told) <= 2
        else:
            assert np.mean(alarms) < 1


def test_forty_cases_in_which_people_and_model_never_differ_do_not_show_that_they_never_do():
    table = frame(40, people=8).assign(
        mode="assist", consulted=True, recommendation="a", choice="a", correct_choice="a"
    )
    paired = takeup.diagnose(table, only=["paired"]).measures().paired.overall
    assert paired.person_minus_model.low < -0.03
    assert paired.person_minus_model.high > 0.03
    assert 0.90 < paired.person_right.low < 0.97
    assert paired.person_right.high == 1
