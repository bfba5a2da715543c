"""Decisions that went through API, inbox and log are diagnosed exactly as from their files."""

from __future__ import annotations

import json

import pytest

import takeup
from takeup.simulate import simulate
from tests.questions.programmes import use_case_of
from tests.server.running import STORE, running
from tests.server.same_figures import differences

pytestmark = [pytest.mark.store, pytest.mark.on("sqlite")]


def rows_of(table, **more):
    frame = table.to_pandas()
    for name in frame.columns:
        if str(frame[name].dtype).startswith("datetime"):
            frame[name] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    rows = json.loads(frame.to_json(orient="records", double_precision=15))
    return [{k: v for k, v in {**row, **more}.items() if v is not None} for row in rows]


def test_the_log_and_the_files_give_the_same_figures(tmp_path):
    programme = simulate("bank", people=30, weeks=6, seed=5)
    with running(STORE, tmp_path / "server") as (server, _):
        key = server.command("key", "make", "bank").stdout.strip()
        for kind in ("decisions", "outcomes", "eligible"):
            rows = rows_of(getattr(programme, kind), use_case="credit")
            for start in range(0, len(rows), 1000):
                status, answer = server.send(f"/api/v1/{kind}", rows[start : start + 1000], key)
                assert status == 200
                assert answer["stored"] == len(rows[start : start + 1000]), answer["results"][0]
        use_case = tmp_path / "use_case.toml"
        use_case.write_text(programme.use_case.replace('name = "credit-line"', 'name = "credit"'))
        server.command(
            "diagnose", "log:", "--use-case", str(use_case), "--json", str(tmp_path / "log.json"),
            "--out", str(tmp_path / "log.html"),
        )  # fmt: skip
    from_files = json.loads(
        takeup.diagnose(
            programme.decisions, eligible=programme.eligible, outcomes=programme.outcomes,
            use_case=use_case_of(programme),
        ).to_json()
    )  # fmt: skip
    from_log = json.loads((tmp_path / "log.json").read_text())
    one, other = (found["diagnoses"][0]["measures"] for found in (from_log, from_files))
    # Signs go by people's ids, and the log holds pseudonyms.
    signs = [found.pop("same_people")["sums"] for found in (one, other)]
    assert signs[0].keys() == signs[1].keys()
    assert list(differences(one, other)) == []
