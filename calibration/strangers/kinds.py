"""People who differ from the advice on some kinds of case as often as on any other, or oftener on one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.disagreement.measure import Disagreement, measure_disagreement
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Estimate

WAYS = ("alike", "alike, many kinds", "apart, mixed", "apart, kept to")
MORE = 0.15
USE_CASE = UseCase.model_validate({"name": "kinds"})


def kinds_alike(seed: int, engine: Engine) -> dict[str, object]:
    """No kind makes a difference; how people go with kinds goes by the seed."""
    way = WAYS[seed % len(WAYS)]
    found, kind = _told(_decisions(way, seed, 0.0), engine)
    return {"way": way, "false": kind is not None, "tried": found.kinds_tried}


def one_kind_apart(seed: int, engine: Engine) -> dict[str, object]:
    """On kind k0 everybody differs 15 points oftener; kinds are mixed over people."""
    way = WAYS[seed % 3]
    found, kind = _told(_decisions(way, seed, MORE), engine)
    above = found.above
    told = kind == "k0" and isinstance(above, Estimate)
    return {
        "way": way, "found": told, "false": kind not in (None, "k0"),
        "misses": told and not above.low <= MORE <= above.high,
    }  # fmt: skip


def _told(frame: pd.DataFrame, engine: Engine) -> tuple[Disagreement, str | None]:
    table = engine.load(pa.Table.from_pandas(frame, preserve_index=False))
    found = measure_disagreement(table, USE_CASE, ("segment",), (), Settings())
    assert isinstance(found, Disagreement)
    return found, found.highest.kind[0][1] if found.highest else None


def _decisions(way: str, seed: int, more: float) -> pd.DataFrame:
    draw = np.random.default_rng([seed, 41])
    people = int(draw.integers(8, 60))
    kinds = 240 if way == "alike, many kinds" else int(draw.integers(12, 40))
    busy = draw.gamma(2.0, 1.0, people)
    n = int(draw.integers(4_000, 10_000)) * (3 if kinds == 240 else 1)
    person = draw.choice(people, n, p=busy / busy.sum())
    kind = draw.choice(kinds, n, p=draw.dirichlet(np.full(kinds, 3.0)))
    if way == "apart, kept to":
        own = draw.integers(0, kinds, (people, 2))
        own[draw.random(people) < 0.5, 1] = -1
        own[:, 1] = np.where(own[:, 1] < 0, own[:, 0], own[:, 1])
        kind = own[person, draw.integers(0, 2, n)]
    base = float(draw.uniform(0.08, 0.35))
    lean = np.full(people, base)
    if way.startswith("apart"):
        lean = draw.beta(4 * base, 4 * (1 - base), people)
    # Each person has kinds of their own liking too, which cancel over people.
    odd = (
        draw.normal(0, 0.05, (people, kinds))
        if way == "apart, mixed"
        else np.zeros((people, kinds))
    )
    chance = np.clip(lean[person] + odd[person, kind] + more * (kind == 0), 0, 1)
    agrees = draw.random(n) >= chance
    return pd.DataFrame({
        "person_id": [f"p{i}" for i in person],
        "segment": [f"k{i}" for i in kind],
        "action": np.where(agrees, "agreed", "differed"),
        "agrees": agrees,
        "recommendation": "yes",
        "choice": np.where(agrees, "yes", "no"),
    })  # fmt: skip
