"""What changed since an earlier diagnosis, and the report as PDF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from takeup.cli import main
from takeup.record.errors import InputError
from takeup.report.pdf import with_literal_colours, write_pdf
from takeup.simulate import simulate, write_programme
from tests.forked import takeup
from tests.questions.programmes import bank, diagnosed


def diagnose(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    files = {name: folder / f"{name}.parquet" for name in ("decisions", "outcomes")}
    command = [
        "diagnose", str(files["decisions"]),
        "--outcomes", str(files["outcomes"]), "--use-case", str(folder / "use_case.toml"),
        "--population", str(folder / "population.toml"), "--survey", str(folder / "survey.csv"),
        "--interviews", str(folder / "interviews.csv"), "--panel", str(folder / "panel.csv"),
        "--out", str(folder / "report.html"), "--json", str(folder / "report.json"), *more,
    ]  # fmt: skip
    return takeup(*command, cwd=folder)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    before, after = (tmp_path_factory.mktemp(n) for n in ("before", "after"))
    write_programme(simulate("bank", seed=1), before)
    write_programme(simulate("bank", seed=2, relief=0.6), after)
    assert diagnose(before).returncode == 0
    return before, after


def test_a_real_change_is_told_from_noise_and_printed(folders):
    before, after = folders
    done = diagnose(
        after, "--compare", str(before / "report.json"), "--pdf", str(after / "report.pdf")
    )
    assert done.returncode == 0, done.stderr
    (changed,) = json.loads((after / "report.json").read_text())["changes"]
    figures = {(f["figure"], f["population"]): f for f in changed["figures"]}
    looked = figures["looked at", "all"]
    assert looked["beyond_noise"]
    assert looked["low"] > 0.3
    assert not figures["advice wrong", "all"]["beyond_noise"]
    assert "weeks are in both" in changed["overlap"]
    assert "Since the last diagnosis" in (after / "report.html").read_text()
    assert (after / "report.pdf").read_bytes().startswith(b"%PDF")


def test_two_programmes_alike_differ_by_noise_only():
    beyond = total = 0
    for seed in range(2, 8):
        changed = bank(seed)[1].changes(json.loads(bank(1)[1].to_json()))
        beyond += sum(f.beyond_noise for f in changed[0].figures)
        total += len(changed[0].figures)
    assert total > 100
    assert beyond / total <= 0.10


def test_the_printed_report_holds_its_words_and_fonts_and_no_variable(folders, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: `make test` installs poppler-utils")
    _, result = bank(1)
    path = tmp_path / "report.pdf"
    result.to_pdf(path)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    words = " ".join(text.stdout.split())
    assert result.shared[0].findings[0].title[:30] in words
    assert "takeup" in words
    first_sheet = text.stdout.split("\f")[0]
    assert all(f"{place}:" in first_sheet for place in ("First", "Second", "Third", "Fourth")), (
        "the first sheet holds what to do first, and is not left half empty"
    )
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    assert "Inter" in fonts
    assert "Source-Serif" in fonts
    assert not re.search(r"var\(--", with_literal_colours(result.to_html()))


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "there is no such file"), ("not json", "is no JSON"), ("{}", "is no diagnosis")],
)
def test_an_earlier_file_that_is_none_is_named(folders, tmp_path, text, words):
    path = tmp_path / "earlier.json"
    if text is not None:
        path.write_text(text)
    (folders[0] / "report.html").unlink(missing_ok=True)
    done = diagnose(folders[0], "--compare", str(path))
    assert not (folders[0] / "report.html").exists()
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_report_fetches_nothing_when_it_is_printed(tmp_path):
    write_pdf('<img src="https://example.invalid/x.png"><p>words</p>', tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").exists()
    with pytest.raises(InputError, match="cannot be written"):
        write_pdf("<p>words</p>", Path("/proc/nowhere/a.pdf"))


def test_bad_rows_of_a_survey_are_named_and_the_rest_is_used(tmp_path):
    programme = simulate("bank", seed=1)
    rows = programme.survey.to_pandas().astype(object)
    rows.loc[3, "JS1"] = "seven"
    rows.loc[4, "VM2"] = 9
    result = diagnosed(programme, survey=rows)
    sentences = [p.sentence() for p in result.facts.problems]
    assert any('"seven" is no answer from 1 to 5' in s for s in sentences)
    assert any("column VM2" in s and "row" in s for s in sentences)
    one = result.measures().resistance.populations[0]
    assert one.survey.respondents >= 20


@pytest.mark.parametrize(
    ("kind", "columns", "words"),
    [("survey", {"population": ["x"]}, "is no survey file"),
     ("interviews", {"primary": ["JS"]}, "is no interview file"),
     ("panel", {"reviewer": ["a"], "would_override": ["yes"]}, "names no decision_id"),
     ("panel", {"decision_id": ["a"]}, "is no panel file")],
)  # fmt: skip
def test_a_file_of_another_kind_is_named(kind, columns, words):
    import pandas as pd

    programme = simulate("bank", people=20, weeks=2, seed=1)
    with pytest.raises(InputError, match=words):
        diagnosed(programme, **{kind: pd.DataFrame(columns)})


def test_a_missing_printer_is_said_before_the_work_and_nothing_is_written(
    folders, tmp_path, monkeypatch, capsys
):
    before, _ = folders
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    table, printed = str(before / "decisions.parquet"), str(tmp_path / "report.pdf")
    argv = ["takeup", "diagnose", table, "--out", str(tmp_path / "report.html"), "--pdf", printed]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == 1
    assert "pip install 'takeup[pdf]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
