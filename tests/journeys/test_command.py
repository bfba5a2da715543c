"""A newcomer's path: a CSV of their own, in their own words, to a report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import takeup

POOR = """Antrag;Sachbearbeiter;Datum;Empfehlung;Entscheidung;Betrag
1;A;31.01.2026;approve;approve;1.000,50
2;A;01.02.2026;decline;approve;2.000,00
3;B;02.02.2026;approve;approve;900,00
4;B;30/30/2026;approve;decline;800,00
"""


def test_own_csv_becomes_a_report_and_bad_rows_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(POOR, encoding="utf-8")
    done = takeup("diagnose", "own.csv", "--json", "own.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'own.csv, row 5, column Datum: "30/30/2026" is not a date' in done.stdout
    read = json.loads((tmp_path / "own.json").read_text())["input"]
    assert (read["rows_read"], read["rows_used"], read["rows_rejected"]) == (4, 3, 1)
    assert (tmp_path / "report.rejects.csv").read_text().splitlines()[1].startswith("5,")
    assert "<script" not in (tmp_path / "report.html").read_text()


def test_the_json_can_go_to_the_standard_output_where_it_is_alone(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(POOR, encoding="utf-8")
    done = takeup("diagnose", "own.csv", "--json", "-", cwd=tmp_path)
    assert json.loads(done.stdout)["input"]["rows_used"] == 3
    assert "Report: " in done.stderr
    assert not (tmp_path / "-").exists()


ACTION = """[run.huddles]
action = "A-MG3"
population = "north"
starts_on = 2026-02-02
check_on = {check}
indicator = "consult_rate"
direction = "up"
smallest = 0.05
"""


def test_what_was_done_goes_in_as_a_file_and_its_mistakes_are_sentences(tmp_path: Path) -> None:
    rows = [
        f"{i},p{i % 40},{('north', 'south')[i % 2]},2026-01-{1 + i % 28:02d},approve,approve,{'yes' if i % 3 else 'no'}"
        for i in range(1_200)
    ]
    head = "decision_id,person_id,population,decided_at,recommendation,choice,consulted"
    (tmp_path / "own.csv").write_text("\n".join([head, *rows]))
    file = tmp_path / "actions.toml"
    file.write_text(ACTION.format(check="2026-01-05"))
    done = takeup("diagnose", "own.csv", "--interventions", "actions.toml", cwd=tmp_path)
    assert done.returncode != 0
    assert "declared, starts, should show and is checked, in this order" in done.stderr
    file.write_text(ACTION.format(check="2026-04-27"))
    command = ("diagnose", "own.csv", "--interventions", "actions.toml", "--json", "own.json")
    assert takeup(*command, cwd=tmp_path).returncode == 0
    (told,) = json.loads((tmp_path / "own.json").read_text())["diagnoses"]
    (run,) = told["measures"]["intervention_effect"]["open"]
    assert run["run"] == "huddles"
    assert "the table ends before" in run["why"]
    assert "cannot be judged yet" in (tmp_path / "report.html").read_text()


def test_missing_file_ends_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "takeup.cli", "diagnose", "absent.csv"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_reports_on_a_simulated_bank(tmp_path: Path) -> None:
    done = takeup("demo", "--out", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "demo" / "report.json").read_text())
    truth = json.loads((tmp_path / "demo" / "truth.json").read_text())
    measures = document["diagnoses"][0]["measures"]
    assert measures["adoption"]["consult_rate"]["value"] == truth["adoption"]["consult_rate"]
    paired = measures["paired"]["person_minus_model"]
    assert paired["low"] <= truth["paired"]["person_minus_model"] <= paired["high"]
    assert (tmp_path / "demo" / "report.html").stat().st_size < 3_000_000


def test_interrupted_run_leaves_nothing_half_written(tmp_path: Path, monkeypatch) -> None:
    from takeup import cli
    from takeup.api import Result

    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    (tmp_path / "own.csv").write_text(POOR, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Result, "to_json", interrupted)
    monkeypatch.setattr("sys.argv", ["takeup", "diagnose", "own.csv", "--json", "own.json"])
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code == 130
    assert not [p for p in tmp_path.iterdir() if p.suffix == ".part" or p.name == "own.json"]


def test_strict_run_with_rejected_rows_has_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(POOR, encoding="utf-8")
    assert takeup("diagnose", "own.csv", "--strict", cwd=tmp_path).returncode == 3
    assert takeup("check", "own.csv", cwd=tmp_path).returncode == 3
    assert takeup("diagnose", cwd=tmp_path).returncode == 2
    assert takeup("diagnose", "own.csv", "--no-such", cwd=tmp_path).returncode == 2


def test_template_is_a_workbook_a_data_team_can_fill(tmp_path: Path) -> None:
    import pandas as pd

    done = takeup("template", "--out", "request.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    sheets = pd.read_excel(tmp_path / "request.xlsx", sheet_name=None, engine="calamine")
    assert set(sheets) == {"Request", "Columns", "Example", "What no table holds"}
    assert {"person_id", "consulted", "truth_probability"} <= set(sheets["Columns"]["column"])
    sheets["Example"].to_csv(tmp_path / "example.csv", index=False)
    assert takeup("diagnose", "example.csv", cwd=tmp_path).returncode == 0


def test_help_does_not_load_the_heavy_parts() -> None:
    code = "import sys, takeup.cli; sys.exit(any(m in sys.modules for m in ('ibis', 'altair', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
