"""A kind of case is said to be differed on more only where people do so themselves, whatever they mostly decide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from calibration.strangers.kinds import kinds_alike, one_kind_apart

import takeup
from takeup.log import Engine
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, Estimate


def ran(job, seeds):
    engine = Engine(threads=1)
    found = [job(seed, engine) for seed in seeds]
    engine.close()
    return found


def test_no_kind_is_named_where_kinds_make_no_difference():
    """60 programmes of four ways; 5 % each, more than 8 in 0.4 % of draws of seeds."""
    assert sum(r["false"] for r in ran(kinds_alike, range(60))) <= 8


def test_a_kind_on_which_everybody_differs_more_is_named_and_its_interval_holds_it():
    found = [r for r in ran(one_kind_apart, range(45)) if r["way"] != "alike, many kinds"]
    assert sum(r["found"] for r in found) >= 12
    assert sum(r["misses"] or r["false"] for r in found) <= 4


def table(person: np.ndarray, kind: np.ndarray, chance: np.ndarray) -> pd.DataFrame:
    differs = np.random.default_rng(3).random(len(person)) < chance
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "mode": "assist", "x_kind": [f"k{i}" for i in kind],
            "recommendation": "yes", "choice": np.where(differs, "no", "yes"),
        }
    )  # fmt: skip


def measured(rows: pd.DataFrame):
    result = takeup.diagnose(rows, use_case=UseCase(name="kinds", segment=["x_kind"]))
    return result.measures().disagreement, result


@pytest.fixture
def cases():
    draw = np.random.default_rng(2)
    return draw.integers(0, 12, 6_000), draw.integers(0, 4, 6_000)


def test_a_gain_of_one_kind_is_told_with_an_interval_for_all_kinds(cases):
    person, kind = cases
    found, result = measured(table(person, kind, 0.1 + 0.2 * (kind == 2)))
    assert found.highest.kind == (("x_kind", "k2"),)
    assert isinstance(found.above, Estimate)
    assert found.above.low <= 0.2 <= found.above.high
    assert "all 4 kinds" in found.above.note
    assert "Choices differ more often on" in result.to_json()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lambda p, k: table(p, p % 4, 0.1 + 0.2 * (p % 4 == 2)), "people keep to kinds"),
        (lambda p, k: table(p, k, 0.1 + 0.2 * (k == 2)).drop(columns="person_id"), "persons are unknown"),
        (lambda p, k: table(p, k, np.full(len(p), 0.2)), "on none of 4 kinds"),
    ],
    ids=["kept to", "unknown", "alike"],
)  # fmt: skip
def test_what_cannot_be_told_from_people_or_chance_is_not_named(cases, rows, reason):
    found, _ = measured(rows(*cases))
    assert found.highest is None
    assert isinstance(found.above, CannotSay)
    assert reason in found.above.reason
    assert found.above.needs
