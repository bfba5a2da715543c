"""Adoption by week, population and version: what is counted where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import takeup
import takeup.api
from tests.journeys.test_shapes import rich_table


def test_weeks_begin_on_monday_and_hold_their_edges():
    moments = [
        "2025-03-02 23:59:59",
        "2025-03-03 00:00:00",
        "2025-03-09 23:59:59",
        "2025-03-10 00:00:00",
    ]
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(12)] * 4,
            "decided_at": pd.to_datetime([m for m in moments for _ in range(12)]),
            "consulted": True,
            "recommendation": "yes",
            "choice": "yes",
        }
    )
    weeks = takeup.diagnose(frame).measures().adoption.groups["week"]
    assert [(g.key, g.eligible) for g in weeks] == [
        ("2025-02-24", 12),
        ("2025-03-03", 24),
        ("2025-03-10", 12),
    ]


def test_local_times_fall_into_the_week_they_have_where_they_were_made():
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(12)],
            "decided_at": "2025-03-10 00:30",
            "consulted": "yes",
            "recommendation": "yes",
            "choice": "yes",
        }
    )
    mapping = takeup.api.Mapping.model_validate(
        {
            "file": {"time_zone": "Europe/Berlin"},
            "columns": {c: c for c in frame.columns},
            "constants": {"mode": "assist"},
        }
    )
    weeks = takeup.diagnose(frame, mapping=mapping).measures().adoption.groups["week"]
    assert [g.key for g in weeks] == ["2025-03-10"]


def test_weeks_of_a_population_are_those_of_its_rows_alone():
    frame = rich_table()
    both = takeup.diagnose(frame).measures().adoption
    assert set(both.weeks_by_population) == {"north", "south"}
    alone = takeup.diagnose(frame[frame["population"] == "north"]).measures().adoption
    for one, other in zip(both.weeks_by_population["north"], alone.groups["week"], strict=True):
        assert (one.key, one.counts) == (other.key, other.counts)
        assert one.consult_rate.low == pytest.approx(other.consult_rate.low)


def test_days_on_which_versions_start_are_told_where_there_are_several():
    frame = rich_table().sort_values("decided_at")
    frame["model_version"] = ["1.0"] * 500 + ["2.0"] * 400
    found = takeup.diagnose(frame).measures().adoption.version_starts
    assert found == {
        "1.0": frame["decided_at"].iloc[0].strftime("%Y-%m-%d"),
        "2.0": frame["decided_at"].iloc[500].strftime("%Y-%m-%d"),
    }
    assert takeup.diagnose(frame[:500]).measures().adoption.version_starts == {}
    many = rich_table(2700).sort_values("decided_at")
    many["model_version"] = ["1.0"] * 1500 + ["2.0"] * 1200
    assert "model 2.0" in takeup.diagnose(many).to_html()


def test_unaccounted_cases_widen_rates_to_a_range():
    frame = rich_table(300)
    eligible = pd.DataFrame({"case_id": [*frame["case_id"], *(f"lost{i}" for i in range(100))]})
    overall = takeup.diagnose(frame, eligible=eligible).measures().adoption.overall
    rate = overall.consult_rate
    assist = frame[frame["mode"] == "assist"]
    seen = int(assist["consulted"].sum())
    assert overall.counts["unaccounted"] == 100
    assert rate.value == pytest.approx(seen / len(assist))
    assert rate.range_low == pytest.approx(seen / (len(assist) + 100))
    assert rate.range_high == pytest.approx((seen + 100) / (len(assist) + 100))


def test_the_headline_says_of_how_many_cases_nobody_knows_who_looked():
    cases = [f"c{i}" for i in range(3_000)]
    frame = pd.DataFrame(
        {
            "case_id": cases, "person_id": [f"p{i % 40}" for i in range(3_000)], "mode": "assist",
            "consulted": [i % 5 > 0 for i in range(3_000)], "recommendation": "pay", "choice": "pay",
        }
    )  # fmt: skip
    eligible = pd.DataFrame({"case_id": [*cases, *(f"lost{i}" for i in range(5_000))]})
    result = takeup.diagnose(frame, eligible=eligible)
    said = result.shared[0].verdict
    assert "80 of 100 cases of which it is known who looked are decided with the advice" in said
    assert "; of 62\u00a0% of all eligible cases nobody knows." in said
    assert "3,000 cases of which it is known who looked, of 8,000 eligible" in result.to_html()
    assert "nobody knows" not in takeup.diagnose(frame).shared[0].verdict


@pytest.mark.parametrize(("west", "apart"), [(0.6, True), (0.3, False)])
def test_where_all_seldom_look_the_populations_that_look_least_and_most_are_named(west, apart):
    draw = np.random.default_rng(5)
    person = draw.integers(0, 60, 4_000)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "recommendation": "pay", "choice": "pay",
            "population": np.where(person < 30, "Ost", "West"),
            "consulted": draw.random(4_000) < np.where(person < 30, 0.3, west),
        }
    )  # fmt: skip
    found = takeup.diagnose(frame, only=["adoption"]).findings()
    (seldom,) = [f for f in found if f.rule == "seldom_seen" and f.scope == "all"]
    assert ("Least among Ost (" in seldom.text) is apart
    assert ("most among West (" in seldom.text) is apart
