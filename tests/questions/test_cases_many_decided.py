"""Cases that many people decided are as many as they are: what is compared on them is as uncertain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import takeup
from takeup.questions.comparison.measure import OutcomeComparison
from takeup.questions.rollout.measure import Effect
from takeup.questions.shared import same_cases
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.quantiles import t_half_width


def overridden_here_and_there(cases: int, people: int, seed: int) -> pd.DataFrame:
    """Every case has its own score and its own chance of being overridden; following changes nothing."""
    rng = np.random.default_rng(seed)
    score, chance = rng.normal(60, 8, cases), rng.uniform(0.15, 0.6, cases)
    case = np.tile(np.arange(cases), people)
    n = len(case)
    return pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)], "case_id": [f"c{c}" for c in case],
            "person_id": [f"p{i // cases}" for i in range(n)], "mode": "assist", "consulted": True,
            "recommendation": "yes", "choice": np.where(rng.random(n) < chance[case], "no", "yes"),
            "outcome": score[case] + rng.normal(0, 8, n), "x_kind": np.where(rng.random(n) < 0.5, "a", "b"),
        }
    )  # fmt: skip


def compared(frame: pd.DataFrame) -> OutcomeComparison:
    use_case = UseCase.model_validate({"outcome": {"better": "higher"}, "covariates": ["x_kind"]})
    found = takeup.diagnose(frame, use_case=use_case, only=["comparison"]).measures().comparison
    assert not isinstance(found, CannotSay)
    return found.first


def two_way_error(frame: pd.DataFrame, y: pd.Series, first: pd.Series) -> float:
    """The error of a difference in means by statsmodels on rows: by person + by case − by both, never less than either."""
    model = sm.OLS(y.to_numpy(float), sm.add_constant(first.to_numpy(float)))
    person, case = frame["person_id"], frame["case_id"]
    v = [
        model.fit(
            cov_type="cluster",
            cov_kwds={"groups": pd.factorize(by)[0], "use_correction": False},
        ).bse[1]
        ** 2
        for by in (person, case, person + case)
    ]
    return float(max(v[0] + v[1] - v[2], v[0], v[1]) ** 0.5)


def test_fourteen_cases_that_a_hundred_people_decided_do_not_show_that_following_helps():
    """Each way to compare is as wide as statsmodels' two-way errors, and wider for so few cases."""
    frame = overridden_here_and_there(14, 100, seed=3)
    found = compared(frame)
    expected = two_way_error(frame, frame["outcome"], frame["choice"] == "yes")
    for way in (found.raw, found.standardised, found.adjusted, found.with_readiness):
        assert isinstance(way, Estimate)
        # One in fourteen, twice, for leverage; the overlap's weights are a little apart from the raw ones.
        assert expected < way.se < 1.35 * expected
        assert way.high - way.low > 1.9 * t_half_width(0.95, 13) * expected
        assert "by case, which many people saw" in way.method
    assert found.told is None


def test_cases_of_which_each_is_another_have_errors_by_person_alone():
    frame = overridden_here_and_there(14, 100, seed=3)
    frame["case_id"] = frame["decision_id"]
    found = compared(frame)
    assert isinstance(found.adjusted, Estimate)
    assert found.adjusted.method.endswith("errors by person")


def test_eight_cases_do_not_tell_how_following_went():
    refused = compared(overridden_here_and_there(8, 100, seed=3)).adjusted
    assert isinstance(refused, CannotSay)
    assert "different ones" in refused.reason
    assert "10 different cases" in refused.needs


def drawn_people(cases: int, seed: int) -> pd.DataFrame:
    """Half of forty people have the advice on the same cases; it is right as often as they are, on each case or not."""
    rng = np.random.default_rng(seed)
    truth, wrong = rng.random(cases) < 0.5, rng.random(cases) < 0.25
    case = np.tile(np.arange(cases), 40)
    person = np.repeat(np.arange(40), cases)
    n, having = len(case), person % 2 == 0
    own = np.where(rng.random(n) < 0.75, truth[case], ~truth[case])
    advice = truth[case] ^ wrong[case]
    choice = np.where(having & (rng.random(n) < 0.6), advice, own)
    return pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)], "case_id": [f"c{c}" for c in case],
            "person_id": [f"p{p}" for p in person], "mode": np.where(having, "assist", "shadow"),
            "assist_probability": 0.5, "recommendation": np.where(advice, "yes", "no"),
            "choice": np.where(choice, "yes", "no"), "correct_choice": np.where(truth[case], "yes", "no"),
            "x_age": rng.normal(size=n), "consulted": having,
        }
    )  # fmt: skip


def correctness(frame: pd.DataFrame) -> Effect:
    use_case = UseCase.model_validate({"randomised_unit": "person", "covariates": ["x_age"]})
    found = takeup.diagnose(frame, use_case=use_case, only=["rollout"]).measures().rollout
    assert not isinstance(found, CannotSay), found
    return {e.name: e for e in found.effects}["correctness"]


@pytest.mark.parametrize("seed", range(4))
def test_a_draw_of_people_on_fifteen_cases_is_of_fifteen_cases(seed):
    frame = drawn_people(15, seed)
    found = correctness(frame)
    right = (frame["choice"] == frame["correct_choice"]).astype(float)
    expected = two_way_error(frame, right, frame["mode"] == "assist")
    for way in (found.unadjusted, found.adjusted):
        assert isinstance(way, Estimate)
        assert way.se == pytest.approx(expected, rel=0.12)  # 1/14 for leverage, and the covariate
        assert way.low < 0 < way.high


def test_a_draw_of_people_on_two_cases_is_refused():
    use_case = UseCase.model_validate({"randomised_unit": "person"})
    frame = pd.concat(
        [
            drawn_people(2, s).assign(person_id=lambda t, s=s: t["person_id"] + f"-{s}")
            for s in range(3)
        ]
    )
    found = (
        takeup.diagnose(
            frame.assign(decision_id=range(len(frame))), use_case=use_case, only=["rollout"]
        )
        .measures()
        .rollout
    )
    assert isinstance(found, CannotSay)
    assert "more different cases" in found.needs


def test_of_very_many_cases_some_tell_how_uncertain_all_are(monkeypatch):
    frame = overridden_here_and_there(1_500, 20, seed=5)
    of_all = compared(frame)
    monkeypatch.setattr(same_cases, "_ENOUGH", 500)
    of_some = compared(frame)
    expected = two_way_error(frame, frame["outcome"], frame["choice"] == "yes")
    for found in (of_all, of_some):
        assert found.raw.se == pytest.approx(expected, rel=0.1)
        assert found.adjusted.value == of_all.adjusted.value
    assert of_some.raw.se != of_all.raw.se
