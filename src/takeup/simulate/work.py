"""The three kinds of work that are simulated: what advice, choice and truth look like there.

Credit applications are approved or declined; alerts always advise to escalate; forecasts are
numbers. Each kind says how soon truth is known, for what share of cases, and what hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from takeup.simulate.cases import Cases
from takeup.simulate.population_spec import PopulationSpec

Floats = NDArray[np.float64]
Columns = dict[str, Any]
DAY = np.timedelta64(86_400_000_000, "us")


@dataclass(frozen=True, slots=True)
class Work:
    """`truth_share` of cases is judged after `truth_days`. `columns` gives advice and choice
    of flattened cases, `truth` the columns of a judged case; `worth` what hangs on a case in
    `unit`. `evidence`: whether the tool records that evidence was opened."""

    truth_share: float
    truth_days: int
    unit: str
    evidence: bool
    columns: Callable[[PopulationSpec, Cases, np.random.Generator], tuple[Columns, Columns]]
    worth: Callable[[int, np.random.Generator], Floats] | None


def words(codes: Any, names: list[str] | tuple[str, ...]) -> pa.Array:
    """Texts by code, held as small numbers."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names, pa.string()))


def _credit(p: PopulationSpec, c: Cases, rng: np.random.Generator) -> tuple[Columns, Columns]:
    names = ("decline", "approve")
    good = rng.random(c.wrong.size, dtype=np.float32) < 0.70
    wrong, right = c.wrong.ravel(), c.right.ravel()
    advice, choice = good ^ wrong, good ^ ~right
    return (
        {"recommendation": words(advice, names), "choice": words(choice, names)},
        {"correct_choice": words(good, names), "creditworthy": good, "approved": choice},
    )


def _alerts(p: PopulationSpec, c: Cases, rng: np.random.Generator) -> tuple[Columns, Columns]:
    names = ("dismiss", "escalate")
    real = ~c.wrong.ravel()
    choice = real ^ ~c.right.ravel()
    return (
        {
            "recommendation": words(np.ones(real.size, np.int32), names),
            "choice": words(choice, names),
        },
        {"correct_choice": words(real, names)},
    )


def _forecasts(p: PopulationSpec, c: Cases, rng: np.random.Generator) -> tuple[Columns, Columns]:
    n = c.wrong.size
    wrong, right = c.wrong.ravel(), c.right.ravel()
    overridden, consulted = c.overridden.ravel(), c.consulted.ravel()
    demand = np.exp(rng.normal(6, 0.8, n))
    sign = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    unentered = np.array([s.blind for s in p.segments])[c.segment.ravel()]
    sign = np.where(unentered & wrong, -1.0, sign)
    error = np.where(wrong, rng.uniform(0.25, 0.45, n), rng.uniform(0, 0.14, n))
    own = np.where(right, rng.uniform(0, 0.14, n), rng.uniform(0.25, 0.45, n))
    own_sign = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    advice = demand * (1 + sign * error)
    moved = demand * (1 + sign * np.where(wrong, error - 0.25, error + 0.25))
    nudged = consulted & ~overridden & (rng.random(n) < 0.15)
    with_advice = np.where(overridden, moved, np.where(nudged, 1.05 * advice, advice))
    choice = np.where(consulted, with_advice, demand * (1 + own_sign * own))
    return (
        {"recommendation_value": advice, "choice_value": choice},
        {"correct_value": demand},
    )


def _amounts(n: int, rng: np.random.Generator) -> Floats:
    return np.asarray(np.exp(rng.normal(6.5, 0.7, n)).round(2), float)


def _minutes(n: int, rng: np.random.Generator) -> Floats:
    return np.asarray(np.exp(rng.normal(3.2, 0.5, n)).round(1), float)


WORK: Mapping[str, Work] = {
    "credit": Work(0.85, 30, "EUR", False, _credit, _amounts),
    "alerts": Work(0.90, 21, "minutes", True, _alerts, _minutes),
    "forecasts": Work(1.0, 7, "units", True, _forecasts, None),
}
