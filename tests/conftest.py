"""Shared parts of the tests: simulated programmes and the real data, where it is there."""

from __future__ import annotations

import os
from pathlib import Path

# Workers share the cores: a linear-algebra library that starts a thread a core in each of them makes
# small matrices three times slower. Read when NumPy is first imported, here and in every process
# that a test starts.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

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


def pytest_sessionfinish():
    """End what this process started once for all its tests."""
    from tests.server.running import end_what_is_shared

    end_what_is_shared()
