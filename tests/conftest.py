"""Shared parts of the tests: simulated programmes and the real data, where it is there."""

from __future__ import annotations

import json
import os
from pathlib import Path

# Workers share the cores: a linear-algebra library that starts a thread a core in each of them makes
# small matrices three times slower. Read when NumPy is first imported, here and in every process
# that a test starts.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

import takeup.log.engine
import tests.made_once  # noqa: F401 - the source is told as it lies when the tests begin
from tests.server.running import STORE
from tests.server.store import django_ready, key, log, store  # noqa: F401

# Their tables are small: what threads of an engine give to each other costs more than it saves.
takeup.log.engine.THREADS = 1
SECONDS = Path(__file__).parent / "seconds.json"
"""What each file of tests took when `make test-profile` last wrote it down."""
QUICK = 6
"""Seconds that a file may take and still be run by `make test-quick`."""
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_data(name: str) -> Path:
    """A real data file, or a skip with its reason."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data set {name} is not on this machine")
    return path


@pytest.fixture
def court_psa() -> Path:
    return real_data("court_psa/cases.csv")


@pytest.fixture
def copilot_study() -> Path:
    return real_data("copilot_study/events.csv")


def pytest_collection_modifyitems(config, items):
    """Files that take long begin first, so that all workers end together; what is slow is marked, and what
    is of the store in this process, which runs on both; what is `on` the other store is left to it."""
    elsewhere = [item for item in items if item.get_closest_marker("on") and on_another(item)]
    if elsewhere and not named(config):
        items[:] = [item for item in items if item not in set(elsewhere)]
        config.hook.pytest_deselected(items=elsewhere)
    seconds = json.loads(SECONDS.read_text())

    def of_file(item) -> float:
        return seconds.get(item.nodeid.split("::")[0], 0.0)

    for item in items:
        if "django_ready" in getattr(item, "fixturenames", ()):
            item.add_marker("store")
        if of_file(item) > QUICK or beyond_this_process(item):
            item.add_marker("slow")
    items.sort(key=lambda item: -of_file(item))


def on_another(item) -> bool:
    """Whether it is marked `on` another store than that of this run."""
    return item.get_closest_marker("on").args[0] != STORE


def named(config) -> bool:
    """Whether somebody asked for files or tests by name: they get them on the store they said."""
    return bool(config.args_source is config.ArgsSource.ARGS)


def beyond_this_process(item) -> bool:
    """Whether it needs a server, a browser, Spark or another process, by what its file imports."""
    starts = {"running", "migrated_database", "sync_playwright", "subprocess"}
    held = vars(item.module)
    types_commands = getattr(held.get("takeup"), "__module__", "") == "tests.forked"
    return (
        bool(starts & held.keys()) or types_commands or item.get_closest_marker("spark") is not None
    )


def pytest_sessionfinish():
    """End what this process started once for all its tests."""
    from tests.server.running import end_what_is_shared

    end_what_is_shared()
