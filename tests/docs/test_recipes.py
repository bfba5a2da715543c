"""The recipes of the guide run as they stand there, against a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from tests.server.running import STORE, decision, running, select_nothing

pytestmark = [pytest.mark.store, pytest.mark.on("sqlite")]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "record.md"
ROOT = GUIDE.parents[2]


def recipe(first_line: str) -> str:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    (found,) = [block for block in blocks if block.startswith(f"# {first_line}")]
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("recipes")) as (started, _):
        started.command("rollout", "step", "credit-line", "assist")
        yield started


@pytest.fixture(scope="module")
def key(server) -> str:
    return server.command("key", "make", "loan-system").stdout.strip()


def decided(server, decision_id: str):
    server.command("log", "drain")
    rows = DeltaTable(server.home / "log" / "decisions").to_pandas().set_index("decision_id")
    return rows.loc[decision_id]


DJANGO = """
import sys
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, TAKEUP_URL=sys.argv[1], TAKEUP_KEY=sys.argv[2],
                   TAKEUP_SPOOL=sys.argv[3], SECRET_KEY="x")
import django
django.setup()
my_model = lambda case_id: "approve"
exec(open(sys.argv[4]).read())
from django.urls import path
urlpatterns = [path("<case_id>/advice", advise), path("<case_id>/decision", decide)]
from django.test import Client as Browser
assert takeup.ready(30)
told = Browser().get("/a1/advice", headers={"X-Officer": "o7"}).json()
assert told["advice"] == "approve", told
assert Browser().post("/a1/decision", {"choice": "decline", "reason": "not_convinced"}).json() == {"recorded": True}
takeup.close()
print(told["decision_id"])
"""


def test_the_django_recipe_records_what_its_views_are_asked(server, key, tmp_path):
    (tmp_path / "recipe.py").write_text(recipe("django recipe"))
    (tmp_path / "host.py").write_text(DJANGO)
    done = subprocess.run(
        [sys.executable, "host.py", server.address(""), key, str(tmp_path / "spool"), "recipe.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    row = decided(server, done.stdout.strip())
    assert (row["choice"], row["override_reason"], row["consulted"], row["person_id"] is None) == (
        "decline", "not_convinced", True, False,
    )  # fmt: skip


def test_the_fastapi_recipe_records_what_its_routes_are_asked(server, key, tmp_path):
    from fastapi.testclient import TestClient

    namespace: dict[str, Any] = {
        "TAKEUP_URL": server.address(""), "TAKEUP_KEY": key, "TAKEUP_SPOOL": str(tmp_path),
        "my_model": lambda case_id: "approve", "__name__": "recipe",
    }  # fmt: skip
    import types

    module = types.ModuleType("recipe")
    module.__dict__.update(namespace)
    sys.modules["recipe"] = module
    exec(
        compile(recipe("fastapi recipe").replace("from __future__", "#"), "recipe", "exec"),
        module.__dict__,
    )
    with TestClient(module.app) as browser:
        while module.app.state.takeup.mode != "assist":
            select_nothing()
        told = browser.post("/cases/b1/advice?officer=o7").json()
        assert told["advice"] == "approve"
        assert browser.post("/cases/b1/decision?choice=approve").json() == {"recorded": True}
    row = decided(server, told["decision_id"])
    assert (row["choice"], row["consulted"]) == ("approve", True)


@pytest.mark.parametrize("reader", ["pandas", "polars", "duckdb"])
def test_the_log_opens_with_plain_readers(server, key, reader):
    logged(server, key)
    namespace: dict[str, Any] = {"log": str(server.home / "log")}
    exec(recipe(reader), namespace)
    assert len(namespace["frame"]) > 0


@pytest.mark.spark
def test_the_log_opens_with_spark(server, key):
    logged(server, key)
    namespace: dict[str, Any] = {"log": str(server.home / "log")}
    exec(recipe("spark"), namespace)
    frame = namespace["frame"]
    held = DeltaTable(server.home / "log" / "decisions").to_pyarrow_table()
    assert frame.count() == held.num_rows
    assert {"use_case", "month", "choice"} <= set(frame.columns)


def logged(server, key) -> None:
    server.send("/api/v1/decisions", [decision(i) for i in range(10)], key)
    server.command("log", "drain")
