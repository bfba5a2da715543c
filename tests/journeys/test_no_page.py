"""Where no page can be embedded: the example of the guide, as it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.running import STORE, running

pytestmark = pytest.mark.store

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "no_page.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("no-page")) as (started, _):
        yield started


def test_a_terminal_records_advice_that_was_shown_and_overridden_with_a_reason(server, tmp_path):
    key = server.command("key", "make", "terminal").stdout.strip()
    said = []
    for mode in ("shadow", "assist"):
        server.command("rollout", "step", "credit-line", mode, "--reason", "trying it out")
        done = subprocess.run(
            [sys.executable, str(EXAMPLE), server.address(""), key, "credit-line", "officer-7"],
            input="approve\ninfo_model_lacks\n", capture_output=True, text=True, check=True,
        )  # fmt: skip
        said.append(done.stdout)
    assert "The model would decline" not in said[0]
    assert "The model would decline" in said[1]
    server.command("log", "drain")
    report = str(tmp_path / "report.html")
    found = json.loads(server.command("diagnose", "log:", "--json", "-", "--out", report).stdout)
    assert found["input"]["rows_used"] == 2
