"""Programmes of actions on populations: picked by chance or when worst, with an effect or none.

Not the family of the tests: populations of unequal size, people of unequal readiness, weeks with heavy tails, and
waves that come at another time in each programme.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.intervention_effect.measure import (
    InterventionEffect,
    measure_intervention_effect,
)
from takeup.record.interventions import Run
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate

Record = dict[str, Any]
_FIRST = date(2026, 1, 5)
_WEEKS = 44


def actions(seed: int, engine: Engine, *, effect: float, worst: bool, treated: int) -> Record:
    """One action on `treated` of sixteen populations (of five, where it is one) in waves of two, chosen because they
    are worst in their last four weeks or by chance; what takeup says, and what a plain before and after would."""
    rng = np.random.default_rng(seed)
    populations = 5 if treated == 1 else 16
    chances = _chances(rng, populations)
    runs: dict[str, Run] = {}
    plain: list[float] = []
    week = int(rng.integers(20, 26))
    while len(runs) < treated:
        lately = chances[:, week - 4 : week].mean(axis=1)
        order = np.argsort(lately) if worst else rng.permutation(populations)
        free = [int(p) for p in order if f"r{p}" not in runs]
        for p in free[: min(2, treated - len(runs))]:
            chances[p, week + 3 :] = np.clip(chances[p, week + 3 :] + effect, 0, 1)
            runs[f"r{p}"] = _run(p, week)
            plain.append(float(chances[p, week + 3 : week + 11].mean() - lately[p]))
        week += int(rng.integers(1, 4))
    found = measure_intervention_effect(_table(rng, chances, engine), runs, Settings())
    assert isinstance(found, InterventionEffect)
    (one,) = found.actions
    told = one.effect if isinstance(one.effect, Estimate) else one.runs[0].effect
    out: Record = {
        "truth": {"action": effect}, "moved": any(r.verdict == "moved" for r in one.runs),
        "before_after": _better(np.array(plain)),
    }  # fmt: skip
    if isinstance(told, Estimate):
        out["action"] = {"value": told.value, "low": told.low, "high": told.high}
    return out


def _chances(rng: np.random.Generator, populations: int) -> np.ndarray:
    alike = rng.uniform(0.2, 0.6)
    noise = np.zeros((populations, _WEEKS))
    for week in range(_WEEKS):
        fresh = rng.standard_t(5, populations) * 0.05 * np.sqrt(1 - alike**2)
        noise[:, week] = (alike * noise[:, week - 1] if week else 0) + fresh
    course = np.cumsum(rng.normal(0.002, 0.006, _WEEKS))
    return np.clip(0.45 + rng.normal(0, 0.06, (populations, 1)) + noise + course, 0.02, 0.98)


def _table(rng: np.random.Generator, chances: np.ndarray, engine: Engine) -> Any:
    parts = []
    for p, own in enumerate(chances):
        people = int(rng.integers(8, 25))
        ready = rng.normal(0, 0.08, people)
        each = np.tile(np.repeat(np.arange(people), 3), _WEEKS)
        week = np.repeat(np.arange(_WEEKS), people * 3)
        seen = rng.random(len(each)) < np.clip(own[week] + ready[each] - ready.mean(), 0, 1)
        parts.append((np.full(len(each), p), week, seen))
    place, week, seen = (np.concatenate(column) for column in zip(*parts, strict=True))
    monday = np.datetime64(_FIRST.isoformat(), "us") + week * np.timedelta64(7, "D")
    return engine.load(
        pa.table(
            {
                "population": np.char.add("p", place.astype(str)), "decided_at": monday,
                "action": np.where(seen, "followed", "not_consulted"),
            }
        )
    )  # fmt: skip


def _run(population: int, week: int) -> Run:
    monday = [_FIRST + timedelta(weeks=week + n) for n in (0, 1, 3, 11)]
    return Run(
        action="A-MG3", population=f"p{population}", declared_on=monday[0], starts_on=monday[1],
        shows_on=monday[2], check_on=monday[3], indicator="consult_rate", direction="up", smallest=0.05,
        delivered=1.0,
    )  # fmt: skip


def _better(differences: np.ndarray) -> bool:
    """Better by more than chance (paired t), or with one population by more than five points."""
    if len(differences) < 2:
        return bool(differences[0] > 0.05)
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return bool(differences.mean() > 2.571 * error)


JOBS = {
    "actions-drawn": lambda s, e: actions(s, e, effect=0.08, worst=False, treated=6),
    "actions-null": lambda s, e: actions(s, e, effect=0.0, worst=False, treated=6),
    "actions-worst": lambda s, e: actions(s, e, effect=0.0, worst=True, treated=6),
    "actions-alone": lambda s, e: actions(s, e, effect=0.0, worst=True, treated=1),
}
