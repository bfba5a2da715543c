"""A newcomer's path: a CSV of their own, in their own words, to a report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

POOR = """Antrag;Sachbearbeiter;Datum;Empfehlung;Entscheidung;Betrag
1;A;31.01.2026;approve;approve;1.000,50
2;A;01.02.2026;decline;approve;2.000,00
3;B;02.02.2026;approve;approve;900,00
4;B;30/30/2026;approve;decline;800,00
"""


def takeup(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "takeup.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_own_csv_becomes_a_report_and_bad_rows_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(POOR, encoding="utf-8")
    done = takeup("diagnose", "own.csv", "--json", "own.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'own.csv, row 5, column Datum: "30/30/2026" is not a date' in done.stdout
    read = json.loads((tmp_path / "own.json").read_text())["input"]
    assert (read["rows_read"], read["rows_used"], read["rows_rejected"]) == (4, 3, 1)
    assert (tmp_path / "report.rejects.csv").read_text().splitlines()[1].startswith("5,")
    assert "<script" not in (tmp_path / "report.html").read_text()


def test_missing_file_ends_in_one_sentence(tmp_path: Path) -> None:
    done = takeup("diagnose", "absent.csv", cwd=tmp_path)
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
