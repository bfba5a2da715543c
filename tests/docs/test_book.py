"""The book says what the software does: every column, key and command of it is checked."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from takeup.questions.shared.weekly_shares import weekly_shares
from takeup.record.columns import DECISION_COLUMNS, ELIGIBLE_COLUMNS, OUTCOME_COLUMNS
from takeup.record.interventions import Interventions
from takeup.record.mapping import FileOptions, Mapping, parse_mapping
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.toml_file import declare
from takeup.record.use_case import OutcomeRule, UseCase
from takeup.record.vocabulary import OVERRIDE_REASONS
from takeup.server.deployment.settings import ServerSettings
from tests.forked import takeup

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "docs"


def page(name: str) -> str:
    return (BOOK / name).read_text(encoding="utf-8")


def test_every_column_has_its_row():
    text = page("reference/columns.md")
    for column in (*DECISION_COLUMNS, *OUTCOME_COLUMNS, *ELIGIBLE_COLUMNS):
        assert f"| `{column.name}` |" in text
        assert column.meaning in text


def test_every_key_of_a_declaration_has_its_row():
    text = page("reference/declarations.md")
    for name in (*UseCase.model_fields, *OutcomeRule.model_fields, *Population.model_fields):
        assert f"| `{name}` |" in text
    for name, value in Settings().model_dump().items():
        for key in value if isinstance(value, dict) else [None]:
            assert f"| `{name}.{key}` |" in text or f"| `{name}` |" in text


def test_every_key_of_a_declaration_says_what_it_means():
    rows = [line for line in page("reference/declarations.md").splitlines() if line[:3] == "| `"]
    for row in rows:
        _, *told = (cell.strip() for cell in row.strip().strip("|").split("|"))
        assert len(told) == 2, row
        assert all(told), row


def test_every_reason_that_may_be_given_by_default_is_told():
    text = page("reference/declarations.md")
    assert all(f"`{reason}`" in text for reason in OVERRIDE_REASONS)


def test_the_mappings_of_the_book_are_mappings():
    for block in re.findall(r"```toml\n(.*?)```", page("reference/mapping.md"), re.S):
        assert parse_mapping(tomllib.loads(block), "book")


def test_the_interventions_of_the_book_are_such():
    (block,) = re.findall(r"```toml\n(.*?)```", page("how-to/interventions.md"), re.S)
    (run,) = declare(Interventions, tomllib.loads(block), "book").run.values()
    assert set(type(run).model_fields) - run.model_fields_set <= {"use_case"}
    assert all(f"`{name}`" in page("how-to/interventions.md") for name in weekly_shares())


def test_every_setting_of_the_server_has_its_row():
    text = page("how-to/run.md")
    for name in ServerSettings.model_fields:
        assert f"| `TAKEUP_{name.upper()}` |" in text


def test_every_part_of_a_mapping_is_described():
    text = page("reference/mapping.md")
    for name in (*Mapping.model_fields, *FileOptions.model_fields):
        assert name in text


def test_every_link_of_the_book_leads_somewhere():
    for file in [ROOT / "README.md", *BOOK.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name}: {target}"


def commands(name: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", page(name), re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(BOOK / "examples" / "loan-desk.csv", folder)
    return folder


def test_commands_of_the_guides_run_in_order(desk):
    for line in [
        *commands("how-to/own-table.md"),
        *commands("how-to/panel.md"),
        *commands("how-to/simulate.md"),
    ]:
        words = shlex.split(line)
        assert words[0] == "takeup"
        done = takeup(*words[1:], cwd=desk)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (desk / "report.html").exists()
    assert (desk / "to-judge.key.csv").exists()


def test_python_of_the_guide_runs_after_the_commands(desk, monkeypatch):
    monkeypatch.chdir(desk)
    if not (desk / "mapping.toml").exists():
        assert takeup("map", "loan-desk.csv", cwd=desk).returncode == 0
    for block in re.findall(r"```python\n(.*?)```", page("how-to/own-table.md"), re.S):
        exec(compile(block, "own-table.md", "exec"), {})
