"""The log read where it lies has the rows that it has in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from deltalake import write_deltalake

from takeup.log import Engine, fetch
from takeup.log.delta import DecisionLog, folder_of, to_arrow
from takeup.log.view import FOLDER, View, filled, together

NAMES = ("credit", "Überziehung / Nord")


def rows_of(name: str, count: int, batch: int, **more: object):
    bodies = [
        json.dumps({"decision_id": f"{batch}-{i}", "use_case": name, "choice": "approve",
                    "decided_at": f"2026-1{i % 2}-02T09:00:00Z", **more})
        for i in range(count)
    ]  # fmt: skip
    covariates = {key: "number" for key in more if key.startswith("x_")}
    return to_arrow("decisions", bodies, covariates, batch)


def filled_log(folder: Path, layout: str) -> DecisionLog:
    log = DecisionLog(folder)
    # A column that later rows alone have.
    batches = [rows_of(NAMES[0], 3, 1), rows_of(NAMES[1], 2, 2, x_amount=2.5)]
    for batch, rows in enumerate(batches, 1):
        if layout == "short names":
            log.append("decisions", rows, batch)
        else:
            write_deltalake(
                f"{folder}/decisions", rows.drop_columns([FOLDER]), mode="append",
                partition_by=["use_case", "month"], schema_mode="merge",
            )  # fmt: skip
    return log


@pytest.mark.parametrize("layout", ["short names", "as before"])
def test_it_has_the_rows_of_one_use_case_or_of_all_in_a_folder_of_any_name(tmp_path, layout):
    log = filled_log(tmp_path / "a log with 5 % of signs", layout)
    view, engine = log.view("decisions"), Engine()
    assert view is not None
    for name in (None, *NAMES, "nobody's"):
        read = log.read("decisions", name)
        assert read is not None
        rows = view.rows(engine, name, None if name is None else folder_of(name))
        there = [] if rows is None else sorted(fetch(rows)["decision_id"].to_pylist())
        assert there == sorted(read.rows["decision_id"].to_pylist())
        assert (rows is None) == (not there)
    whole = view.rows(engine)
    assert whole is not None
    assert sorted(fetch(whole)["x_amount"].drop_null().to_pylist()) == [2.5, 2.5]
    assert view.batch == (2 if layout == "short names" else 0)


def test_it_stays_as_of_its_moment_and_its_mark_changes_with_news_of_that_use_case_alone(tmp_path):
    log = filled_log(tmp_path, "short names")
    first = log.view("decisions")
    log.append("decisions", rows_of(NAMES[1], 4, 3), 3)
    second = log.view("decisions")
    assert first is not None
    assert second is not None
    assert count(first, NAMES[1]) == first.size(folder_of(NAMES[1])) == 2
    assert count(second, NAMES[1]) == second.size(folder_of(NAMES[1])) == 6
    marks = [[view.mark(folder_of(name)) for view in (first, second)] for name in NAMES]
    assert marks[0][0] == marks[0][1]
    assert marks[1][0] != marks[1][1]


def test_what_is_measured_has_neither_the_logs_own_columns_nor_those_that_hold_nothing(tmp_path):
    view, engine = filled_log(tmp_path, "short names").view("decisions"), Engine()
    assert view is not None
    rows = view.rows(engine, NAMES[0], folder_of(NAMES[0]))
    assert rows is not None
    kept = filled(together(engine, [rows, engine.load(rows_of(NAMES[0], 1, -1, x_amount=7.0))]))
    assert kept is not None
    assert set(kept.columns) == {"decision_id", "use_case", "choice", "decided_at", "x_amount"}
    assert fetch(kept)["x_amount"].to_pylist() == [None, None, None, 7.0]
    assert filled(rows.filter(False)) is None


def test_a_table_of_which_everything_was_taken_out_is_none(tmp_path):
    log = filled_log(tmp_path, "short names")
    for name in NAMES:
        log.remove("decisions", name)
    assert log.view("decisions") is None


def count(view: View, name: str) -> int:
    rows = view.rows(Engine(), name, folder_of(name))
    return 0 if rows is None else int(fetch(rows.count().as_table())[0][0].as_py())
