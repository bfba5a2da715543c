"""Reviewed decisions for retraining: no person, one case in ten held out, labels by their source."""

from __future__ import annotations

import json

import pyarrow.csv
import pyarrow.parquet
import pytest

from takeup.record.errors import InputError
from tests.server.feedback.test_queue import PEOPLE, credit, sent  # noqa: F401


def exported(log, tmp_path, form="parquet"):
    from takeup.server.acting.feedback.export import export_overrides
    from takeup.server.recording.record_api.services import recorded

    return export_overrides("credit", recorded(log), tmp_path, form, by="ann")


@pytest.fixture
def recorded_cases(credit, log):  # noqa: F811
    from takeup.server.recording.record_api.drain import drain

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    drain(log)
    return log


def test_no_person_and_no_case_id_leaves_and_a_tenth_is_held_out_for_good(recorded_cases, tmp_path):
    first = exported(recorded_cases, tmp_path)
    rows = pyarrow.parquet.read_table(first.data).to_pylist()
    assert len(rows) + first.told["held_out"] == 480
    assert 20 <= first.told["held_out"] <= 80
    text = json.dumps(rows, default=str)
    assert not {"person_id", "team", "manager", "cohort"} & set(rows[0])
    assert "case-a" not in text
    assert not any(f'"{who}"' in text for who in PEOPLE)
    again = pyarrow.parquet.read_table(exported(recorded_cases, tmp_path).data).to_pylist()
    assert {r["case_ref"] for r in again} == {r["case_ref"] for r in rows}


def test_an_override_is_no_ground_truth(credit, log, tmp_path):  # noqa: F811
    from takeup.record.clock import now
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    row = {"use_case": "credit", "person_id": "p1", "mode": "assist", "decided_at": now().isoformat(),
           "consulted": True, "recommendation": "approve", "choice": "decline",
           "x_segment": "seasonal"}  # fmt: skip
    rows = [
        row | {"decision_id": f"u{i}", "override_reason": ("not_convinced", "professional_duty_ethics")[i % 2]}
        for i in range(40)
    ]  # fmt: skip
    receive("decisions", rows, credit)
    drain(log)
    found = pyarrow.parquet.read_table(exported(log, tmp_path).data).to_pylist()
    unjudged = [r for r in found if r["label_source"] == "practitioner"]
    assert unjudged
    assert {r["rec_correct"] for r in unjudged} == {None}
    assert all(0 < r["label_confidence"] < 1 for r in unjudged)
    of_values = [r for r in unjudged if r["reason_codes"] == ["professional_duty_ethics"]]
    assert of_values
    assert all(r["do_not_train"] for r in of_values)
    assert not any(r["do_not_train"] for r in unjudged if r["reason_codes"] == ["not_convinced"])


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_the_manifest_tells_what_is_in_the_file(recorded_cases, tmp_path, form):
    import hashlib

    made = exported(recorded_cases, tmp_path, form)
    told = json.loads(made.manifest.read_text())
    if form == "parquet":
        n = pyarrow.parquet.read_table(made.data).num_rows
    elif form == "csv":
        n = pyarrow.csv.read_csv(made.data).num_rows
    else:
        n = len(made.data.read_text().splitlines())
    assert told["rows"] == n
    assert told["sha256"] == hashlib.sha256(made.data.read_bytes()).hexdigest()
    assert told["approver"] == "ann"


def test_without_decisions_nothing_is_written(credit, log, tmp_path):  # noqa: F811
    with pytest.raises(InputError, match="no decision with advice in view"):
        exported(log, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_outcome_that_one_choice_alone_shows_stays_out(credit, log, tmp_path):  # noqa: F811
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    declare_use_case(
        "credit", '[outcome]\nobserved_when = ["approve"]\nbetter = "higher"\n', "test"
    )
    row = {"use_case": "credit", "person_id": "p1", "mode": "assist", "decided_at": now().isoformat(),
           "consulted": True, "recommendation": "approve", "choice": "approve"}  # fmt: skip
    receive("decisions", [row | {"decision_id": f"o{i}"} for i in range(60)], credit)
    outcomes = [
        {
            "decision_id": f"o{i}",
            "use_case": "credit",
            "outcome": 1.0,
            "observed_at": now().isoformat(),
        }
        for i in range(30)
    ]
    receive("outcomes", outcomes, credit)
    drain(log)
    made = exported(log, tmp_path)
    assert made.told["left_out_one_sided"] == 30
    assert made.told["by_label_source"] == {"practitioner": made.told["rows"]}


def test_labels_are_compared_between_protected_groups_which_never_leave(credit, log, tmp_path):  # noqa: F811
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.drain import drain

    declare_use_case("credit", 'segment = ["x_segment"]\nprotected = ["x_segment"]\n', "test")
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    drain(log)
    made = exported(log, tmp_path)
    compared = made.told["fairness_check"]["x_segment"]
    salary, seasonal = compared["levels"]
    assert (salary["level"], seasonal["level"]) == ("salary", "seasonal")
    assert salary["low"] > seasonal["high"]
    assert compared["apart"] is True
    assert salary["judged"] == seasonal["judged"] == 240
    assert not any(r["segment_tags"] for r in pyarrow.parquet.read_table(made.data).to_pylist())


def test_groups_of_few_people_are_not_compared(credit, log, tmp_path):  # noqa: F811
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    declare_use_case("credit", 'segment = ["x_segment"]\nprotected = ["x_origin"]\n', "test")
    at = now().isoformat()
    rows = [
        {"decision_id": f"f{i}", "use_case": "credit", "person_id": f"p{i % 3}", "mode": "assist",
         "decided_at": at, "consulted": True, "recommendation": "approve", "choice": "approve",
         "x_origin": "north"}
        for i in range(60)
    ]  # fmt: skip
    receive("decisions", rows, credit)
    truth = {"use_case": "credit", "observed_at": at, "correct_choice": "approve"}
    receive("outcomes", [truth | {"decision_id": r["decision_id"]} for r in rows], credit)
    drain(log)
    told = exported(log, tmp_path).told["fairness_check"]["x_origin"]
    assert told == {"levels": [], "left_out_of_few_people": 1, "apart": False}


def test_a_row_says_how_long_it_may_be_kept_and_how_old_its_version_was(credit, log, tmp_path):  # noqa: F811
    from datetime import date, datetime, timedelta

    from takeup.record.clock import now
    from takeup.server.acting.feedback.models import Release
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    Release.objects.create(
        use_case="credit", version="4.2", shipped_at=now() - timedelta(days=30), words="w", made_at=now(),
        made_by="x",
    )  # fmt: skip
    row = {"use_case": "credit", "person_id": "p1", "mode": "assist", "consulted": True,
           "decided_at": (now() - timedelta(days=2)).isoformat(), "recommendation": "approve",
           "choice": "decline", "override_comment": "Their harvest pays in June", "model_version": "4.2"}  # fmt: skip
    receive("decisions", [row | {"decision_id": f"c{i}"} for i in range(40)], credit)
    drain(log)
    made = exported(log, tmp_path)
    one, *_ = pyarrow.parquet.read_table(made.data).to_pylist()
    assert one["time_since_release"] == 4
    kept = (
        date.fromisoformat(one["retention_until"])
        - datetime.fromisoformat(row["decided_at"]).date()
    )
    assert kept.days == 91
    assert (
        len({r["reason_text_hash"] for r in pyarrow.parquet.read_table(made.data).to_pylist()}) == 1
    )
    assert "harvest" not in made.data.read_bytes().decode("latin-1")
    assert made.told["not_recorded"] == ["n_reviewers", "agreement"]
