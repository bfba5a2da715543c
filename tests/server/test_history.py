"""An old table brought in as history is measured as the table itself."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import takeup
from takeup.record.errors import InputError
from takeup.simulate import simulate, write_programme
from tests.server.same_figures import differences

DESK = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return write_programme(
        simulate("bank", people=40, weeks=4, seed=3), tmp_path_factory.mktemp("bank")
    )


def brought_in(paths, **options):
    from takeup.server.recording.record_api.import_history import import_history
    from takeup.sources.history import open_history

    history = open_history(str(paths["decisions"]), **options)
    return history, import_history(history.tables, "import")


def told(result) -> dict:
    """What a diagnosis says, without what names its input."""
    (one,) = json.loads(result.to_json("share"))["diagnoses"]
    return one


def from_log(log, use_case):
    from takeup.server.recording.record_api.reading import recorded

    tables = recorded(log)
    return takeup.diagnose(
        tables["decisions"], eligible=tables.get("eligible"), outcomes=tables.get("outcomes"),
        use_case=use_case,
    )  # fmt: skip


def test_the_diagnosis_of_history_is_the_diagnosis_of_its_table(store, log, bank):
    sides = {"outcomes": str(bank["outcomes"]), "eligible": str(bank["eligible"])}
    _, counted = brought_in(bank, use_case=bank["use_case"], **sides)
    assert set(counted) == {"decisions", "outcomes", "eligible"}
    assert all(set(c) <= {"stored", "unchanged"} for c in counted.values())
    table = takeup.diagnose(str(bank["decisions"]), use_case=bank["use_case"], **sides)
    assert list(differences(told(from_log(log, bank["use_case"])), told(table))) == []


def test_the_same_table_again_changes_nothing(store, log, bank):
    _, first = brought_in(bank, use_case=bank["use_case"], outcomes=str(bank["outcomes"]))
    _, again = brought_in(bank, use_case=bank["use_case"], outcomes=str(bank["outcomes"]))
    assert first["decisions"]["stored"] == again["decisions"]["unchanged"] > 0
    assert set(again["decisions"]) == set(again["outcomes"]) == {"unchanged"}


def test_a_table_in_its_own_words_comes_in_through_its_mapping(store, log):
    from takeup.record.use_case import UseCase
    from takeup.server.recording.record_api.reading import recorded

    paths = {"decisions": DESK / "loan-desk.csv"}
    history, counted = brought_in(paths, use_case=UseCase(name="loans"))
    assert counted["decisions"]["stored"] == history.tables["decisions"].num_rows > 1_000
    assert any("officer is read as person_id" in guess for guess in history.guesses)
    kept = recorded(log)["decisions"]
    assert set(kept["choice"].to_pylist()) == set(history.tables["decisions"]["choice"].to_pylist())


def test_a_table_without_the_name_of_its_use_case_is_not_guessed_at(store, tmp_path):
    pd.DataFrame(
        {
            "person_id": ["a"],
            "decided_at": ["2026-01-05T09:00:00Z"],
            "recommendation": ["x"],
            "choice": ["y"],
        }
    ).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(InputError, match="whose decisions are these"):
        brought_in({"decisions": tmp_path / "t.csv"})


def test_a_deployment_with_decisions_is_not_filled_with_the_sample(store, log):
    from takeup.server.foundation.organization.services import use_case
    from takeup.server.running.sample import fill

    (store.home / "sample-sign-ins.txt").unlink(missing_ok=True)
    use_case("credit")
    with pytest.raises(InputError, match="has use cases already"):
        fill(store, log, lambda _: None)
