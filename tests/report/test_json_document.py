"""The JSON document is what its schema says, for every kind of table."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import takeup
from tests.journeys.test_shapes import rich_table
from tests.questions.programmes import bank, recorded

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "reference" / "diagnosis.schema.json").read_text())


def results():
    yield "bank", bank(1)[1]
    yield "recorded", recorded(1)[1]
    yield "rich", takeup.diagnose(rich_table())
    yield "poor", takeup.diagnose(ROOT / "docs" / "examples" / "loan-desk.csv")
    yield "no persons", takeup.diagnose(rich_table().drop(columns=["person_id"]))
    yield "few", takeup.diagnose(rich_table(40))


@pytest.mark.parametrize("disclosure", ["analyst", "share"])
def test_document_is_valid_against_the_published_schema(disclosure):
    checker = jsonschema.Draft202012Validator(SCHEMA)
    for name, result in results():
        document = json.loads(result.to_json(disclosure))
        problems = [
            f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
            for e in checker.iter_errors(document)
        ]
        assert problems == [], name


def test_no_figure_is_a_bare_zero_where_nothing_is_known():
    document = json.loads(takeup.diagnose(rich_table()[["recommendation", "choice"]]).to_json())
    adoption = document["diagnoses"][0]["measures"]["adoption"]
    for name in ("nominal_rate", "consult_rate", "override_rate", "effective_reliance"):
        assert adoption[name]["status"] == "not_instrumented"
        assert "value" not in adoption[name]


def test_json_carries_no_claim_of_the_literature():
    from takeup.questions.knowledge import seed_claims

    for _, result in results():
        for text in (result.to_json(), result.to_html()):
            for claim in seed_claims():
                assert claim.claim not in text
            assert "3.4x" not in text


def test_report_says_which_columns_are_missing_and_what_each_would_unlock():
    result = takeup.diagnose(rich_table()[["person_id", "recommendation", "choice"]])
    missing = {
        m["column"]: m["unlocks"] for m in json.loads(result.to_json())["input"]["missing_columns"]
    }
    assert {"decided_at", "consulted", "outcome", "correct_choice"} <= set(missing)
    assert "person_id" not in missing
    assert missing["consulted"] in result.to_html()
    whole = json.loads(takeup.diagnose(rich_table()).to_json())["input"]["missing_columns"]
    assert whole == []
