"""A declared name that matches nothing is a mistake, told with the nearest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.record.errors import DeclarationError
from takeup.record.mapping import parse_mapping
from takeup.record.population import Population
from takeup.record.questionnaire import ITEMS
from takeup.record.use_case import UseCase
from takeup.sources.evidence_files import read_evidence


@pytest.fixture(scope="module")
def decisions() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    n = 300
    return pd.DataFrame(
        {
            "person_id": [f"p{i % 20}" for i in range(n)], "population": "LO1",
            "decided_at": pd.date_range("2026-01-05", periods=n, freq="h"),
            "recommendation": rng.choice(["approve", "decline"], n),
            "choice": rng.choice(["approve", "decline"], n),
            "x_big": rng.choice(["yes", "no"], n), "outcome": rng.normal(size=n),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"covariates": ["x_bgi"]}, "covariates: no column is 'x_bgi'; did you mean 'x_big'?"),
        ({"segment": ["x_bgi"]}, "segment: no column is 'x_bgi'; did you mean 'x_big'?"),
        ({"protected": ["x_age"]}, "protected: no column is 'x_age'"),
        ({"outcome": {"observed_when": ["aprove"]}}, "'aprove'; did you mean 'approve'?"),
        ({"choices": ["aprove", "decline"]}, "'aprove'; did you mean 'approve'?"),
        ({"outcomes": {"outcom": {"better": "higher"}}}, "did you mean 'outcome'?"),
    ],
)
def test_what_a_use_case_names_and_the_table_has_not_is_told_with_the_nearest(
    decisions, declared, words
):
    use_case = UseCase.model_validate({"name": "credit", **declared})
    with pytest.raises(DeclarationError) as told:
        takeup.diagnose(decisions, use_case=use_case, only=["adoption"])
    assert words in str(told.value)
    takeup.diagnose(decisions, use_case=use_case, only=["adoption"], declared_ahead=True)


def test_a_use_case_whose_rows_cannot_be_used_is_told_with_why(decisions):
    pricing = decisions.index < 20
    table = decisions.assign(
        use_case=np.where(pricing, "pricing", "credit"),
        decided_at=decisions["decided_at"].astype(str).mask(pricing, "some day"),
    )
    both = {name: UseCase(name=name) for name in ("credit", "pricing")}
    with pytest.raises(DeclarationError) as told:
        takeup.diagnose(table, use_case=both, only=["adoption"])
    assert "'pricing' is declared and none of the decisions that can be used is of it" in str(
        told.value
    )
    assert 'column decided_at: "some day"' in str(told.value)
    assert "20 rows are like it" in str(told.value)
    left = decisions.assign(use_case=np.where(pricing, "pricing", "credit"))
    since = decisions["decided_at"][20].to_pydatetime()
    with pytest.raises(DeclarationError, match="20 rows were left out"):
        takeup.diagnose(left, use_case=both, only=["adoption"], since=since)


def test_a_choice_that_merely_did_not_occur_is_no_mistake(decisions):
    use_case = UseCase(name="credit", choices=["approve", "decline", "refer"])
    assert takeup.diagnose(decisions, use_case=use_case, only=["adoption"]).diagnoses


@pytest.mark.parametrize("key", ["ignore", "names", "numbers"])
def test_a_column_that_a_mapping_names_beside_its_columns_must_be_there(decisions, key):
    columns = {c: c for c in decisions.columns}
    mapping = parse_mapping({"columns": columns, key: ["x_bgi"]}, "m.toml")
    with pytest.raises(DeclarationError, match=rf"{key}: the table has no column 'x_bgi'"):
        takeup.diagnose(decisions, mapping=mapping, only=["adoption"])


def test_a_format_of_a_column_that_is_not_there_and_a_mistyped_key_are_told(decisions):
    columns = {c: c for c in decisions.columns}
    with pytest.raises(DeclarationError, match="'decided'; did you mean 'decided_at'"):
        takeup.diagnose(
            decisions,
            mapping=parse_mapping(
                {"columns": columns, "formats": {"decided": {"date_order": "dmy"}}}, "m"
            ),
        )
    for wrong, near in (
        ({"values": {"choise": {"ok": "approve"}}}, "did you mean 'choice'"),
        ({"fil": {}}, "fil is not a key takeup knows; did you mean 'file'"),
        ({"file": {"delimeter": ","}}, "did you mean 'delimiter'"),
        ({"use_case": {"outcome": {"beter": "higher"}}}, "did you mean 'better'"),
    ):
        with pytest.raises(DeclarationError, match=near):
            parse_mapping(wrong, "m")


def test_what_was_decided_is_no_covariate_too(decisions):
    columns = {c: c for c in decisions.columns} | {"x_decided": "choice"}
    with pytest.raises(DeclarationError, match=r"columns\.x_decided: 'choice' is choice too"):
        takeup.diagnose(decisions, mapping=parse_mapping({"columns": columns}, "m"))


def survey(population: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {"population": [population] * 12, **{item: rng.integers(1, 6, 12) for item in ITEMS}}
    )


def test_a_population_spelt_otherwise_is_that_of_the_decisions_and_that_is_said(decisions):
    found = takeup.diagnose(
        decisions, survey=survey("lo1"), population={"lo1 ": Population(people=20)},
        only=["adoption", "resistance"],
    )  # fmt: skip
    (reasons,) = found.measures().resistance.populations
    assert (reasons.population, reasons.people, reasons.survey.respondents) == ("LO1", 20, 12)
    assert 'population "lo1" of survey is "LO1" of the decisions' in found.facts.assumptions


def test_a_population_without_a_decision_is_named(decisions):
    found = takeup.diagnose(decisions, survey=survey("L01"), only=["adoption", "resistance"])
    (problem,) = found.facts.problems
    assert problem.sentence().startswith(
        'survey, row 1, column population: "L01" is a population without a decision '
        "(the nearest is 'LO1'). 12 rows are like it."
    )
    with pytest.raises(DeclarationError, match=r"population 'L01'; did you mean 'LO1'"):
        takeup.diagnose(decisions, population={"L01": Population(people=20)}, only=["adoption"])
    takeup.diagnose(
        decisions, population={"*": Population(people=20), "L01": Population()},
        survey=survey("L01"), only=["adoption"],
    )  # fmt: skip


def test_heads_of_evidence_are_known_in_any_capitals_and_yes_in_any_language():
    said = survey("LO1").rename(columns=str.lower).rename(columns={"population": "Population"})
    panel = pd.DataFrame(
        {"Case_ID": ["c1", "c2", "c3"], "Reviewer": "r1", "would_override": ["ja", "Nein", "yes"]}
    )
    read = read_evidence(survey=said, panel=panel)
    assert not read.problems
    assert read.evidence.survey["population"].unique().tolist() == ["LO1"]
    assert read.evidence.panel["would_override"].tolist() == [1, 0, 1]


def test_one_declaration_of_several_use_cases_may_name_the_words_of_each(decisions):
    other = decisions.assign(
        use_case="claims", recommendation=decisions["recommendation"].map({"approve": "pay", "decline": "check"}),
        choice=decisions["choice"].map({"approve": "pay", "decline": "check"}),
    )  # fmt: skip
    both = pd.concat([decisions.assign(use_case="credit"), other])
    mapping = {"use_case": {"outcome": {"better": "lower", "observed_when": ["approve", "pay"]}}}
    found = takeup.diagnose(both, mapping=parse_mapping(mapping, "m"), only=["adoption"])
    assert len(found.diagnoses) == 2
    mapping["use_case"]["outcome"]["observed_when"] = ["approve", "pays"]
    with pytest.raises(DeclarationError, match="'pays'; did you mean 'pay'"):
        takeup.diagnose(both, mapping=parse_mapping(mapping, "m"), only=["adoption"])
