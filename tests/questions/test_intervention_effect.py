"""Actions on populations: known effects are found, what gets better by itself is credited to nothing, and what was
not delivered, or stands alone, says so."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.questions.intervention_effect.measure import (
    InterventionEffect,
    measure_intervention_effect,
)
from takeup.record.errors import DeclarationError
from takeup.record.interventions import Run, read_interventions
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate

FIRST = date(2026, 1, 5)
WEEKS, EACH = 40, 40


def monday(week: int) -> date:
    return FIRST + timedelta(weeks=week)


def looked(rng, populations: int, *, alike: float = 0.4, sd: float = 0.06) -> np.ndarray:
    """Chances that the advice is looked at, by population and week: a level of its own, weeks that are alike,
    and a course that all share."""
    noise = np.empty((populations, WEEKS))
    noise[:, 0] = rng.normal(0, sd, populations)
    for week in range(1, WEEKS):
        fresh = rng.normal(0, sd * np.sqrt(1 - alike**2), populations)
        noise[:, week] = alike * noise[:, week - 1] + fresh
    course = 0.003 * np.arange(WEEKS) + np.cumsum(rng.normal(0, 0.005, WEEKS))
    return np.clip(0.4 + rng.normal(0, 0.05, (populations, 1)) + noise + course, 0.02, 0.98)


def decisions(rng, chances: np.ndarray, each: int = EACH):
    """One row for each decision, as measures read them."""
    populations, weeks = chances.shape
    consulted = rng.random((populations, weeks, each)) < chances[:, :, None]
    place = np.indices(consulted.shape)
    frame = pd.DataFrame(
        {
            "population": [f"p{i:02d}" for i in place[0].ravel()],
            "decided_at": pd.Timestamp(FIRST) + pd.to_timedelta(7 * place[1].ravel() + 2, unit="D"),
            "action": np.where(consulted.ravel(), "followed", "not_consulted"),
        }
    )
    return ibis.memtable(frame)


def run(population: int, week: int, **more) -> Run:
    """Declared in that week, begun a week later, to show from the third on, checked after ten."""
    told = {
        "action": "A-MG3", "population": f"p{population:02d}", "declared_on": monday(week),
        "starts_on": monday(week + 1), "shows_on": monday(week + 3), "check_on": monday(week + 11),
        "indicator": "consult_rate", "direction": "up", "smallest": 0.05, "delivered": 1.0,
    }  # fmt: skip
    return Run(**(told | more))


def programme(seed: int, *, effect: float, picked: str, populations: int = 14, batches=((20, 2), (23, 2), (26, 2))):  # fmt: skip
    """Populations are picked in three batches, by chance or because they are worst by then, and get an action that
    changes their chances by `effect`. Also what a plain before and after would say: mean, error."""
    rng = np.random.default_rng(seed)
    chances = looked(rng, populations)
    runs: dict[str, Run] = {}
    differences: list[float] = []
    for week, several in batches:
        lately = chances[:, week - 4 : week].mean(axis=1)
        order = np.argsort(lately) if picked == "worst" else rng.permutation(populations)
        free = [int(p) for p in order if f"p{p:02d}" not in {r.population for r in runs.values()}]
        for p in free[:several]:
            chances[p, week + 3 :] = np.clip(chances[p, week + 3 :] + effect, 0, 1)
            runs[f"run-{p}"] = run(p, week)
            differences.append(float(chances[p, week + 3 : week + 11].mean() - lately[p]))
    return decisions(rng, chances), runs, np.array(differences)


def measured(seed: int, **how):
    table, runs, differences = programme(seed, **how)
    found = measure_intervention_effect(table, runs, Settings())
    assert isinstance(found, InterventionEffect)
    (action,) = found.actions
    return action, differences


def worked_before_after(differences: np.ndarray) -> bool:
    """What a plain before and after says: better, by more than chance (paired t)."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return bool(differences.mean() > 2.571 * error)


def test_an_effect_is_found_beside_a_course_that_all_share():
    action, _ = measured(1, effect=0.20, picked="by chance")
    effect = action.effect
    assert isinstance(effect, Estimate)
    assert effect.low < 0.20 < effect.high
    assert (effect.grade, action.verdict) == ("staggered", "moved")
    assert (action.treated, action.untreated) == (
        6,
        12,
    )  # four of the later batches stood by until they began
    assert {run.verdict for run in action.runs} == {"moved"}
    assert {w.week < 0 for w in action.weeks} == {True, False}
    assert all(w.low < 0 < w.high for w in action.weeks if w.week < 0)


def test_null_actions_are_seldom_called_effective_and_intervals_cover():
    """120 programmes: an interval that covers 95 % covers 108 or more in 99.6 % of such tests, one that covers 85 %
    in 8 %; an error of 2.5 % passes 6 of 120 in 97 %, one of 10 % in 4 %."""
    effects = [measured(seed, effect=0.0, picked="by chance")[0] for seed in range(120)]
    moved = sum(one.verdict == "moved" for one in effects)
    covered = sum(one.effect.low < 0 < one.effect.high for one in effects)
    assert moved <= 6
    assert covered >= 108
    assert sum(all(w.low < 0 < w.high for w in one.weeks) for one in effects) >= 108


def test_populations_picked_when_worst_are_not_credited_with_getting_better_by_themselves():
    """80 programmes whose action does nothing: before and after says it worked in most, takeup in one of twenty at
    most (4 of 80; an error of 2.5 % passes that in 95 %, one of 12 % in 4 %)."""
    found = [measured(seed, effect=0.0, picked="worst") for seed in range(80)]
    assert sum(worked_before_after(d) for _, d in found) > 40
    assert sum(one.verdict == "moved" for one, _ in found) <= 4


def test_with_few_populations_it_is_an_interrupted_series_and_says_so():
    batches = ((23, 1), (26, 1))
    action, _ = measured(3, effect=0.35, picked="by chance", batches=batches, populations=6)
    assert isinstance(action.effect, CannotSay)
    assert "2 had it" in action.effect.reason
    for one in action.runs:
        assert isinstance(one.effect, Estimate)
        assert one.effect.grade == "descriptive"
        assert "interrupted time series" in one.effect.method
        assert one.effect.low < 0.35 < one.effect.high


def test_a_new_version_is_named_first_and_a_population_alone_cannot_be_told_from_it():
    """A great effect on one population; its model changed two weeks after it was picked."""
    rng = np.random.default_rng(3)
    chances = looked(rng, 4, sd=0.03)
    chances[0, 23:] = np.clip(chances[0, 23:] + 0.4, 0, 1)
    table = decisions(rng, chances)
    version = ibis.ifelse(table.decided_at >= pd.Timestamp(monday(22)), "1.1", "1.0")
    alone = {"one": run(0, 20)}
    for rows, others, verdict in (
        (table, True, "moved"), (table.filter(table.population == "p00"), False, "moved"),
        (table.mutate(model_version=version), True, "moved"),
        (table.mutate(model_version=version).filter(table.population == "p00"), False, "cannot_tell"),
    ):  # fmt: skip
        found = measure_intervention_effect(rows, alone, Settings())
        assert isinstance(found, InterventionEffect)
        one = found.actions[0].runs[0]
        assert one.verdict == verdict
        assert ("others" in one.effect.method) == others
        assert one.named_first == (("model 1.1",) if "model_version" in rows.columns else ())
        assert ("look there first" in one.why) == (verdict == "cannot_tell")


def test_an_interrupted_series_credits_no_population_that_was_picked_when_it_was_worst():
    """60 programmes of one population: 3 of 60 (an error of 2 % passes that in 97 %, one of 12 % in 6 %)."""
    found = [
        measured(seed, effect=0.0, picked="worst", batches=((24, 1),), populations=4)[0]
        for seed in range(60)
    ]
    assert sum(one.runs[0].verdict == "moved" for one in found) <= 3


def test_what_was_not_delivered_tells_nothing_of_the_action_whatever_moved():
    table, runs, _ = programme(1, effect=0.20, picked="by chance")
    for delivered, words in ((0.5, "not delivered"), (None, "nobody wrote down")):
        told = {k: r.model_copy(update={"delivered": delivered}) for k, r in runs.items()}
        found = measure_intervention_effect(table, told, Settings())
        assert isinstance(found, InterventionEffect)
        (action,) = found.actions
        assert action.verdict == "cannot_tell"
        assert words in action.why
        assert isinstance(action.effect, Estimate)


def test_an_action_is_not_judged_before_its_day_nor_by_what_nobody_measures():
    table, _, _ = programme(1, effect=0.0, picked="by chance")
    later = run(0, 38)
    attested = run(1, 20, indicator="open objections answered")
    late = run(2, 20, indicator="late_share", direction="down")
    told = {"later": later, "attested": attested, "late": late}
    found = measure_intervention_effect(table, told, Settings())
    assert isinstance(found, InterventionEffect)
    why = {one.run: one.why for one in found.open}
    assert found.actions == ()
    assert "the table ends before" in why["later"]
    assert "somebody attests it" in why["attested"]
    assert "not recorded (late)" in why["late"]
    assert [one.run for one in found.open if one.waits] == ["later"]


def test_a_run_whose_days_are_out_of_order_is_refused_with_all_that_is_wrong(tmp_path):
    file = tmp_path / "runs.toml"
    file.write_text(
        '[run.a]\naction = "A-MG3"\npopulation = "p"\nstarts_on = 2026-03-02\ncheck_on = 2026-02-02\n'
        'indicator = "consult_rate"\ndirection = "up"\nsmallest = 0.05\n'
        '[run.b]\naction = "A-MG3"\nindicatr = "x"\n'
    )
    with pytest.raises(DeclarationError) as error:
        read_interventions(file)
    assert "declared, starts, should show and is checked" in str(error.value)
    assert "indicator" in str(error.value)


def test_a_report_tells_of_actions_and_hides_those_of_populations_it_hides(tmp_path):
    rng = np.random.default_rng(5)
    table = decisions(rng, np.clip(looked(rng, 14), 0, 1), each=20).to_pandas()
    table["person_id"] = [f"{p}-{i % 10}" for i, p in enumerate(table["population"])]
    table["choice"] = table["recommendation"] = "approve"
    table["consulted"] = table["action"] == "followed"
    few = table["population"] == "p00"
    table.loc[few, "person_id"] = (
        "p00-" + pd.Series(np.arange(few.sum()) % 6).astype(str).to_numpy()
    )
    file = tmp_path / "runs.toml"
    file.write_text(
        "".join(
            f'[run.r{p}]\naction = "A-MG3"\npopulation = "p{p:02d}"\nstarts_on = 2026-06-01\n'
            'check_on = 2026-09-07\nindicator = "consult_rate"\ndirection = "up"\nsmallest = 0.05\n'
            "delivered = 1.0\n"
            for p in (0, 1)
        )
    )
    result = takeup.diagnose(
        table.drop(columns="action"), interventions=file, only="intervention_effect"
    )
    (own,) = result.measures().intervention_effect.actions
    assert all(isinstance(r.effect, Estimate) for r in own.runs)
    (shared,) = result.shared[0].measures.intervention_effect.actions
    told = {r.population: r.effect for r in shared.runs}
    assert isinstance(told["p00"], CannotSay)
    assert told["p00"].status == "suppressed"
    assert isinstance(told["p01"], Estimate)
    assert "One live case in the team meeting" in result.to_html()
    assert "association in time" in result.to_html()
