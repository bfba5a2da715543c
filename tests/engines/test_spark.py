"""Every measure gives the same figures on DuckDB and on a real local Spark."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import takeup
from takeup.drawing.plain import plain
from takeup.log import Engine, fetch
from takeup.log.compress import beside
from takeup.questions.adoption.measure import measure_adoption
from takeup.questions.advice_record.measure import measure_advice_record
from takeup.questions.blind_spots.measure import measure_blind_spots
from takeup.questions.comparison.document import one_comparison_json
from takeup.questions.comparison.measure import measure_comparison
from takeup.questions.conditions.measure import measure_conditions
from takeup.questions.disagreement.measure import measure_disagreement
from takeup.questions.expert_benchmark.measure import measure_expert_benchmark
from takeup.questions.fix_check.measure import measure_fix
from takeup.questions.intervention_effect.measure import measure_intervention_effect
from takeup.questions.ladder.measure import measure_ladder, measure_own_level
from takeup.questions.model_issue.measure import measure_model_issue
from takeup.questions.not_consulted.measure import measure_not_consulted
from takeup.questions.override_clusters.measure import measure_override_clusters
from takeup.questions.override_ledger.measure import measure_override_ledger
from takeup.questions.own_calibration.measure import measure_own_calibration
from takeup.questions.paired.measure import measure_paired
from takeup.questions.people.measure import measure_people
from takeup.questions.pilot_production.measure import measure_pilot_production
from takeup.questions.reliance.measure import discrimination_by, measure_reliance
from takeup.questions.resistance.measure import measure_resistance
from takeup.questions.rollout.measure import measure_rollout
from takeup.questions.shadow.measure import ShadowPlan, measure_shadow
from takeup.questions.shared.after_error import measure_after_error
from takeup.questions.signals.measure import measure_signals
from takeup.questions.staggered.measure import measure_staggered
from takeup.questions.team.measure import measure_team
from takeup.questions.value.measure import measure_value
from takeup.questions.value_per_case.measure import measure_value_per_case
from takeup.record.conditions import ConditionRecords
from takeup.record.errors import InputError
from takeup.record.evidence import Evidence
from takeup.record.interventions import Run
from takeup.record.mapping import parse_mapping
from takeup.record.population import Benchmark, Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.sources.opened import open_decisions

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples" / "own_question" / "src"))
pytestmark = pytest.mark.spark
SETTINGS = Settings()
USE_CASE = UseCase(
    choices=["no", "yes"],
    segment=["x_segment"],
    covariates=["x_segment", "x_amount"],
    outcome={"better": "higher"},  # type: ignore[arg-type]
)
POPULATIONS = {
    "*": Population(
        trained_share=1.0,
        comparison_available_share=1.0,
        comparison_opened_share=1.0,
        expert_benchmark=Benchmark(rate=0.2, sd=0.03),
    )
}
RUNS = {
    f"run-{p}": Run(
        action="A-MG3", population=str(p), declared_on=date(2025, 3, 3), starts_on=date(2025, 3, 3),
        check_on=date(2025, 3, 17), indicator="consult_rate", direction="up", smallest=0.05, delivered=1.0,
    )
    for p in range(6)
}  # fmt: skip


def decisions(seen: bool) -> pa.Table:
    """Three thousand decisions with everything a measure may read."""
    rng = np.random.default_rng(3)
    n, people = 3_000, 24
    person = rng.integers(0, people, n)
    segment = rng.integers(0, 3, n)
    amount = np.exp(rng.normal(8, 1, n))
    advice = rng.random(n) < 0.6
    right = rng.random(n) < np.where(segment == 2, 0.6, 0.9)
    follow = rng.random(n) < np.where(right, 0.85, 0.4)
    truth = np.where(right, advice, ~advice)
    choice = np.where(follow, advice, ~advice)
    words = np.array(["no", "yes"])
    frame = pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(n)],
            "person_id": [f"p{p:02d}" for p in person],
            "population": np.where(person < 12, "north", "south"),
            "team": [f"t{p % 3}" for p in person],
            "decided_at": pd.Timestamp("2025-01-06") + pd.to_timedelta(np.sort(rng.random(n) * 70), "D"),
            "mode": np.where(rng.random(n) < 0.7, "assist", "off"),
            "recommendation": words[advice.astype(int)],
            "choice": words[choice.astype(int)],
            "confidence": rng.random(n).round(3),
            "path": np.where(rng.random(n) < 0.8, "ai", "legacy"),
            "stakes": np.where(rng.random(n) < 0.3, "high", "low"),
            "override_reason": rng.choice(["info_model_lacks", "not_convinced", "too_slow_or_wrong_format"], n),
            "load": rng.choice(["normal", "high"], n),
            "visible": rng.random(n) < 0.3,
            "substitution": rng.choice(["low", "high"], n),
            "value_tagged": segment == 1,
            "abandoned": rng.random(n) < 0.05,
            "evidence_opened": rng.random(n) < 0.4,
            "surface": rng.choice(["in_tool", "separate"], n),
            "flagged": pd.Series(np.where(np.arange(n) % 9 == 0, "wrong", None), dtype=object),
            "override_needed_approval": np.arange(n) % 13 == 0,
            "steps": rng.integers(4, 9, n).astype(float),
            "duration_s": rng.exponential(200, n),
            "phase": np.where(np.arange(n) < 800, "pilot", "production"),
            "model_version": np.where(np.arange(n) < 1_500, "1.0", "1.1"),
            "client_version": np.where(np.arange(n) < 2_000, "7", "8"),
            "assist_probability": 0.7,
            "truth_probability": np.where(segment == 2, 0.9, 0.5),
            "correct_choice": words[truth.astype(int)],
            "outcome": rng.normal(0, 1, n) + follow + 0.2 * segment,
            "value": rng.random(n) * 100,
            "x_segment": np.array(["a", "b", "c"])[segment],
            "x_amount": amount,
        }
    )  # fmt: skip
    frame["needed_by"] = frame["decided_at"]
    frame["delivered_at"] = frame["decided_at"] + pd.to_timedelta(rng.normal(-30, 20, n), "min")
    if seen:
        frame["consulted"] = rng.random(n) < 0.8
        frame["initial_choice"] = words[np.where(rng.random(n) < 0.8, truth, ~truth).astype(int)]
    else:
        frame["outcome"] = frame["outcome"].where(frame["choice"] == "yes")
    return pa.Table.from_pandas(frame)


@pytest.fixture(scope="module")
def spark():
    if shutil.which("java") is None:
        pytest.skip("no Java: `make test` installs it")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        # Three thousand rows: what it costs is planning and compiling, and nearly each query is new.
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(scope="module", params=[True, False], ids=["looked at", "who looked is unknown"])
def twins(request, spark, tmp_path_factory):
    """The same narrow table on both engines, handed over as one Parquet file."""
    opened = open_decisions(decisions(request.param), use_case=USE_CASE)
    (here,) = opened.table.tables.values()
    table = fetch(here)
    plain_types = pa.schema(
        [
            pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
            for f in table.schema
        ]
    )
    path = tmp_path_factory.mktemp("twin") / "narrow.parquet"
    pq.write_table(table.cast(plain_types), path)
    engine = Engine()
    return engine.load(pq.read_table(path), "twin"), spark.read_parquet(str(path))


def answers(table: Any) -> dict[str, Any]:
    segments = ["x_segment"]
    dimensions = ["population", "team", "week", "stakes", "score_band", *segments]
    comparison = measure_comparison(
        table, USE_CASE, USE_CASE.covariates or [], ["outcome"], SETTINGS
    )
    compared = comparison
    if hasattr(comparison, "outcomes"):
        compared = {c.outcome: one_comparison_json(c) for c in comparison.outcomes}
    issues = measure_model_issue(table, USE_CASE, segments, SETTINGS)
    after = measure_after_error(table, SETTINGS)
    searched = ("x_segment", "stakes", "score_band", "population")
    return {
        "expert_benchmark": measure_expert_benchmark(table, {}, Evidence(), SETTINGS),
        "blind_spots": measure_blind_spots(table, searched, SETTINGS),
        "override_ledger": measure_override_ledger(table, segments, SETTINGS),
        "people": measure_people(table, SETTINGS),
        "after_error": after,
        "not_consulted": measure_not_consulted(table, segments, after, SETTINGS),
        "pilot_production": measure_pilot_production(table, segments, SETTINGS),
        "team": measure_team(table, segments, SETTINGS),
        "resistance": measure_resistance(table, POPULATIONS, issues, after, Evidence(), SETTINGS),
        "signals": measure_signals(table, POPULATIONS, SETTINGS),
        "conditions": measure_conditions(
            table, USE_CASE.model_copy(update={"reserved_for_people": ["segment=c"]}),
            ConditionRecords(own_view=True), SETTINGS,
        ),
        "value": measure_value(table, USE_CASE, SETTINGS),
        "adoption": measure_adoption(table, dimensions, SETTINGS, ["population", *segments]),
        "ladder": measure_ladder(table, POPULATIONS, SETTINGS),
        "model_issue": issues,
        "paired": measure_paired(table, ("population", *segments), SETTINGS),
        "reliance": measure_reliance(table, SETTINGS),
        "reliance_by_population": discrimination_by(table, "population", SETTINGS),
        "comparison": compared,
        "disagreement": measure_disagreement(table, USE_CASE, segments, ["outcome"], SETTINGS),
        "rollout": measure_rollout(
            table, USE_CASE, USE_CASE.covariates or [], ["outcome"], SETTINGS
        ),
        "value_per_case": measure_value_per_case(table, USE_CASE, SETTINGS),
        "shadow": measure_shadow(
            table.mutate(mode=ibis.literal("shadow"), unblinded=table.visible), segments,
            ShadowPlan(2_000), SETTINGS,
        ),
        "staggered": measure_staggered(by_cohort(table), USE_CASE, ["outcome"], SETTINGS),
        "intervention_effect": measure_intervention_effect(in_twelve(table), RUNS, SETTINGS),
        "advice_record": measure_advice_record(table, segments, SETTINGS),
        "fix": measure_fix(
            table, "x_segment", "a", datetime(2025, 2, 3), 28, None, SETTINGS  # noqa: DTZ001
        ),
        "override_clusters": measure_override_clusters(table, [*segments, "stakes"], SETTINGS),
        "own_calibration": measure_own_calibration(table, segments, outcome=None),
        "late_hours": late_hours(table),
        "own_level": measure_own_level(
            table.mutate(person_id=ibis.literal("me")), Population(), SETTINGS
        ),
    }  # fmt: skip


def late_hours(table: Any) -> Any:
    """A question of another package."""
    from late_hours.measure import ask

    return ask(SimpleNamespace(decisions=table, settings=SETTINGS))


def in_twelve(table: Any) -> Any:
    """The same decisions as of twelve populations of two people."""
    number = table.person_id.substr(1, 2).cast("int64") % 12
    return table.mutate(population=number.cast("string"))


def by_cohort(table: Any) -> Any:
    """The same decisions as if each person were a cohort; of three, one began in the fourth week, one
    in the sixth, one not."""
    number = table.person_id.substr(1, 2).cast("int64") % 3
    start = ibis.cases(
        (number == 0, ibis.timestamp("2025-01-27")), (number == 1, ibis.timestamp("2025-02-10")),
        else_=ibis.timestamp("2030-01-01"),
    )  # fmt: skip
    mode = ibis.ifelse(table.decided_at >= start, "assist", "shadow")
    return table.mutate(cohort=table.person_id, mode=mode)


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Places where two plain documents differ by more than the measures may."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = {*one, *other}
        return [
            d
            for k in sorted(keys, key=str)
            for d in differences(one.get(k), other.get(k), f"{where}.{k}")
        ]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{where}: {len(one)} against {len(other)} items"]
        return [
            d
            for i, (a, b) in enumerate(zip(one, other, strict=True))
            for d in differences(a, b, f"{where}[{i}]")
        ]
    if (
        isinstance(one, float | int)
        and isinstance(other, float | int)
        and not isinstance(one, bool)
    ):
        tolerance = 1e-6 if ".comparison" in where or ".rollout" in where else 1e-9
        same = math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-9)
        return [] if same else [f"{where}: {one} against {other}"]
    return [] if one == other else [f"{where}: {one!r} against {other!r}"]


def test_every_measure_gives_equal_figures_on_spark(twins):
    here, there = twins
    one, other = plain(answers(here)), plain(answers(there))
    assert differences(one, other) == []
    assert one["adoption"]["overall"]["eligible"] > 1_000
    if "initial_right" in here.columns:
        refused = [name for name, answer in one.items() if "status" in answer]
        assert refused == ["disagreement"]


def test_a_table_that_lives_in_spark_is_diagnosed_there_with_the_same_figures(spark, tmp_path):
    path = tmp_path / "decisions.parquet"
    pq.write_table(decisions(True), path, coerce_timestamps="us", allow_truncated_timestamps=True)
    there = takeup.diagnose(spark.read_parquet(str(path)), use_case=USE_CASE)
    here = takeup.diagnose(path, use_case=USE_CASE)
    one, other = (json.loads(r.to_json())["diagnoses"] for r in (here, there))
    assert differences(one, other, ".comparison") == []
    assert there.table.reconciliation == here.table.reconciliation


def test_a_strangers_table_is_read_in_spark_as_it_is_here(spark, tmp_path):
    """Texts, offsets, thousands signs, decimals, NaN and unknown whole numbers; sums that engines answer
    with infinity, nothing or an error."""
    rng = np.random.default_rng(1)
    n = 240
    frame = pd.DataFrame(
        {
            "id": [f"d{i}" for i in range(n)], "person": [f"p{i % 12}" for i in range(n)],
            "when": [f"2026-0{1 + i % 3}-{1 + i % 28:02d}T23:{i % 60:02d}:00+02:00" for i in range(n)],
            "advice": [["yes", "no "][i % 2] for i in range(n)],
            "choice": [["Yes", "no", "yes", "n/a"][(i + i // 7) % 4] for i in range(n)],
            "outcome": np.where(np.arange(n) % 9 == 0, np.nan, rng.normal(size=n)),
            "amount": [f"{i}.{i % 1000:03d},5" for i in range(1, n + 1)],
            "x": np.where(np.arange(n) % 5 == 0, 0.0, rng.normal(size=n)),
            "k": pd.array([None if i % 11 == 0 else i % 3 for i in range(n)], dtype="Int64"),
            "dec": [Decimal(i % 7) / 100 for i in range(n)],
        }
    )  # fmt: skip
    path = tmp_path / "strange.parquet"
    pq.write_table(pa.Table.from_pandas(frame), path)
    columns = {"decision_id": "id", "person_id": "person", "decided_at": "when", "value": "amount",
               "recommendation": "advice", "choice": "choice", "x_k": "k"}  # fmt: skip
    computed = {"x_ratio": "1 / x", "x_log": "log(x)", "x_root": "sqrt(x)", "x_third": "dec / 3",
                "x_rest": "k % (k - 1)", "outcome": "outcome"}  # fmt: skip
    mapping = parse_mapping(
        {"columns": columns, "computed": computed, "numbers": ["x_k"],
         "constants": {"mode": "assist", "consulted": True}}, "m",
    )  # fmt: skip
    asked = [open_decisions(t, mapping=mapping) for t in (path, spark.read_parquet(str(path)))]
    assert asked[0].table.reconciliation == asked[1].table.reconciliation
    assert asked[0].table.assumptions == asked[1].table.assumptions
    here, there = (
        fetch(table.order_by("person_id", "decided_at", "value")).to_pandas().astype(object)
        for opened in asked
        for table in opened.table.tables.values()
    )
    assert set(here.columns) == set(there.columns)
    for name in here.columns:
        one, other = (f[name].where(f[name].notna(), None) for f in (here, there))
        if isinstance(one.dropna().iloc[0], float | int):
            one, other = one.astype(float), other.astype(float)
        pd.testing.assert_series_equal(one, other, check_dtype=False, rtol=1e-9)
    numbers = here[[c for c in here.columns if c.startswith("x_")]].astype(float)
    assert np.isfinite(numbers.to_numpy()[numbers.notna().to_numpy()]).all()


def test_unknown_values_go_into_spark_unchanged(spark, tmp_path):
    path = tmp_path / "one.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    given = pa.table({"text": ["a", None], "whole": pa.array([7, None]), "part": [0.5, None]})
    side = beside(spark.read_parquet(str(path)), given)
    (row,) = spark.to_pyarrow(side.filter(side.text.isnull())).to_pylist()
    assert row == {"text": None, "whole": None, "part": None}
    (row,) = spark.to_pyarrow(side.filter(side.text.notnull())).to_pylist()
    assert row == {"text": "a", "whole": 7, "part": 0.5}


def test_outcomes_beside_decisions_that_live_in_spark_are_refused_by_name(spark, tmp_path):
    path = tmp_path / "decisions.parquet"
    pq.write_table(decisions(True), path, coerce_timestamps="us", allow_truncated_timestamps=True)
    outcomes = pd.DataFrame({"decision_id": ["d1"], "outcome": [1.0]})
    with pytest.raises(InputError, match="in pyspark, the outcomes are not"):
        takeup.diagnose(spark.read_parquet(str(path)), outcomes=outcomes)
