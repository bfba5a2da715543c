"""Who has the advice is drawn by case, or by whole days or weeks of a person or a team, and nobody says which."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.rollout.measure import measure_rollout
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay

KINDS = ("case", "day of a person", "week of a person", "week of a team")


def unnamed(seed: int, engine: Engine) -> dict[str, object]:
    """2,000 to 8,000 cases of 12 to 60 people in four to eight teams, half or a fifth of them with the advice,
    which changes nothing. By what was drawn, takeup may answer or ask; never answer by case what was not."""
    draw = np.random.default_rng([seed, 41])
    kind = KINDS[seed % len(KINDS)]
    n, people = int(draw.integers(2_000, 8_001)), int(draw.integers(12, 61))
    busy = draw.gamma(2.0, 1.0, people)
    person = draw.choice(people, n, p=busy / busy.sum())
    team = person % int(draw.integers(4, 9))
    day = draw.integers(0, 60, n)
    unit = {
        "case": np.arange(n),
        "day of a person": person * 100 + day,
        "week of a person": person * 100 + day // 5,
        "week of a team": team * 100 + day // 5,
    }[kind]
    share = (0.5, 0.2)[int(draw.integers(0, 2))]
    codes = np.unique(unit, return_inverse=True)[1]
    assist = (draw.random(codes.max() + 1) < share)[codes]
    chosen = draw.random(n) < 0.6 + draw.normal(0, 0.1, people)[person]
    table = engine.load(
        pa.table(
            {
                "person_id": [f"p{i}" for i in person],
                "team": [f"t{i}" for i in team],
                "decided_at": pa.array(day.astype("datetime64[D]").astype("datetime64[us]")),
                "mode": np.where(assist, "assist", "shadow"),
                "assist_probability": np.full(n, share),
                "agrees": chosen,
                "action": np.where(chosen, "followed", "overridden"),
            }
        )
    )
    found = measure_rollout(table, UseCase(), (), (), Settings())
    asked = isinstance(found, CannotSay)
    return {
        "kind": kind,
        "asked": asked,
        "answered": not asked,
        "cases_a_unit": n / (codes.max() + 1),
    }
