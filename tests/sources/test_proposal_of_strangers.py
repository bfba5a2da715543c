"""`takeup map` with tables of strangers: what it asks instead of guessing, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import takeup
from takeup.cli import app
from takeup.log import Engine
from takeup.record.errors import DeclarationError
from takeup.record.mapping import Mapping, read_mapping
from takeup.sources.draft import Draft, first_draft, with_answer
from takeup.sources.look_alikes import look_alikes
from takeup.sources.open_table import open_table
from takeup.sources.opened import open_decisions
from takeup.sources.proposed_covariates import are_persons
from takeup.sources.questions import Question
from takeup.sources.raw_table import RawTable

N = 240
RNG = np.random.default_rng(7)


def some(*words: str) -> list[str]:
    return [str(w) for w in RNG.choice(words, N)]


def amounts(low: int = 1, high: int = 300) -> list[int]:
    return [int(x) for x in RNG.integers(low, high, N)]


def desk(**more: object) -> pd.DataFrame:
    """A table with everything that is needed, and more."""
    return pd.DataFrame(
        {
            "case": [f"C{i}" for i in range(N)],
            "officer": [f"P{i % 9}" for i in range(N)],
            "date": [f"2026-03-{1 + i % 28:02d}T09:{i % 60:02d}:00Z" for i in range(N)],
            "recommendation": some("yes", "no"),
            "choice": some("yes", "no"),
            **more,
        }
    )


def opened(frame: pd.DataFrame, folder: Path) -> RawTable:
    frame.to_csv(folder / "t.csv", index=False)
    return open_table(str(folder / "t.csv"), Engine(), folder)


def draft_of(frame: pd.DataFrame, folder: Path) -> Draft:
    return first_draft(opened(frame, folder))


def covariates(mapping: Mapping) -> set[str]:
    return {str(s) for n, s in mapping.columns.items() if n.startswith("x_")}


def question_of(draft: Draft, column: str) -> Question:
    return next(q for q in draft.questions if q.column == column)


def meanings(question: Question) -> list[str]:
    return [a.meaning for a in question.answers]


def run(*arguments: str, answers: str = "") -> str:
    done = CliRunner().invoke(app, list(arguments), input=answers)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("advised", "decided"),
    [
        ("recommended_quantity", "decided_quantity"),
        ("model_forecast", "final_order"),
        ("forecast", "Order quantity (units)"),
        ("Suggested price", "Final price"),
        ("Prognose", "Bestellmenge"),
        ("Empfohlene Menge", "Bestellte Menge"),
        ("KI-Prognose", "Endgültige Menge"),
    ],
)
@pytest.mark.parametrize("different", [8, 300])
def test_advice_and_choice_in_numbers_are_known_by_their_names(
    advised, decided, different, tmp_path
):
    frame = pd.DataFrame(
        {
            "planner": some("a", "b"),
            advised: amounts(1, different),
            decided: amounts(1, different),
            "region": some("north", "south"),
        }
    )
    draft = draft_of(frame, tmp_path)
    assert draft.mapping.columns["recommendation_value"] == advised
    assert draft.mapping.columns["choice_value"] == decided
    assert draft.ready
    assert covariates(draft.mapping) == {"region"}


def orders() -> pd.DataFrame:
    advised = amounts()
    return pd.DataFrame(
        {
            "machine says": advised,
            "we did": [a + i % 3 for i, a in enumerate(advised)],
            "stock": amounts(),
            "region": some("north", "south"),
        }
    )


def test_every_number_can_be_the_advice_where_no_name_tells_and_none_is_a_covariate_before(
    tmp_path,
):
    draft = draft_of(orders(), tmp_path)
    offered = " ".join(meanings(question_of(draft, "recommendation")))
    assert all(c in offered for c in ("machine says", "we did", "stock"))
    assert not covariates(draft.mapping)
    assert draft.mapping.use_case is None
    assert any(u.startswith("region (it may still be") for u in draft.not_used())


def test_columns_can_be_named_and_what_is_left_tells_kinds_of_case(tmp_path):
    path = tmp_path / "orders.csv"
    orders().to_csv(path, index=False)
    out = tmp_path / "m.toml"
    said = run(
        "map",
        str(path),
        "--ask",
        "--out",
        str(out),
        answers="0\nmachine say\nmachine says\nwe did\n",
    )
    assert "did you mean 'machine says'?" in said
    mapping = read_mapping(out)
    assert mapping.columns["recommendation_value"] == "machine says"
    assert mapping.columns["choice_value"] == "we did"
    assert mapping.use_case.segment == ["x_region"]
    assert covariates(mapping) == {"stock", "region"}
    assert takeup.diagnose(path, mapping=mapping, only=["adoption"]).measures().adoption


def test_after_a_number_was_advised_only_numbers_can_be_decided(tmp_path):
    raw = opened(orders(), tmp_path)
    draft = with_answer(raw, first_draft(raw), '[columns]\nrecommendation_value = "machine says"')
    assert [m.split(" (")[0] for m in meanings(question_of(draft, "choice"))] == ["we did", "stock"]
    with pytest.raises(DeclarationError, match="no column is called 'nothing'"):
        with_answer(raw, draft, '[columns]\nchoice_value = "nothing"')


LATE = (
    "reviewer", "second_opinion", "audit_result", "final_status", "closing_status", "collections_stage",
    "case_review", "follow_up", "length_of_stay", "discharge_ward", "lab_day_2", "recommendation_followed",
    "Entlassungsdiagnose", "Liegezeit_h", "Oberarzt", "Chefärztin", "Bearbeiter Nachname", "Laborwert_Tag2",
    "Revision_Ergebnis", "Nachkontrolle", "Beschwerde", "OP_durchgeführt", "Ergebnis_OP", "Auftragsstatus",
)  # fmt: skip
EARLY = (
    "region", "age", "marital_status", "tumor_stage", "product_group", "Aufnahmediagnose", "Familienstatus",
    "Versicherung", "Nachfrage", "area_m2", "Laborwert_Tag0",
)  # fmt: skip


def test_what_is_known_only_after_the_decision_is_no_covariate(tmp_path):
    columns = {c: some("a", "b", "c") for c in (*LATE, *EARLY)}
    draft = draft_of(desk(**columns), tmp_path)
    assert covariates(draft.mapping) == {*EARLY}
    listed = " ".join(draft.not_used())
    assert "closing_status (it sounds like something known only after the decision)" in listed
    assert "Oberarzt (it sounds like persons)" in listed


@pytest.mark.parametrize(
    ("words", "persons"),
    [
        (["Anna Müller", "Jürgen O'Neil", "Li Meyer-Lund", "Ida Berg"], True),
        (["Müller, Anna", "Berg, Ida", "Kurz, Tim"], True),
        (["Dr. Müller", "Dr. Berg", "Prof. Dr. Kurz", "Dr. Ida Lang"], True),
        (["Home Loan", "Car Loan", "Boat Loan", "Bike Loan"], False),
        (["North East", "North West", "South East", "South West"], False),
        (["north", "south", "east"], False),
    ],
)
def test_full_names_are_told_from_kinds_of_things(words, persons):
    assert are_persons(words) == persons


def test_amounts_that_nearly_all_differ_are_covariates_and_numbers_of_things_are_not(tmp_path):
    frame = desk(
        income=[10_000 + 137 * i for i in range(N)],
        income_text=[f"{10_000 + 137 * i} EUR" for i in range(N)],
        file_no=[10_000 + 137 * i for i in range(N)],
        line=range(1, N + 1),
        code=[f"{i:05d}" for i in range(0, 7 * N, 7)],
        clerk=some("Anna Müller", "Ida Berg", "Tim Kurz"),
    )
    found = covariates(draft_of(frame, tmp_path).mapping)
    assert "income" in found
    assert not found & {"file_no", "line", "code", "clerk"}


def test_what_gives_the_truth_away_is_not_used_and_the_reason_is_told(tmp_path):
    truth = some("yes", "no")
    frame = desk(
        correct_choice=truth,
        traffic_light=[{"yes": "green", "no": "red"}[w] for w in truth],
        traffic_sign=[{"yes": "go", "no": "stop"}[w] for w in truth],
        region=some("north", "south"),
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    out = tmp_path / "m.toml"
    said = run("map", str(tmp_path / "t.csv"), "--out", str(out))
    assert "not used: traffic_light (it gives the right answer away" in said
    assert "# not used: traffic_light (it gives" in out.read_text()
    mapping = read_mapping(out)
    assert covariates(mapping) == {"region"}
    assert mapping.use_case.segment == ["x_region"]
    (rows,) = open_decisions(str(tmp_path / "t.csv"), mapping=mapping).table.tables.values()
    assert look_alikes(rows, mapping) == []


def acted(head: str, *words: str) -> pd.DataFrame:
    return pd.DataFrame({"Fall": range(N), "Arzt": some("a", "b"), head: some(*words)})


@pytest.mark.parametrize("head", ["KI-Vorschlag übernommen?", "Empfehlung befolgt"])
def test_whether_advice_was_taken_is_no_advice_and_a_no_is_asked_about(head, tmp_path):
    draft = draft_of(acted(head, "ja", "nein"), tmp_path)
    assert draft.mapping.columns["action"] == head
    assert "recommendation" not in draft.mapping.columns
    assert draft.mapping.values["action"] == {"ja": "followed"}
    assert '"nein" is no action that is known' in question_of(draft, head).text
    assert question_of(draft, head).default == 0


def test_the_state_of_advice_says_what_was_done_with_it(tmp_path):
    words = {
        "übernommen": "followed", "abgelehnt": "overridden", "angepasst": "modified",
        "ignoriert": "not_consulted", "zurückgestellt": "deferred",
    }  # fmt: skip
    draft = draft_of(acted("Status Empfehlung", *words), tmp_path)
    assert draft.mapping.columns["action"] == "Status Empfehlung"
    assert draft.mapping.values["action"] == words
    assert draft.ready


def test_where_advice_and_choice_are_there_nobody_is_asked_whether_it_was_taken(tmp_path):
    draft = draft_of(desk(recommendation_accepted=some("yes", "no")), tmp_path)
    assert draft.ready
    assert not covariates(draft.mapping)


def test_half_a_truth_is_asked_about(tmp_path):
    frame = desk(correct_choice=some("OK", "nok"))
    frame["recommendation"], frame["choice"] = (
        some("approve", "decline"),
        some("approve", "decline"),
    )
    raw = opened(frame, tmp_path)
    draft = first_draft(raw)
    asked = [q for q in draft.questions if q.column == "correct_choice"]
    assert "correct_choice" not in draft.mapping.values
    assert [q.must for q in asked] == [True, True]
    assert 'says "OK" in' in asked[0].text
    assert meanings(asked[0])[:2] == ['"approve"', '"decline"']
    for question, which in zip(asked, (0, 1), strict=True):
        draft = with_answer(raw, draft, question.answers[which].lines)
    assert draft.mapping.values["correct_choice"] == {"OK": "approve", "nok": "decline"}
    assert draft.ready


def test_a_stray_word_of_the_truth_is_asked_about_and_stops_nobody(tmp_path):
    frame = desk(correct_choice=["unclear", "unclear", *some("yes", "no")[2:]])
    draft = draft_of(frame, tmp_path)
    assert draft.ready
    assert 'says "unclear" in 2 rows' in question_of(draft, "correct_choice").text


HALF = [i % 2 for i in range(N)]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("advice_opened_at", [f"2026-03-0{1 + i % 9}T10:00:00Z" * h for i, h in enumerate(HALF)]),
        ("gesehen", ["x" * h for h in HALF]),
        ("viewed", [h * (1 + i % 3) for i, h in enumerate(HALF)]),
        ("Vorschlag gesehen am", ["03.04.2026 10:15" * h for h in HALF]),
    ],
)
def test_a_time_a_mark_or_a_count_says_whether_the_advice_was_looked_at(column, cells, tmp_path):
    frame = desk(**{column: cells})
    draft = draft_of(frame, tmp_path)
    assert not covariates(draft.mapping)
    assert column not in draft.unmapped
    assert draft.mapping.columns["decided_at"] == "date"
    built = open_decisions(str(tmp_path / "t.csv"), mapping=draft.mapping)
    (rows,) = built.table.tables.values()
    found = rows.aggregate(yes=rows.consulted.sum(), n=rows.consulted.count()).to_pyarrow()
    assert found.to_pylist() == [{"yes": N // 2, "n": N}]


@pytest.mark.parametrize(
    ("name", "words", "known", "asked"),
    [
        ("mode", ("pilot", "control"), {"control": "off"}, ["pilot"]),
        ("mode", ("Assist", "Kontrolle"), {"Kontrolle": "off"}, []),
        ("stakes", ("hoch", "niedrig"), {"hoch": "high", "niedrig": "low"}, []),
        ("stakes", ("sehr hoch", "egal"), {"sehr hoch": "high"}, ["egal"]),
        ("phase", ("Pilot", "Regelbetrieb"), {"Regelbetrieb": "production"}, []),
    ],
)
def test_words_of_a_few_are_known_or_asked_about(name, words, known, asked, tmp_path):
    raw = opened(desk(**{name: some(*words)}), tmp_path)
    draft = first_draft(raw)
    assert draft.mapping.columns[name] == name
    assert draft.mapping.values[name] == known
    questions = [q for q in draft.questions if q.column == name]
    assert [q.text.split('"')[1] for q in questions] == asked
    assert draft.ready == (not asked)
    for question in questions:
        draft = with_answer(raw, draft, question.answers[0].lines)
    assert draft.ready
    (file,) = tmp_path.glob("t.csv")
    counts = open_decisions(str(file), mapping=draft.mapping).table.reconciliation
    assert counts.rows_rejected == 0


def test_a_column_of_numbers_or_many_words_is_not_one_of_a_few_words(tmp_path):
    frame = desk(load=[f"{i / 7:.2f}" for i in range(N)], path=[f"/a/{i}" for i in range(N)])
    draft = draft_of(frame, tmp_path)
    assert not {"load", "path"} & {*draft.mapping.columns}
    assert draft.ready


@pytest.mark.parametrize(
    ("column", "words", "asked"),
    [
        ("arm", ("treatment", "control"), True),
        ("Gruppe", ("Kontrolle", "Test"), True),
        ("group", ("mit KI", "ohne KI"), True),
        ("garage", ("with", "without"), False),
        ("group", ("nurses", "doctors"), False),
    ],
)
def test_whether_a_column_says_who_had_the_advice_is_asked_only_where_it_may(
    column, words, asked, tmp_path
):
    draft = draft_of(desk(**{column: some(*words)}), tmp_path)
    assert [q.column for q in draft.questions if q.must] == [column] * asked


def test_numbers_that_are_labels_are_words(tmp_path):
    frame = pd.DataFrame({"model_label": amounts(0, 26), "final_label": amounts(0, 26)})
    columns = draft_of(frame, tmp_path).mapping.columns
    assert columns == {"recommendation": "model_label", "choice": "final_label"}


def test_treatment_and_control_are_no_population(tmp_path):
    raw = opened(desk(group=some("treatment", "control")), tmp_path)
    draft = first_draft(raw)
    assert "group" not in draft.mapping.columns.values()
    question = question_of(draft, "group")
    assert question.must
    had = with_answer(raw, draft, question.answers[0].lines).mapping
    assert had.columns["mode"] == "group"
    assert had.values["mode"] == {"treatment": "assist", "control": "off"}
    assert "mode" not in had.constants
    assert not any(
        "mode = assist" in g for g in with_answer(raw, draft, question.answers[0].lines).guesses
    )
    people = with_answer(raw, draft, question.answers[2].lines)
    assert people.mapping.columns["population"] == "group"
    assert people.ready


@pytest.mark.parametrize(
    ("advice", "choice", "apart"),
    [
        (("APPROVE", "DECLINE"), ("approve", "decline", "reject"), "reject"),
        (("approve", "reject"), ("approved", "declined", "rejected"), "declined"),
    ],
)
def test_words_that_one_column_tells_apart_are_not_put_together(advice, choice, apart, tmp_path):
    frame = desk()
    frame["recommendation"], frame["choice"] = some(*advice), some(*choice)
    draft = draft_of(frame, tmp_path)
    assert apart not in draft.mapping.values.get("choice", {})
    assert any(f'"{apart}" in choice is read as a word of its own' in g for g in draft.guesses)


def with_ids(ids: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"id": ids, "officer": some("a", "b"), "advice": some("y", "n"), "choice": some("y", "n")}
    )


def test_an_id_whose_rows_are_repeated_as_a_whole_tells_duplicates(tmp_path):
    frame = with_ids([f"D{i}" for i in range(N)])
    frame = pd.concat([frame, frame.head(60)])
    draft = draft_of(frame, tmp_path)
    assert draft.mapping.columns["decision_id"] == "id"
    built = open_decisions(str(tmp_path / "t.csv"), mapping=draft.mapping).table
    assert sum(t.count().to_pyarrow().as_py() for t in built.tables.values()) == N


@pytest.mark.parametrize("times", [2, 40])
def test_an_id_that_repeats_with_other_contents_is_asked_about(times, tmp_path):
    draft = draft_of(with_ids([f"D{i // times}" for i in range(N)]), tmp_path)
    assert "decision_id" not in draft.mapping.columns
    assert "column id repeats" in question_of(draft, "id").text


def test_enter_takes_only_an_answer_that_is_safe(tmp_path):
    frame = acted("Response", "heeded", "dismissed", "accepted")
    frame.to_csv(tmp_path / "t.csv", index=False)
    out = tmp_path / "m.toml"
    run("map", str(tmp_path / "t.csv"), "--ask", "--out", str(out), answers="\n" * 6)
    assert "heeded" not in read_mapping(out).values["action"]
    assert Question("c", "?", ()).default == 0
