"""A question of another package: its card, figures, schema, finding and disclosure, with no line changed here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "own_question"

ASK = """
import json, sys
from pathlib import Path
import takeup
from takeup.report.schema import document_schema
result = takeup.diagnose(sys.argv[1])
few = takeup.diagnose(sys.argv[2])
told = {
    "share": json.loads(result.to_json("share")), "analyst": json.loads(result.to_json()),
    "few": json.loads(few.to_json("share")), "few_analyst": json.loads(few.to_json()),
    "schema": document_schema(), "html": result.to_html(), "few_html": few.to_html(),
    "frame": sorted(set(result.to_frame()["question"])), "says": [f.rule for f in result.findings()],
    "only": json.loads(takeup.diagnose(sys.argv[1], only="late_hours").to_json()),
    "chart": "late_hours" if result.plot("late_hours") is not None else "",
}
Path(sys.argv[3]).write_text(json.dumps(told))
"""


def decisions(people: int) -> pd.DataFrame:
    """After three, people override three times as often."""
    rng = np.random.default_rng(8)
    n = 200 * people
    hour = rng.integers(8, 19, n)
    over = rng.random(n) < np.where(hour >= 15, 0.45, 0.15)
    return pd.DataFrame({
        "case_id": [f"c{i}" for i in range(n)],
        "person_id": [f"p{i % people}" for i in range(n)],
        "decided_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(rng.integers(0, 60, n), "D") + pd.to_timedelta(hour, "h"),
        "consulted": True,
        "recommendation": "yes",
        "choice": np.where(over, "no", "yes"),
    })  # fmt: skip


def installed(folder: Path) -> Path:
    """The example as pip installs it."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target",
         str(folder), str(EXAMPLE)],
        check=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    at = installed(folder / "site")
    for name, people in (("many", 30), ("few", 7)):
        decisions(people).to_parquet(folder / f"{name}.parquet")
    (folder / "ask.py").write_text(ASK)
    subprocess.run(
        [sys.executable, "ask.py", "many.parquet", "few.parquet", "told.json"],
        cwd=folder, check=True,
        env={"PYTHONPATH": f"{at}:{ROOT / 'src'}", "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
    return json.loads((folder / "told.json").read_text())


def answer(document):
    return document["diagnoses"][0]["measures"]["late_hours"]


def test_its_figures_are_in_the_json_as_the_schema_has_them(told):
    assert answer(told["share"])["difference"]["value"] == pytest.approx(0.3, abs=0.05)
    jsonschema.Draft202012Validator(told["schema"]).validate(told["share"])
    broken = json.loads(json.dumps(told["share"]))
    answer(broken)["late"] = "often"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(told["schema"]).validate(broken)


def test_its_card_is_in_the_report_and_its_figures_in_frame_and_chart(told):
    assert "by the time of day" in told["html"]
    assert "late_hours" in told["frame"]
    assert told["chart"] == "late_hours"
    assert "value" in answer(told["only"])["late"]


def test_its_finding_is_ranked_among_the_others(told):
    assert "late_hours" in told["says"]
    (found,) = [f for f in told["share"]["diagnoses"][0]["findings"] if f["rule"] == "late_hours"]
    assert found["actions"][0]["id"] == "A-FB3"
    assert found["at_stake"] > 0


def test_what_it_says_of_too_few_people_does_not_travel(told):
    assert answer(told["few"])["status"] == "suppressed"
    assert answer(told["few_analyst"])["people"] == 7
    assert "by the time of day" not in told["few_html"]


def test_a_question_that_says_nothing_of_disclosure_shares_nothing():
    from takeup.diagnosis.measures import _told
    from takeup.questions.shown import Shown
    from takeup.record.settings import Settings
    from takeup.stats.answer import CannotSay

    kept = _told(None, "figures", Shown("share", Settings()))
    assert isinstance(kept, CannotSay)
    assert kept.status == "suppressed"
    assert _told(None, "figures", Shown("analyst", Settings())) == "figures"
