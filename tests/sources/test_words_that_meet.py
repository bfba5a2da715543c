"""Words of advice, choice, truth and first answers: one word, another word, or asked; never a disagreement."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import takeup
from takeup.log import Engine, fetch
from takeup.record.errors import InputError
from takeup.record.mapping import parse_mapping
from takeup.record.use_case import UseCase
from takeup.sources.draft import first_draft
from takeup.sources.look import look, read_table
from takeup.sources.open_table import open_table
from takeup.sources.word_pairs import Case, unmet_words

AGREE = 6 / 7


def frame(
    advice=("approve", "decline"), choice=("approve", "decline"), n: int = 140
) -> pd.DataFrame:
    said = [advice[i % len(advice)] for i in range(n)]
    done = [choice[(i + (i % 7 == 0)) % len(choice)] for i in range(n)]
    return pd.DataFrame(
        {"decision_id": [f"d{i}" for i in range(n)], "recommendation": said, "choice": done}
    )


def agreement(table, **more) -> float:
    return (
        takeup.diagnose(table, only=["adoption"], **more)
        .measures()
        .adoption.overall.agreement.value
    )


@pytest.mark.parametrize(
    "choice",
    [
        ("Approve", "DECLINE"),
        ("approve ", "decline"),
        ("\u00a0approve", "decline\u202f"),
        ("['approve']", '["decline"]'),
    ],
)
def test_spellings_of_one_word_meet(choice):
    assert agreement(frame(choice=choice)) == pytest.approx(AGREE)


def test_letters_of_another_normal_form_are_the_same_letters():
    assert agreement(frame(("prüfen", "zahlen"), ("pru\u0308fen", "zahlen"))) == pytest.approx(
        AGREE
    )


@pytest.mark.parametrize(
    ("advice", "choice"),
    [(("TRUE", "FALSE"), ("yes", "no")), (("Zusage", "Ablehnung"), ("approved", "declined"))],
)
def test_words_of_one_meaning_are_put_together_and_it_is_said(advice, choice):
    result = takeup.diagnose(frame(advice, choice), only=["adoption"])
    assert result.measures().adoption.overall.agreement.value == pytest.approx(AGREE)
    assert any("words of recommendation" in a for a in result.facts.assumptions)


@pytest.mark.parametrize("advice", [("1", "0"), ("go", "stop"), ("approve", "halt")])
def test_words_that_never_meet_are_asked_with_pairs_and_counts_and_refused(advice):
    with pytest.raises(InputError) as asked:
        agreement(frame(advice))
    assert f'"decline" = "{advice[1]}"' in str(asked.value)
    assert f'60 of them where it says "{advice[1]}"' in str(asked.value)


def test_the_answer_in_the_mapping_is_the_agreement():
    mapping = parse_mapping(
        {
            "constants": {"mode": "assist"},
            "columns": {"recommendation": "recommendation", "choice": "choice"},
            "values": {"choice": {"approve": "1", "decline": "0"}},
        },
        "m",
    )
    assert agreement(frame(("1", "0")), mapping=mapping) == pytest.approx(AGREE)


def test_a_third_choice_stands_for_itself_and_is_said():
    rows = frame()
    rows.loc[rows.index % 10 == 3, "choice"] = "ask_for_papers"
    rows.loc[rows.index % 10 == 4, "choice"] = "ask_for_papers"
    result = takeup.diagnose(rows, only=["adoption"])
    assert any(
        '"ask_for_papers" is chosen and never advised' in a for a in result.facts.assumptions
    )


def test_a_choice_that_goes_with_one_word_of_the_advice_is_asked():
    cases = [Case("", "pay", "pay", 40), Case("", "check", "check", 40), Case("", "pay", "payout", 30),
             Case("", "check", "payout", 4)]  # fmt: skip
    (unmet,), _ = unmet_words(cases)
    assert (unmet.word, unmet.others[0][0]) == ("payout", "pay")
    assert unmet_words(cases, {"payout"})[0] == []


def _with_untaken(word: str, n: int, judged: int, whole: int = 200) -> list[Case]:
    rest = whole - n
    return [Case("", "pay", "pay", rest - 20, rest - 20), Case("", "check", "check", 20, 20),
            Case("", word, "pay", n, judged)]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "n", "judged", "answers", "must"),
    [
        ("by hand", 50, 50, [], [True]),  # never right in fifty judged cases
        ("by hand", 50, 10, [], [False]),  # few are judged: it may be a class of the model
        ("by hand", 50, 50, [("", "by hand")], []),  # it was right: it is a class of the model
        ("by hand", 50, 50, [("other", "by hand")], [True]),
        ("by hand", 9, 9, [], []),  # a rare class
        ("no advice", 50, 0, [], [True]),
        ("Keine Empfehlung", 50, 0, [], [True]),
        ("no advice", 9, 0, [], []),
    ],
)
def test_advice_that_is_never_taken_nor_right_is_asked_whether_it_is_advice(
    word, n, judged, answers, must
):
    cases = _with_untaken(word, n, judged)
    unmet, notes = unmet_words(cases, answers=answers)
    assert [u.must for u in unmet] == must
    assert bool(notes) == (must != [True])
    assert unmet_words(cases, {word})[0] == []


def test_where_people_decide_one_way_alone_the_other_way_is_advice():
    cases = [Case("", "pay", "pay", 60, 60), Case("", "check", "pay", 60, 60)]
    assert [u.must for u in unmet_words(cases)[0]] == [False]


def test_a_model_that_abstains_is_not_wrong_where_it_does(tmp_path):
    rows = frame(n=280)
    rows["correct_choice"] = rows["choice"]
    rows.loc[::4, "recommendation"] = "no advice"
    with pytest.raises(InputError, match="right in all 70 of them that were judged") as asked:
        takeup.diagnose(rows, only=["paired"])
    assert '"no advice" = ""' in str(asked.value)
    mapping = {
        "columns": {c: c for c in rows.columns},
        "constants": {"mode": "assist"},
        "values": {"recommendation": {"no advice": ""}},
    }
    assert (
        takeup.diagnose(rows, mapping=mapping, only=["paired"]).measures().paired.overall.judged
        == 210
    )
    draft = first_draft(open_table(rows, Engine(), tmp_path))
    assert [q.column for q in draft.questions if q.must] == ["recommendation"]


def test_truth_in_other_capitals_is_truth_and_a_word_that_is_no_choice_is_counted(tmp_path):
    rows = frame()
    truth = pd.DataFrame(
        {"decision_id": rows["decision_id"], "correct_choice": rows["recommendation"].str.title()}
    )
    truth.loc[:9, "correct_choice"] = "unsure"
    result = takeup.diagnose(rows, outcomes=truth, only=["paired"])
    found = result.measures().paired.overall
    assert found.judged == 130
    assert found.model_right.value == pytest.approx(1.0)
    (problem,) = [p for p in result.facts.problems if p.rule == "no_choice"]
    assert (problem.count, problem.example) == (10, "unsure")


def test_truth_that_shares_no_word_is_refused():
    rows = frame()
    truth = pd.DataFrame({"decision_id": rows["decision_id"], "correct_choice": "right"})
    with pytest.raises(InputError, match="no word of this column was advised or chosen"):
        takeup.diagnose(rows, outcomes=truth, only=["paired"])


def test_none_is_a_choice_where_it_is_advised_and_chosen(tmp_path):
    frame(("None", "Surgery"), ("None", "Surgery")).to_csv(tmp_path / "t.csv", index=False)
    result = takeup.diagnose(str(tmp_path / "t.csv"), only=["adoption"])
    assert result.measures().adoption.overall.agreement.value == pytest.approx(AGREE)
    assert any('"None" is read as a choice' in a for a in result.facts.assumptions)


def _written(table: pd.DataFrame, source: str, tmp_path):
    """The table as one of the sources a person may hand over."""
    if source == "csv":
        table.to_csv(tmp_path / "t.csv", index=False)
        return tmp_path / "t.csv"
    if source == "parquet":
        table.to_parquet(tmp_path / "t.parquet", index=False)
        return tmp_path / "t.parquet"
    if source == "database":
        with duckdb.connect(tmp_path / "t.db") as database:
            database.register("given", table)
            database.execute("CREATE TABLE decisions AS SELECT * FROM given")
        return f"duckdb://{tmp_path / 't.db'}/decisions"
    made = {"pandas": lambda t: t, "polars": pl.from_pandas, "arrow": pa.Table.from_pandas}
    return made[source](table)


@pytest.mark.parametrize("blank", ["", " ", None])
@pytest.mark.parametrize("source", ["csv", "pandas", "polars", "arrow", "parquet", "database"])
def test_an_empty_text_is_no_advice_choice_or_truth_whatever_the_source(source, blank, tmp_path):
    table = frame()
    table["correct_choice"] = table["recommendation"]
    table = table.astype(object)
    table.loc[:39, "recommendation"] = blank
    table.loc[40:59, "choice"] = blank
    table.loc[60:69, "correct_choice"] = blank
    result = takeup.diagnose(_written(table, source, tmp_path), only=["adoption", "paired"])
    found = result.measures()
    assert result.facts.reconciliation.rows_rejected == 20
    assert found.adoption.overall.agreement.n == 80
    assert found.paired.overall.judged == 70
    assert not [a for a in result.facts.assumptions if '""' in a]


def test_a_cell_that_holds_nothing_is_unknown_whichever_words_for_it_are_declared():
    rows = frame()
    rows.loc[:39, "recommendation"] = [""] * 20 + ["?"] * 20
    mapping = {
        "columns": {c: c for c in rows.columns},
        "constants": {"mode": "assist"},
        "file": {"blanks": ["?"]},
    }
    result = takeup.diagnose(rows, mapping=mapping, only=["adoption"])
    assert result.measures().adoption.overall.agreement.n == 100


def test_blanks_alone_are_no_id_in_a_typed_source():
    ids = pd.DataFrame({"decision_id": ["", " ", "  ", "\t", None, "d1", " d2"]})
    (kept,) = fetch(_read(ids, ["decision_id"]).select("decision_id")).to_pydict().values()
    assert kept == [None] * 5 + ["d1", " d2"]


def _read(table: pd.DataFrame, columns: list[str]):
    table = table.assign(recommendation="p", choice="p")
    columns = {c: c for c in (*columns, "recommendation", "choice")}
    mapping = parse_mapping({"columns": columns, "constants": {"mode": "assist"}}, "m")
    return read_table(open_table(table, Engine(), Path()), mapping, UseCase()).table


@pytest.mark.parametrize("declared", ["use case", "several use cases", "mapping"])
@pytest.mark.parametrize("text", ["none", "None "])
def test_none_is_a_choice_where_it_is_declared_as_one(text, declared, tmp_path):
    rows = frame(("offer", "refer"), ("offer", "refer"))
    rows["correct_choice"] = text
    rows.loc[::2, "choice"] = text
    rows["use_case"] = ["a", "b"] * 70 if declared == "several use cases" else "a"
    rows.to_csv(tmp_path / "t.csv", index=False)
    case = UseCase(choices=["offer", "refer", "none"])
    cases = {"a": case, "b": case} if rows["use_case"].nunique() > 1 else {"a": case}
    columns = {c: c for c in rows.columns}
    mapping = {"columns": columns, "constants": {"mode": "assist"}}
    if declared == "mapping":
        mapping["values"] = {"choice": {"none": "none"}}
    result = takeup.diagnose(
        tmp_path / "t.csv",
        mapping=mapping,
        use_case=None if declared == "mapping" else cases,
        only=["paired"],
    )
    assert result.facts.reconciliation.rows_rejected == 0
    judged = [result.measures(name).paired.overall for name in sorted(set(rows["use_case"]))]
    assert sum(found.judged for found in judged) == 140


def test_padded_texts_are_trimmed_wherever_they_stand(tmp_path):
    rows = frame()
    rows["population"] = ["north   " if i % 2 else "south" for i in range(len(rows))]
    rows["person_id"] = [f"p{i % 9}" + "  " * (i % 2) for i in range(len(rows))]
    rows.to_csv(tmp_path / "t.csv", index=False)
    result = takeup.diagnose(str(tmp_path / "t.csv"), only=["adoption"])
    found = result.measures().adoption
    assert {g.key for g in found.groups["population"]} == {"north", "south"}
    assert found.overall.people == 9


def test_a_source_that_has_got_other_words_since_is_held_as_it_is():
    from takeup.log import Engine, fetch, keep

    engine = Engine()
    engine.run("CREATE TEMP TABLE live AS SELECT 'north' AS team UNION ALL SELECT 'new in town'")
    kept = keep(engine.table("live"), {"team": {"north"}})
    assert sorted(fetch(kept)["team"].to_pylist()) == ["new in town", "north"]


def test_words_of_two_systems_are_of_one_meaning_and_two_words_of_one_system_are_not(tmp_path):
    """`approved` and `genehmigt` come from two systems; who writes `rejected` and `declined` means two
    things."""
    advice = ["Zusage", "Ablehnung"] * 60

    def guessed(*choices: str) -> dict[str, str]:
        table = pd.DataFrame(
            {"Empfehlung": advice, "Entscheidung": [*choices] * (120 // len(choices))}
        )
        raw = open_table(table, Engine(), tmp_path)
        return first_draft(raw).mapping.values.get("choice", {})

    two = guessed("genehmigt", "abgelehnt", "approved", "declined")
    assert set(two) >= {"genehmigt", "approved"}
    assert two["genehmigt"] == two["approved"]
    apart = guessed("approved", "declined", "approved", "rejected")
    assert not {"declined", "rejected"} & set(apart)


def test_a_first_answer_that_is_no_choice_is_asked_about(tmp_path):
    table = frame()
    table["initial_choice"] = ["approve", "decline", "unsure", "decline"] * 35
    draft = first_draft(open_table(table, Engine(), tmp_path))
    asked = [q for q in draft.questions if q.column == "initial_choice"]
    assert ["35 rows" in q.text and '"unsure"' in q.text for q in asked] == [True]
    assert [a.lines.splitlines()[-1] for a in asked[0].answers] == [
        'unsure = "approve"', 'unsure = "decline"', 'unsure = ""',
    ]  # fmt: skip


def test_a_mistyped_word_of_the_mapping_is_told_with_the_one_that_stands_there(tmp_path):
    table = frame(choice=("approve", "Ablehnungg"))
    mapping = {
        "columns": {c: c for c in table.columns}, "constants": {"mode": "assist"},
        "values": {"choice": {"Ablehnung": "decline"}},
    }  # fmt: skip
    table.loc[0, "choice"] = "Ablehnung"
    assert not told(table, mapping, tmp_path)
    table.loc[0, "choice"] = "approve"
    (note,) = told(table, mapping, tmp_path)
    assert '"Ablehnung" ([values.choice]); "Ablehnungg" stands there' in note


def told(table, mapping, tmp_path) -> list[str]:
    raw = open_table(table, Engine(), tmp_path)
    notes = look(raw, parse_mapping(mapping, "mapping")).seen.notes
    return [n for n in notes if "no row of" in n]
