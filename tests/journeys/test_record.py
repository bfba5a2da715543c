"""A developer's first afternoon: instrument a script, see its decisions counted, diagnose the log, and
get the figures that a table of the same decisions gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.running import STORE, running, select_nothing
from tests.server.same_figures import differences

pytestmark = pytest.mark.store

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import csv, random, sys
from datetime import datetime, timezone
from takeup_client import Client

rng = random.Random(1)
columns = ["case_id", "person_id", "decided_at", "mode", "consulted", "recommendation", "choice",
           "override_reason", "confidence", "x_segment"]
with Client(sys.argv[1], sys.argv[2], "credit-line", spool="spool") as takeup, open("same.csv", "w") as out:
    assert takeup.ready(30)
    table = csv.DictWriter(out, columns)
    table.writeheader()
    for case in range(600):
        officer, segment = f"officer-{case % 25}", rng.choice(["salary", "seasonal"])
        advice = takeup.recommend(f"case-{case}", rng.choice(["approve", "decline"]), person_id=officer,
                                  confidence=round(rng.random(), 2), covariates={"segment": segment})
        recommended, looked = advice._row["recommendation"], advice.show and rng.random() < 0.8
        if looked:
            advice.viewed()
        wrong = segment == "seasonal" and rng.random() < 0.5
        choice = {"approve": "decline", "decline": "approve"}[recommended] if wrong else recommended
        reason = "info_model_lacks" if wrong and looked else None
        assert advice.decided(choice, reason=reason)
        table.writerow({"case_id": f"case-{case}", "person_id": officer, "mode": "assist",
                        "decided_at": datetime.now(timezone.utc).isoformat(), "consulted": looked,
                        "recommendation": recommended, "choice": choice, "override_reason": reason,
                        "confidence": advice._row["confidence"], "x_segment": segment})
"""


def test_a_script_with_the_client_is_counted_and_diagnosed_like_its_table(tmp_path):
    with running(STORE, tmp_path, first_start=True) as (server, _):
        key = server.command("key", "make", "script").stdout.strip()
        server.command("rollout", "step", "credit-line", "assist")
        (tmp_path / "script.py").write_text(SCRIPT)
        done = subprocess.run(
            [sys.executable, "script.py", server.address(""), key],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        while (counted := status(server))["tables"][0]["queryable"] < 600:
            select_nothing()
        (sender,) = counted["senders"]
        assert (sender["quarantined"], sender["conflict"]) == (0, 0)
        assert counted["tables"][0]["queryable"] == 600
        use_case = tmp_path / "use_case.toml"
        use_case.write_text('name = "credit-line"\nsegment = ["x_segment"]\n')
        told = {}
        for name, table in (("log", "log:"), ("csv", str(tmp_path / "same.csv"))):
            out = tmp_path / f"{name}.json"
            server.command(
                "diagnose", table, "--use-case", str(use_case), "--json", str(out),
                "--out", str(tmp_path / f"{name}.html"),
            )  # fmt: skip
            (one,) = json.loads(out.read_text())["diagnoses"]
            told[name] = one
    assert told["log"]["verdict"] == told["csv"]["verdict"]
    for measure in ("adoption", "ladder", "model_issue", "disagreement", "paired"):
        found = list(
            differences(told["log"]["measures"][measure], told["csv"]["measures"][measure])
        )
        assert found == [], measure


def status(server) -> dict:
    return json.loads(server.command("log", "status", "--json").stdout)
