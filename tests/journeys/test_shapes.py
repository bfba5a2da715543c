"""Tables of every shape a company may have: each gets the answers its columns allow."""

from __future__ import annotations

import json
import random
import re

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import takeup
from takeup.record.errors import TakeupError
from takeup.record.mapping import parse_mapping
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, Estimate
from tests.sources.reading_strangers import TABLES


def rich_table(n: int = 900, seed: int = 5) -> pd.DataFrame:
    """Decisions with nearly every column a record may have."""
    rng = np.random.default_rng(seed)
    words = np.array(["no", "yes"])
    advice, truth = rng.integers(0, 2, n), rng.integers(0, 2, n)
    first = np.where(rng.random(n) < 0.6, truth, 1 - truth)
    choice = np.where(rng.random(n) < 0.7, advice, first)
    person = rng.integers(0, 22, n)
    return pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)],
            "case_id": [f"c{i}" for i in range(n)],
            "person_id": [f"p{p}" for p in person],
            "population": np.where(person < 11, "north", "south"),
            "team": [f"t{p % 2}" for p in person],
            "decided_at": pd.Timestamp("2025-02-03") + pd.to_timedelta(np.sort(rng.random(n) * 60), "D"),
            "consulted": rng.random(n) < 0.7,
            "recommendation": words[advice],
            "choice": words[choice],
            "initial_choice": words[first],
            "confidence": rng.random(n).round(2),
            "override_reason": rng.choice(["info_model_lacks", "other"], n),
            "stakes": rng.choice(["low", "high"], n),
            "path": rng.choice(["ai", "legacy"], n),
            "model_version": rng.choice(["1", "2"], n),
            "assist_probability": 0.5,
            "mode": rng.choice(["assist", "off"], n),
            "outcome": rng.random(n).round(2),
            "value": rng.random(n) * 50,
            "correct_choice": words[truth],
            "truth_probability": 0.8,
            "x_segment": rng.choice(["a", "b"], n),
            "x_amount": np.exp(rng.normal(7, 1, n)),
        }
    )  # fmt: skip


OPTIONAL = [c for c in rich_table(2).columns if c not in ("recommendation", "choice")]


@pytest.mark.parametrize("seed", range(TABLES // 6))
def test_any_subset_of_columns_gets_a_whole_report(seed):
    chance = random.Random(seed)
    dropped = chance.sample(OPTIONAL, chance.randint(1, len(OPTIONAL)))
    frame = rich_table(400 if seed % 3 else 60).drop(columns=dropped)
    result = takeup.diagnose(frame)
    document = json.loads(result.to_json())
    page = result.to_html()
    measures = document["diagnoses"][0]["measures"]
    assert document["input"]["rows_used"] == len(frame)
    assert "<h1" in page
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    assert not re.search(r"\bnan\b", shown, re.I)
    for name in ("consult_rate", "agreement"):
        figure = measures["adoption"][name]
        assert ("value" in figure) != ("status" in figure)
        if "value" in figure:
            assert figure["low"] <= figure["value"] <= figure["high"]
            assert {"confidence", "n", "method", "grade"} <= set(figure)
        else:
            assert figure["needs"]


def test_table_without_persons_and_dates_gets_every_answer_that_needs_neither():
    frame = rich_table().drop(columns=["person_id", "decided_at", "population", "team"])
    measures = takeup.diagnose(frame).measures()
    assert isinstance(measures.adoption.overall.consult_rate, Estimate)
    assert isinstance(measures.paired.overall.person_minus_model, Estimate)
    assert "persons unknown" in measures.adoption.overall.consult_rate.method
    assert isinstance(measures.ladder, CannotSay)


def test_action_alone_is_enough_to_start():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i % 12}" for i in range(240)],
            "decided_at": pd.date_range("2025-01-06", periods=240, freq="6h"),
            "action": rng.choice(["followed", "overridden", "not_consulted"], 240),
        }
    )
    overall = takeup.diagnose(frame).measures().adoption.overall
    assert overall.counts == frame["action"].value_counts().to_dict()
    assert isinstance(overall.agreement, CannotSay)


@pytest.mark.parametrize(
    ("advice", "choice", "action"),
    [
        (100, 100, "followed"),
        (100, 101, "followed"),
        (100, 101.0001, "modified"),
        (100, 109.9999, "modified"),
        (100, 110, "overridden"),
        (100, 90, "overridden"),
        (1e6, 1.01e6, "followed"),
        (0.3, 0.303, "followed"),
        (-50, -50.5, "followed"),
    ],
)
def test_numeric_edges_are_exact_in_decimals(advice, choice, action):
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(12)],
            "consulted": True,
            "recommendation_value": float(advice),
            "choice_value": float(choice),
        }
    )
    found = takeup.diagnose(frame, use_case=UseCase(choice_kind="numeric"))
    assert found.measures().adoption.overall.counts == {action: 12}


def test_absolute_tolerances_serve_scales_that_cross_zero():
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(12)],
            "consulted": True,
            "recommendation_value": [0.0, 0.0, 0.0, -0.1] * 3,
            "choice_value": [0.1, 0.2, 0.5, 0.0] * 3,
        }
    )
    rule = UseCase(choice_kind="numeric", absolute=True, tolerance=0.1, materiality=0.5)
    counts = takeup.diagnose(frame, use_case=rule).measures().adoption.overall.counts
    assert counts == {"followed": 6, "modified": 3, "overridden": 3}


def test_forecasts_adjusted_by_planners_are_judged_against_sales(tmp_path):
    rng = np.random.default_rng(1)
    n = 2_000
    sales = np.exp(rng.normal(6, 0.8, n)).round(1)
    forecast = (sales * np.exp(rng.normal(0, 0.25, n))).round(1)
    adjustment = np.where(rng.random(n) < 0.5, 0, ((sales - forecast) * rng.random(n)).round(1))
    frame = pd.DataFrame(
        {
            "plant": rng.integers(1, 5, n),
            "planner": rng.integers(1, 8, n),
            "month": "2024-05-01",
            "system": forecast,
            "adjustment": adjustment,
            "sales": sales,
            "kind": rng.choice(["real", "practice"], n, p=[0.95, 0.05]),
        }
    )
    path = tmp_path / "forecasts.csv"
    frame.to_csv(path, index=False)
    mapping = parse_mapping(
        {
            "columns": {
                "person_id": ["plant", "planner"],
                "decided_at": "month",
                "recommendation_value": "system",
                "correct_value": "sales",
            },
            "computed": {"choice_value": "system + adjustment"},
            "constants": {"mode": "assist", "consulted": True},
            "filters": [{"keep": "kind != 'practice'", "reason": "practice rows"}],
            "use_case": {"choice_kind": "numeric"},
        },
        "mapping",
    )
    result = takeup.diagnose(path, mapping=mapping)
    real = frame[frame["kind"] == "real"]
    assert result.table.reconciliation.filtered == {"practice rows": n - len(real)}
    final = real["system"] + real["adjustment"]
    saved = ((final - real["sales"]).abs() - (real["system"] - real["sales"]).abs()).mean()
    found = result.measures().paired.loss_difference
    assert found.value == pytest.approx(saved, abs=1e-9)
    assert found.people == 28
    right = (final - real["sales"]).abs() <= 0.2 * real["sales"]
    advised = (real["system"] - real["sales"]).abs() <= 0.2 * real["sales"]
    paired = result.measures().paired.overall.person_minus_model
    assert paired.value == pytest.approx(right.mean() - advised.mean(), abs=1e-9)


def test_first_answers_give_reliance_exactly(tmp_path):
    rng = np.random.default_rng(2)
    n = 3_000
    truth = rng.integers(0, 2, n)
    first = np.where(rng.random(n) < 0.62, truth, 1 - truth)
    advice = np.where(rng.random(n) < 0.8, truth, 1 - truth)
    final = np.where((advice != first) & (rng.random(n) < 0.45), advice, first)
    frame = pd.DataFrame(
        {
            "worker": rng.integers(1, 60, n),
            "site": rng.choice(["A", "B"], n),
            "task": rng.integers(1, 40, n),
            "before": first,
            "score": np.where(advice == 1, 1, -1) * rng.random(n),
            "after": final,
            "truth": truth,
        }
    )
    path = tmp_path / "answers.csv"
    frame.to_csv(path, index=False)
    names = {"0": "no", "1": "yes"}
    mapping = parse_mapping(
        {
            "columns": {
                "person_id": ["site", "worker"],
                "case_id": "task",
                "initial_choice": "before",
                "choice": "after",
                "correct_choice": "truth",
            },
            "values": dict.fromkeys(("initial_choice", "choice", "correct_choice"), names),
            "computed": {"recommendation": "'yes' if score > 0 else 'no'"},
            "constants": {"mode": "assist"},
            "use_case": {"advice_unavoidable": True},
        },
        "mapping",
    )
    result = takeup.diagnose(path, mapping=mapping)
    assert result.table.reconciliation.rows_duplicate == 0
    reliance = result.measures().reliance
    wrong_first = (first != truth) & (advice == truth)
    right_first = (first == truth) & (advice != truth)
    assert reliance.rair.value == pytest.approx((final == truth)[wrong_first].mean(), abs=1e-12)
    assert reliance.rsr.value == pytest.approx((final == truth)[right_first].mean(), abs=1e-12)
    assert reliance.rair.n == wrong_first.sum()


def test_several_use_cases_get_a_diagnosis_each_and_an_overview():
    frame = rich_table(600)
    frame["use_case"] = np.where(np.arange(600) % 2, "claims", "loans")
    result = takeup.diagnose(frame)
    assert [d.use_case for d in result.diagnoses] == ["claims", "loans"]
    page = result.to_html()
    assert "2 use cases" in page
    alone = takeup.diagnose(frame[frame["use_case"] == "loans"])
    both, one = result.measures("loans").adoption.overall, alone.measures().adoption.overall
    assert both.counts == one.counts
    assert both.agreement.low == pytest.approx(one.agreement.low)


def test_the_same_case_decided_by_two_people_or_in_two_modes_is_no_duplicate():
    frame = rich_table(200).drop(columns=["decision_id"])
    twice = pd.concat([frame, frame.assign(person_id="someone else")])
    assert takeup.diagnose(twice).table.reconciliation.rows_duplicate == 0
    again = pd.concat([frame, frame])
    assert takeup.diagnose(again).table.reconciliation.rows_duplicate == 200


def test_every_kind_of_table_gives_the_same_figures(tmp_path):
    frame = rich_table(300)
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "t.parquet")
    (tmp_path / "folder").mkdir()
    pq.write_table(pa.Table.from_pandas(frame[:150]), tmp_path / "folder" / "a.parquet")
    pq.write_table(pa.Table.from_pandas(frame[150:]), tmp_path / "folder" / "b.parquet")
    frame.to_csv(tmp_path / "t.csv.gz", index=False)
    frame.to_csv(tmp_path / "t.csv", index=False, sep=";")
    frame.to_excel(tmp_path / "t.xlsx", index=False, engine="xlsxwriter")
    with duckdb.connect(str(tmp_path / "t.db")) as connection:
        connection.execute("CREATE TABLE decisions AS SELECT * FROM frame")
    given = [
        frame,
        pl.from_pandas(frame),
        pa.Table.from_pandas(frame),
        ibis.memtable(frame),
        tmp_path / "t.parquet",
        tmp_path / "folder",
        str(tmp_path / "folder" / "*.parquet"),
        tmp_path / "t.csv.gz",
        tmp_path / "t.csv",
        tmp_path / "t.xlsx",
        f"duckdb://{tmp_path / 't.db'}/decisions",
    ]
    found = [takeup.diagnose(table).measures().adoption.overall for table in given]
    for other in found[1:]:
        assert other.counts == found[0].counts
        assert other.consult_rate.low == pytest.approx(found[0].consult_rate.low, rel=1e-9)


def test_since_and_until_leave_rows_out_by_name():
    frame = rich_table(300)
    middle = frame["decided_at"].iloc[150].to_pydatetime()
    early = takeup.diagnose(frame, until=middle).table.reconciliation
    late = takeup.diagnose(frame, since=middle).table.reconciliation
    assert early.rows_used + late.rows_used == 300
    assert early.filtered == {"outside --since/--until": late.rows_used}
    with pytest.raises(TakeupError, match="decided_at"):
        takeup.diagnose(frame.drop(columns=["decided_at"]), since=middle)


def test_a_row_without_its_use_case_is_named_and_kept_apart():
    frame = rich_table(300)
    frame["use_case"] = np.where(np.arange(300) % 2, "claims", "loans")
    frame.loc[7, "use_case"] = None
    result = takeup.diagnose(frame)
    assert result.table.reconciliation.rows_rejected == 1
    (problem,) = result.table.problems
    assert (problem.column, problem.rows, problem.what) == ("use_case", (8,), "is blank")
