"""Ladders of populations of any kind, with all that is known and with one fact after another not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.ladder.measure import LevelRange, measure_ladder
from takeup.record.population import Benchmark, Population
from takeup.record.settings import Settings

HIDDEN = (
    "expert_benchmark", "trained_share", "comparison_available_share", "comparison_opened_share",
    "contributing_share", "advocate_share",
)  # fmt: skip


def one_fact_less(seed: int, engine: Engine) -> dict[str, object]:
    """Whether a fact that becomes known ever adds a level that was not possible without it."""
    draw = np.random.default_rng([seed, 67])
    table = engine.load(pa.Table.from_pandas(_decisions(draw), preserve_index=False))
    facts = _facts(draw)
    known = _level(table, facts)
    wider = [
        name
        for name in HIDDEN
        if getattr(facts, name) is not None
        and not _inside(known, _level(table, facts.model_copy(update={name: None})))
    ]
    return {"graded": known is not None, "wider": wider, "false": bool(wider)}


def _inside(one: LevelRange | None, other: LevelRange | None) -> bool:
    if one is None or other is None:
        return True
    return other.certain <= one.certain and one.possible <= other.possible


def _level(table: object, facts: Population) -> LevelRange | None:
    found = measure_ladder(table, {"*": facts}, Settings())  # type: ignore[arg-type]
    level = getattr(found, "populations", (None,))[0]
    told = None if level is None else level.level
    return told if isinstance(told, LevelRange) else None


def _facts(draw: np.random.Generator) -> Population:
    def share(*likely: float) -> float | None:
        if draw.random() < 0.15:
            return None
        return float(draw.choice(likely)) if draw.random() < 0.7 else float(draw.random())

    return Population(
        trained_share=share(1.0, 0.9),
        comparison_available_share=share(1.0, 0.0),
        comparison_opened_share=share(1.0, 0.0),
        contributing_share=share(1.0, 0.5),
        advocate_share=share(0.3, 0.0),
        expert_benchmark=Benchmark(
            rate=float(draw.uniform(0.02, 0.55)), sd=float(draw.choice([0.01, 0.03, 0.1]))
        ),
    )


def _decisions(draw: np.random.Generator) -> pd.DataFrame:
    """Two windows of people who look often or seldom and override more, less or as often as before."""
    people, each = int(draw.integers(8, 25)), int(draw.integers(25, 90))
    looks = float(draw.choice([0.3, 0.65, 0.9, 0.99]))
    over = float(draw.uniform(0.02, 0.6))
    before = float(np.clip(over + draw.choice([0.0, 0.0, 0.15, -0.1]), 0.01, 0.95))
    late = np.repeat([True, False], people * each)
    n = len(late)
    person = np.tile(np.repeat(np.arange(people), each), 2)
    lean = draw.normal(0, 0.05, people)[person]
    looked = draw.random(n) < looks
    against = looked & (draw.random(n) < np.clip(np.where(late, over, before) + lean, 0, 1))
    right = (
        np.where(draw.random(n) < 0.2, against, ~against)
        if draw.random() < 0.5
        else draw.random(n) < 0.8
    )
    unknown = draw.random(n) < float(draw.choice([0.0, 0.1]))
    action = np.where(looked, np.where(against, "overridden", "followed"), "not_consulted")
    days = np.where(late, draw.uniform(0, 27, n), draw.uniform(28.5, 55, n))
    frame = pd.DataFrame({
        "person_id": [f"p{i}" for i in person],
        "decided_at": pd.Timestamp("2026-03-01") - pd.to_timedelta(days, "D"),
        "action": np.where(unknown, "unknown", action),
        "stakes": np.where(draw.random(n) < 0.3, "high", "low"),
        "advice_right": right,
    })  # fmt: skip
    last = frame.iloc[[0]].assign(decided_at=pd.Timestamp("2026-03-01"))
    return pd.concat([frame, last], ignore_index=True)
