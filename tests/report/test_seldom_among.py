"""What one population does is not hidden behind the share of all; what was drawn at random is in the verdict; an outcome is
told as it is called."""

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.api import Result


def looks(rates: dict[str, float], people: int = 12, each: int = 40) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    rows = [
        {
            "decision_id": f"{population}-{person}-{case}",
            "person_id": f"{population}-{person}",
            "population": population,
            "mode": "assist",
            "consulted": bool(draw.random() < rate),
            "recommendation": "yes",
            "choice": "yes" if draw.random() < 0.8 else "no",
        }
        for population, rate in rates.items()
        for person in range(people)
        for case in range(each)
    ]
    return pd.DataFrame(rows)


def seldom(told: Result):
    return {f.scope: f for f in told.findings() if f.rule == "seldom_seen"}


def test_a_population_that_seldom_looks_is_named_where_all_together_look():
    frame = looks({"North": 0.9, "South": 0.9, "Desk": 0.1})
    told = takeup.diagnose(frame)
    found = seldom(told)
    assert set(found) == {"Desk"}
    share = frame[frame["population"] == "Desk"]["consulted"].mean()
    assert found["Desk"].figures["consult_rate"].value == pytest.approx(share)
    assert "Among Desk the advice is looked at in" in told.diagnoses[0].verdict


def test_where_all_seldom_look_it_is_said_once_of_all():
    assert set(seldom(takeup.diagnose(looks({"North": 0.2, "South": 0.2, "Desk": 0.2})))) == {"all"}


def test_nothing_is_said_of_populations_about_whose_border_noise_could_decide():
    assert not seldom(takeup.diagnose(looks({"North": 0.9, "South": 0.9, "Desk": 0.58})))


def test_a_population_that_often_overrides_is_named_where_all_together_do_not():
    frame = looks({"North": 1.0, "South": 1.0, "East": 1.0, "Desk": 1.0}, people=10)
    draw = np.random.default_rng(27)
    over = draw.random(len(frame)) < np.where(frame["population"] == "Desk", 0.65, 0.08)
    frame["choice"] = np.where(over, "no", "yes")
    told = takeup.diagnose(frame)
    found = [f for f in told.findings() if f.rule == "often_overridden"]
    assert [f.scope for f in found] == ["Desk"]
    share = over[frame["population"] == "Desk"].mean()
    assert found[0].figures["override_rate"].value == pytest.approx(share)
    assert found[0].sentence in told.diagnoses[0].verdict


def test_an_outcome_keeps_the_hyphens_of_its_label():
    frame = looks({"North": 0.9, "South": 0.9}, people=20)
    draw = np.random.default_rng(7)
    followed = frame["choice"] == "yes"
    frame["outcome"] = 60 + 15 * followed + draw.normal(0, 5, len(frame))
    rule = {"better": "higher", "label": "Re-work score (0-100)"}
    columns = {c: c for c in frame.columns}
    told = takeup.diagnose(frame, mapping={"columns": columns, "use_case": {"outcome": rule}})
    (one,) = [f for f in told.findings() if f.rule == "association"]
    assert "Re-work score (0-100)" in one.text


def test_what_drawn_advice_changes_in_the_outcome_is_in_the_verdict():
    frame = looks({"North": 0.9, "South": 0.9}, people=20)
    draw = np.random.default_rng(6)
    with_it = draw.random(len(frame)) < 0.5
    frame["mode"] = np.where(with_it, "assist", "shadow")
    frame["assist_probability"] = 0.5
    frame["consulted"] &= with_it
    frame["outcome"] = 60 - 5 * with_it + draw.normal(0, 5, len(frame))
    told = takeup.diagnose(frame)
    effect = next(f for f in told.findings() if f.rule == "outcome_effect")
    assert effect.grade == "randomised"
    assert effect.sentence in told.diagnoses[0].verdict
