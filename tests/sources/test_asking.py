"""`takeup map --ask`: what is open is asked in the terminal, and the mapping holds the answers."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import takeup
from takeup.cli import app
from takeup.log import Engine
from takeup.record.mapping import read_mapping
from takeup.sources.draft import first_draft
from takeup.sources.open_table import open_table
from takeup.sources.opened import open_decisions

N = 240


@pytest.fixture
def vorgaenge(tmp_path: Path) -> Path:
    """A German export: two systems name the choices, amounts have decimal commas, some rows are drafts."""
    rng = np.random.default_rng(1)
    advice = rng.choice(["auszahlen", "prüfen"], N)
    agrees = rng.random(N) < 0.8
    meant = np.where(agrees, advice, np.where(advice == "prüfen", "auszahlen", "prüfen"))
    words = {"auszahlen": ["payout", "ausgezahlt"], "prüfen": ["manual review", "manuell geprüft"]}
    frame = pd.DataFrame(
        {
            "Vorgangs-Nr": [f"V{i}" for i in range(N)],
            "Sachbearbeiter": [f"SB-{i % 12}" for i in range(N)],
            "entschieden am": [f"{1 + i % 28:02d}.03.2026 09:{i % 60:02d}" for i in range(N)],
            "Betrag (EUR)": [f"{1 + i % 9}.{i % 1000:03d},50" for i in range(N)],
            "Modellvorschlag": advice,
            "Entscheidung": [words[w][i % 2] for i, w in enumerate(meant)],
            "Bearbeitungsdauer (min)": "2,5",
            "Kunde": [f"Kunde {i}" for i in range(N)],
            "Region": rng.choice(["Nord", "Süd"], N),
            "gueltig": ["nein" if i % 10 == 0 else "ja" for i in range(N)],
        }
    )
    frame.attrs["agrees"] = float(agrees[np.arange(N) % 10 != 0].mean())
    path = tmp_path / "Vorgänge 2026.csv"
    frame.to_csv(path, sep=";", index=False)
    (tmp_path / "truth").write_text(str(frame.attrs["agrees"]))
    return path


def run(*arguments: str, answers: str = ""):
    return CliRunner().invoke(app, list(arguments), input=answers)


def asked(path: Path, answers: str):
    out = path.with_name("m.toml")
    done = run("map", str(path), "--ask", "--out", str(out), answers=answers)
    assert done.exit_code == 0, done.output
    return done.output, out


def test_what_a_person_would_find_is_found(vorgaenge, tmp_path):
    mapping = first_draft(open_table(str(vorgaenge), Engine(), tmp_path)).mapping
    assert mapping.columns == {
        "case_id": "Vorgangs-Nr", "person_id": "Sachbearbeiter", "decided_at": "entschieden am",
        "recommendation": "Modellvorschlag", "choice": "Entscheidung", "value": "Betrag (EUR)", "x_region": "Region",
    }  # fmt: skip
    assert mapping.computed == {"duration_s": 'col("Bearbeitungsdauer (min)") * 60'}
    assert (mapping.file.decimal, mapping.file.date_order) == (",", "dmy")


def test_answers_lead_to_a_command_that_works_and_to_the_true_agreement(vorgaenge):
    said, out = asked(vorgaenge, "1\n1\n1\n1\n1\nEurope/Berlin\n")
    command = shlex.split(said.strip().splitlines()[-1])
    assert command[:2] == ["takeup", "diagnose"]
    report = str(out.with_name("r.html"))
    done = run(*command[1:], "--out", report, "--json", str(out.with_name("r.json")))
    assert done.exit_code == 0, done.output
    mapping = read_mapping(out)
    assert mapping.file.time_zone == "Europe/Berlin"
    assert mapping.values["choice"] == {
        "payout": "auszahlen", "ausgezahlt": "auszahlen", "manual review": "prüfen", "manuell geprüft": "prüfen",
    }  # fmt: skip
    (table,) = open_decisions(str(vorgaenge), mapping=mapping).table.tables.values()
    agrees = (table.recommendation == table.choice).mean().to_pyarrow().as_py()
    assert agrees == pytest.approx(float(vorgaenge.with_name("truth").read_text()))
    assert table.count().to_pyarrow().as_py() == N - N // 10


def test_what_is_left_open_stays_open_and_the_last_line_asks_again(vorgaenge):
    said, out = asked(vorgaenge, "0\n" * 6)
    assert said.strip().splitlines()[-1].endswith("--ask")
    assert "must be answered: " in said
    assert "# must be answered: column Entscheidung" in out.read_text(encoding="utf-8")
    assert "values" not in tomllib.loads(out.read_text(encoding="utf-8"))


def test_an_answer_that_is_none_is_asked_again(vorgaenge):
    said, out = asked(vorgaenge, "7\nmaybe\n1\n1\n1\n1\n1\nBerlin\nEurope/Berlin\n")
    assert "write a number from 0 to 4" in said
    assert "is not a time zone" in said
    assert read_mapping(out).file.time_zone == "Europe/Berlin"


def test_an_end_in_the_middle_writes_nothing(vorgaenge):
    done = run(
        "map", str(vorgaenge), "--ask", "--out", str(vorgaenge.with_name("m.toml")), answers="1\n"
    )
    assert done.exit_code != 0
    assert not vorgaenge.with_name("m.toml").exists()


def test_a_word_for_unknown_is_a_mapping_to_nothing_for_words_and_numbers(tmp_path):
    frame = pd.DataFrame(
        {
            "recommendation": ["yes", "no"] * 30,
            "choice": ["yes", "no"] * 30,
            "outcome": ["1", "open", "0"] * 20,
            "population": ["north", "nobody knows"] * 30,
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "m.toml").write_text(
        '[constants]\nmode = "assist"\n[columns]\nrecommendation = "recommendation"\nchoice = "choice"\n'
        'outcome = "outcome"\npopulation = "population"\n[values.outcome]\nopen = ""\n'
        '[values.population]\n"nobody knows" = ""\n'
    )
    opened = open_decisions(str(tmp_path / "t.csv"), mapping=tmp_path / "m.toml")
    (rows,) = opened.table.tables.values()
    found = (
        rows.aggregate(o=rows.y_outcome.count(), p=rows.population.count()).to_pyarrow().to_pylist()
    )
    assert opened.table.reconciliation.rows_rejected == 0
    assert found == [{"o": 40, "p": 30}]


def test_a_column_of_amounts_whose_first_rows_are_words_is_one_of_amounts(tmp_path):
    rows = 4_000
    frame = pd.DataFrame(
        {
            "recommendation": ["yes", "no"] * (rows // 2),
            "choice": ["yes", "no"] * (rows // 2),
            "loan_amount": ["to come"] * 150 + [f"{i}.25" for i in range(150, rows)],
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    draft = first_draft(open_table(str(tmp_path / "t.csv"), Engine(), tmp_path))
    assert draft.mapping.columns["value"] == "loan_amount"


def test_an_id_that_repeats_and_drafts_are_asked_about(tmp_path):
    n = 104
    frame = pd.DataFrame(
        {
            "id": [min(i, 99) for i in range(n)],
            "recommendation": ["yes", "no"] * (n // 2),
            "choice": ["yes", "no"] * (n // 2),
            "status": ["draft" if i < 9 else "submitted" for i in range(n)],
        }
    )
    draft = first_draft(open_table(frame, Engine(), tmp_path))
    by_column = {q.column: q for q in draft.questions}
    assert "repeats: 104 rows, 100 different values" in by_column["id"].text
    assert draft.mapping.columns["case_id"] == "id"
    assert 'status says "draft" of some rows' in by_column["status"].text
    assert not any(name.startswith("x_status") for name in draft.mapping.columns)


def test_a_column_by_which_rows_are_left_out_is_not_told_as_unused(tmp_path):
    path = tmp_path / "t.csv"
    words = ["yes", "no"]
    rows = [(i, f"p{i % 12}", words[i % 2], words[i % 2], i < 90) for i in range(120)]
    columns = ["decision_id", "person_id", "recommendation", "choice", "valid"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    assert "not used: valid" not in asked(path, "1\n")[0]
    assert "not used: valid" in asked(path, "2\n")[0]


def alerts(response: list[str], head: str = "Response") -> pd.DataFrame:
    n = 300
    return pd.DataFrame(
        {
            "Physician": [f"Dr. {'ABCDEFGHIJKL'[i % 12]}" for i in range(n)],
            "Ward": [f"W{i % 3}" for i in range(n)],
            "Fired at": [
                f"04/{13 + i % 15}/2026 {1 + i % 12:02d}:{i % 60:02d} PM" for i in range(n)
            ],
            head: [response[i % len(response)] for i in range(n)],
        }
    )


def test_a_word_of_action_that_is_not_known_is_asked_and_never_passed_over(tmp_path):
    path = tmp_path / "alerts.csv"
    alerts(["heeded", "dismissed", "dismissed"]).to_csv(path, index=False)
    done = run("diagnose", str(path), "--out", str(tmp_path / "r.html"))
    assert '"heeded" is no action that is known' in str(done.exception)
    _, out = asked(path, "1\n0\n")
    mapping = read_mapping(out)
    assert mapping.values["action"] == {"dismissed": "overridden", "heeded": "followed"}
    assert mapping.columns["decided_at"] == "Fired at"
    (rows,) = open_decisions(str(path), mapping=mapping).table.tables.values()
    shares = rows.aggregate(f=(rows.action == "followed").mean()).to_pyarrow()["f"][0].as_py()
    assert shares == pytest.approx(1 / 3)


def test_where_no_column_bears_a_name_that_is_known_the_column_is_asked_for(tmp_path):
    path = tmp_path / "alerts.csv"
    alerts(["Accepted", "Dismissed"], "Outcome of alert").to_csv(path, index=False)
    said, out = asked(path, "1\n0\n")
    assert "1  Outcome of alert (Accepted, Dismissed)" in said
    assert "Physician" not in said.split("Does a column say")[1].split("0  leave")[0]
    assert read_mapping(out).columns["action"] == "Outcome of alert"
    assert not any(n.startswith("x_outcome") for n in read_mapping(out).columns)


@pytest.mark.parametrize("name", ["Prüfer", "Erfasser", "Kürzel"])
def test_where_no_column_is_known_to_say_who_decided_it_is_asked_for(tmp_path, name):
    path = tmp_path / "antraege.csv"
    words = ["Zusage", "Ablehnung"]
    rows = [(i, f"SB{i % 20:02}", words[i % 2], words[i % 3 % 2]) for i in range(200)]
    pd.DataFrame(rows, columns=["Antragsnummer", name, "Empfehlung", "Entscheidung"]).to_csv(
        path, index=False
    )
    said, out = asked(path, "1\n")
    assert "Which column says who decided (person_id)? Without it" in said
    assert f"1  {name} (SB00, SB01" in said
    columns = read_mapping(out).columns
    assert columns["person_id"] == name
    assert sum(c == name for c in columns.values()) == 1


def test_a_choice_that_is_never_advised_is_asked_and_may_be_a_case_sent_on_undecided(tmp_path):
    path = tmp_path / "antraege.csv"
    words = ["Zusage", "Ablehnung"]
    rows = [
        (f"SB{i % 20:02}", words[i % 2], "Rückfrage" if i % 10 in (3, 6) else words[i % 2])
        for i in range(200)
    ]
    pd.DataFrame(rows, columns=["Sachbearbeiter", "Empfehlung", "Entscheidung"]).to_csv(
        path, index=False
    )
    for answer, agreed in (("\n", 0.8), ("2\n", 1.0), ("3\n", 1.0)):
        said, out = asked(path, answer)
        assert 'says "Rückfrage" in 40 cases; column Empfehlung never does. What is it?' in said
        agreement = takeup.diagnose(path, mapping=out).measures().adoption.overall.agreement
        assert agreement.value == pytest.approx(agreed)
        out.unlink()


def test_a_choice_that_says_nothing_is_none_under_which_an_outcome_is_seen(tmp_path):
    path = tmp_path / "antraege.csv"
    words = ["Zusage", "Ablehnung"]
    rows = [
        (f"SB{i % 20:02}", words[i % 2], "Rückfrage" if i % 10 in (3, 6) else words[i % 2])
        for i in range(200)
    ]
    columns = ["Sachbearbeiter", "Empfehlung", "Entscheidung"]
    frame = pd.DataFrame(rows, columns=columns)
    seen = frame["Entscheidung"] != "Ablehnung"
    frame["Ausfall"] = seen.map({True: "nein", False: None})
    frame.to_csv(path, index=False)
    _, out = asked(path, "3\n")
    assert read_mapping(out).use_case.outcome.observed_when == ["approve"]
    takeup.diagnose(path, mapping=out)


@pytest.mark.parametrize(("answer", "seconds"), [("1\n", 5.0), ("2\n", 300.0), ("3\n", 18000.0)])
def test_the_unit_of_a_duration_that_its_name_does_not_say_is_asked(tmp_path, answer, seconds):
    path = tmp_path / "antraege.csv"
    words = ["Zusage", "Ablehnung"]
    rows = [(f"SB{i % 20:02}", words[i % 2], words[i % 2], 4 + i % 3) for i in range(120)]
    columns = ["Sachbearbeiter", "Empfehlung", "Entscheidung", "Bearbeitungszeit"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    said, out = asked(path, answer)
    assert "column Bearbeitungszeit says how long a case took: in which unit?" in said
    (rows,) = open_decisions(str(path), mapping=read_mapping(out)).table.tables.values()
    assert rows.duration_s.mean().execute() == pytest.approx(seconds)


def test_a_mapping_that_was_there_is_kept_beside_the_new_one(vorgaenge):
    out = vorgaenge.with_name("m.toml")
    out.write_text("# mine\n")
    said, _ = asked(vorgaenge, "0\n" * 6)
    assert out.with_name("m.toml.before").read_text() == "# mine\n"
    assert "is kept as m.toml.before" in said
    asked(vorgaenge, "0\n" * 6)
    assert out.with_name("m.toml.before").read_text() == "# mine\n"
    assert out.with_name("m.toml.before-1").exists()
