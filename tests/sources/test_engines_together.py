"""Decisions and outcomes that live in different engines meet in one, or are refused; never looked up by name."""

from __future__ import annotations

import duckdb
import ibis
import numpy as np
import pandas as pd
import pytest

import takeup


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Decisions, their truth (people are always right), and a truth in which the advice is."""
    rng, n = np.random.default_rng(1), 400
    decisions = pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)],
            "person_id": [f"p{i % 20}" for i in range(n)],
            "decided_at": pd.Timestamp("2025-01-06") + pd.to_timedelta(np.arange(n), "h"),
            "mode": "assist",
            "consulted": True,
            "recommendation": rng.choice(["yes", "no"], n),
            "choice": rng.choice(["yes", "no"], n),
        }
    )
    truth = decisions[["decision_id"]].assign(correct_choice=decisions["choice"])
    contrary = decisions[["decision_id"]].assign(correct_choice=decisions["recommendation"])
    return decisions, truth, contrary


def database(**tables: pd.DataFrame):
    connection = duckdb.connect()
    for name, frame in tables.items():
        connection.register("given", frame)
        connection.execute(f"CREATE TABLE {name} AS FROM given")
    return ibis.duckdb.from_connection(connection)


def ahead(decisions, outcomes) -> float:
    paired = takeup.diagnose(decisions, outcomes=outcomes).measures().paired
    return paired.overall.person_minus_model.value


def test_outcomes_of_another_database_are_taken_from_there_and_not_from_a_table_of_that_name():
    decisions, truth, contrary = frames()
    here = database(decisions=decisions, outcomes=contrary)
    there = database(outcomes=truth)
    share = (decisions["choice"] != decisions["recommendation"]).mean()
    assert ahead(here.table("decisions"), there.table("outcomes")) == pytest.approx(share)
    assert ahead(here.table("decisions"), here.table("outcomes")) == pytest.approx(-share)


def test_a_table_of_a_database_and_a_frame_are_put_together_whichever_is_which():
    decisions, truth, _ = frames()
    own = database(decisions=decisions, outcomes=truth)
    alone = ahead(decisions, truth)
    assert ahead(own.table("decisions"), truth) == pytest.approx(alone)
    assert ahead(decisions, own.table("outcomes")) == pytest.approx(alone)


def test_eligible_cases_of_another_database_are_counted():
    decisions, _, _ = frames()
    decisions["case_id"] = decisions["decision_id"]
    wide = pd.DataFrame({"case_id": [*decisions["case_id"], *(f"lost{i}" for i in range(100))]})
    here, there = database(decisions=decisions, eligible=wide[:400]), database(eligible=wide)
    result = takeup.diagnose(here.table("decisions"), eligible=there.table("eligible"))
    assert result.measures().adoption.overall.counts["unaccounted"] == 100
