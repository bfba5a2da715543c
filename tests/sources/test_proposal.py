"""`takeup map`: what it makes of tables nobody has mapped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.log import Engine
from takeup.record.mapping import parse_mapping
from takeup.record.vocabulary import Action
from takeup.sources.draft import Draft, first_draft
from takeup.sources.mapping_text import mapping_text
from takeup.sources.open_table import open_table
from takeup.sources.opened import open_decisions
from takeup.sources.proposal import propose_mapping

DESK = Path(__file__).resolve().parents[2] / "docs" / "examples" / "loan-desk.csv"


def proposed(table, tmp_path: Path) -> Draft:
    return first_draft(open_table(table, Engine(), tmp_path))


def test_the_loan_desk_is_read_in_its_own_words(tmp_path):
    found = proposed(DESK, tmp_path).mapping
    assert found.columns["person_id"] == "officer"
    assert found.columns["recommendation"] == "model"
    assert found.columns["choice"] == "decision"
    assert found.columns["case_id"] == "application"
    assert found.values["choice"] == {"granted": "approve", "refused": "decline"}
    assert found.values["recommendation"] == {"APPROVE": "approve", "DECLINE": "decline"}
    assert (found.file.decimal, found.file.date_order) == (",", "dmy")
    assert found.use_case.outcome.better == "lower"
    assert found.use_case.outcome.observed_when == ["approve"]


def test_what_is_written_reads_back_as_the_same_mapping(tmp_path):
    draft = proposed(DESK, tmp_path)
    text = mapping_text(draft, DESK.name, ["column x repeats the advice"])
    assert parse_mapping(tomllib.loads(text), "again") == draft.mapping
    assert "# look twice: column x repeats the advice" in text
    assert "time_zone" in text
    assert "#   consulted:" in text


def test_open_questions_are_named_with_what_they_need(tmp_path):
    questions = dict(proposed(DESK, tmp_path).proposal.cannot_answer())
    assert (
        questions["how often is the advice looked at, followed, overridden?"]
        == "consulted or action"
    )
    assert "what changed over the weeks?" not in questions


def test_the_commonest_table_repays_the_hour():
    """Score, advice, decision, officer, date, a default flag on approvals: nothing else."""
    result = takeup.diagnose(DESK)
    frame = pd.read_csv(DESK, sep=";", decimal=",")
    agrees = (frame["model"] == "APPROVE") == (frame["decision"] == "granted")
    measures = result.measures()
    assert measures.adoption.overall.agreement.value == pytest.approx(agrees.mean())
    assert set(measures.adoption.overall.counts) == {Action.AGREED, Action.DIFFERED}
    found = measures.disagreement
    ways = {(d.advice, d.choice): d.cases for d in found.directions}
    declined = (frame["model"] == "DECLINE") & (frame["decision"] == "granted")
    assert ways["decline", "approve"] == declined.sum()
    assert sum(k.part for k in found.half) >= 0.5
    assert len(found.half) < found.kinds_tried
    (beside,) = found.one_sided
    granted = frame[frame["decision"] == "granted"]
    against = granted[granted["model"] == "DECLINE"]["default"].mean()
    assert beside.choice == "approve"
    assert beside.against_advice.value == pytest.approx(against)
    assert beside.bounds.grade == "bounds"
    advised_no = frame[frame["model"] == "DECLINE"]
    assert beside.bounds.low == pytest.approx(advised_no["default"].sum() / len(advised_no))
    page = result.to_html()
    assert "One-sided" in page
    assert "takeup sample" in page


def test_an_event_stream_is_recognised_by_its_events(tmp_path):
    rows = []
    for i in range(40):
        at = pd.Timestamp("2025-03-03 09:00") + pd.Timedelta(minutes=5 * i)
        rows.append((f"u{i % 10}", "Shown", at))
        rows.append(
            (f"u{i % 10}", "Accepted" if i % 3 else "Rejected", at + pd.Timedelta(seconds=20))
        )
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])
    proposal = proposed(frame, tmp_path)
    stream = proposal.mapping.events
    assert stream.opens == ["Shown"]
    assert stream.closes == {"Accepted": "followed", "Rejected": "overridden"}
    counts = takeup.diagnose(frame).measures().adoption.overall.counts
    assert counts == {"followed": 26, "overridden": 14}


def test_an_event_log_whose_closing_event_names_no_action_is_read_by_case(tmp_path):
    rows = []
    for i in range(60):
        at = pd.Timestamp("2026-03-03 09:00") + pd.Timedelta(minutes=5 * i)
        advice, chosen = "approve" if i % 2 else "decline", "approve" if i % 3 else "decline"
        rows.append((f"C{i}", f"u{i % 12}", at, "shown", advice, None))
        if i % 4 == 0:
            rows.append((f"C{i}", f"u{i % 12}", at, "opened the explanation", None, None))
        if i % 5:
            closed = at + pd.Timedelta(seconds=50)
            rows.append((f"C{i}", f"u{i % 12}", closed, "decided", None, chosen))
    frame = pd.DataFrame(
        rows, columns=["case_id", "person", "timestamp", "event", "advice", "choice"]
    )
    stream = proposed(frame, tmp_path).mapping.events
    assert (stream.by, stream.opens, stream.closes) == (["case_id"], ["shown"], {"decided": ""})
    result = takeup.diagnose(frame)
    closed = [i for i in range(60) if i % 5]
    agreed = sum((i % 2 != 0) == (i % 3 != 0) for i in closed)
    assert result.measures().adoption.overall.counts == {
        "followed": agreed,
        "overridden": len(closed) - agreed,
    }
    assert result.table.reconciliation.rows_read == len(rows)


def test_look_alikes_are_named():
    rng = np.random.default_rng(1)
    n = 400
    words = np.array(["no", "yes"])
    advice, truth = rng.integers(0, 2, n), rng.integers(0, 2, n)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i % 9}" for i in range(n)],
            "recommendation": words[advice],
            "choice": words[rng.integers(0, 2, n)],
            "correct_choice": words[truth],
            "x_traffic_light": np.array(["red", "green"])[advice],
            "x_final_code": np.array(["C0", "C1"])[truth],
            "x_region": rng.choice(["n", "s"], n),
            "user_confidence": rng.random(n),
        }
    )
    columns = {c: c for c in frame.columns if c != "user_confidence"}
    mapping = parse_mapping(
        {"columns": {**columns, "confidence": "user_confidence"}, "constants": {"mode": "assist"}},
        "mapping",
    )
    warnings = " ".join(open_decisions(frame, mapping=mapping).look_alikes())
    assert "x_traffic_light repeats the advice" in warnings
    assert "x_final_code gives the right answer away" in warnings
    assert "user_confidence is read as the model's confidence" in warnings
    assert "x_region" not in warnings


def test_a_column_that_begins_late_in_the_table_is_not_taken_for_a_blank_one(tmp_path):
    rows = pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(6_000)],
            "recommendation": "approve",
            "choice": "approve",
            "assist_probability": [None] * 5_500 + [0.5] * 500,
            "override_reason": [None] * 6_000,
        }
    )
    rows.to_parquet(tmp_path / "late.parquet")
    raw = open_table(str(tmp_path / "late.parquet"), Engine(), tmp_path)
    columns = propose_mapping(raw).mapping.columns
    assert columns["assist_probability"] == "assist_probability"
    assert "override_reason" not in columns


@pytest.mark.parametrize(
    ("name", "words"),
    [("zurückgezogen", ("nein", "ja")), ("widerrufen", ("N", "J")), ("ungültig", ("nein", "ja")),
     ("is_deleted", ("N", "Y")), ("valid", ("Y", "N"))],
)  # fmt: skip
def test_rows_that_are_marked_not_to_count_are_offered_to_be_left_out(tmp_path, name, words):
    path = tmp_path / "t.csv"
    given = ["approve", "decline"] * 30
    marks = [words[i % 6 == 0] for i in range(60)]
    pd.DataFrame({"recommendation": given, "choice": given, name: marks}).to_csv(path, index=False)
    draft = proposed(path, tmp_path)
    (question,) = draft.questions
    assert (question.column, "[[filters]]" in question.answers[0].lines) == (name, True)
    assert not any(c.startswith("x_") for c in draft.mapping.columns)


@pytest.mark.parametrize("name", ["adjuster", "recruiter", "Schadenregulierer", "Personalreferent"])
def test_who_decides_in_claims_and_hiring_is_a_person_and_no_kind_of_case(tmp_path, name):
    path = tmp_path / "t.csv"
    given, who = ["approve", "decline"] * 30, [f"p{i % 9}" for i in range(60)]
    table = {"recommendation": given, "choice": given, name: who}
    pd.DataFrame(table).to_csv(path, index=False)
    assert proposed(path, tmp_path).mapping.columns["person_id"] == name
    pd.DataFrame({"person_id": who, **table}).to_csv(path, index=False)
    assert not any(c.startswith("x_") for c in proposed(path, tmp_path).mapping.columns)


def test_days_in_digits_alone_are_moments(tmp_path):
    path = tmp_path / "t.csv"
    words = ["approve", "decline"] * 30
    days = [f"202503{1 + i % 28:02d}" for i in range(60)]
    pd.DataFrame({"decision_date": days, "recommendation": words, "choice": words}).to_csv(
        path, index=False
    )
    assert proposed(path, tmp_path).mapping.columns["decided_at"] == "decision_date"


def test_numbers_and_moments_are_seen_in_a_long_column_that_mostly_says_unknown(tmp_path):
    path = tmp_path / "t.csv"
    words = ["approve", "decline"] * 3_600
    amounts = [f"{1_000 + i}.50" if i % 3 == 0 else "k.A." for i in range(7_200)]
    moments = pd.Timestamp("2025-03-01") + pd.to_timedelta(range(7_200), "h")
    days = [str(m) if i % 3 == 0 else "-" for i, m in enumerate(moments)]
    pd.DataFrame(
        {"income": amounts, "decision_date": days, "recommendation": words, "choice": words}
    ).to_csv(path, index=False)
    columns = proposed(path, tmp_path).mapping.columns
    assert (columns["decided_at"], columns["x_income"]) == ("decision_date", "income")


@pytest.mark.parametrize("digits", [8, 12, 14])
def test_numbers_of_accounts_and_cases_are_no_moments_however_many_digits(tmp_path, digits):
    numbers = [str(31 * 10 ** (digits - 2) + 7919 * i) for i in range(60)]
    path = tmp_path / "t.csv"
    words = ["approve", "decline"] * 30
    pd.DataFrame(
        {"account": numbers, "case_number": numbers[::-1], "recommendation": words, "choice": words}
    ).to_csv(path, index=False)
    found = proposed(path, tmp_path).mapping
    assert found.columns["case_id"] == "case_number"
    assert "decided_at" not in found.columns
