"""Judged overrides of many kinds of case, of which one alone, small and two covariates deep, is known to the
people and not to the model."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.blind_spots.measure import BlindSpots, measure_blind_spots
from takeup.record.settings import Settings

WIDE = (9, 7, 6, 4)
"""How many levels each covariate has: 26 kinds and 251 pairs of them."""

SMALL = 150
"""Overrides of the one pair."""


def small_kind(seed: int, engine: Engine) -> dict[str, object]:
    """Seven thousand overrides of 25 to 60 people, the busiest with several times what the others have. In every
    second programme overrides of one pair gain 70 points; nowhere else do they gain or lose."""
    draw = np.random.default_rng([seed, 23])
    people, n = int(draw.integers(25, 61)), 7_000
    busy = draw.pareto(2.5, people) + 0.3
    person = draw.choice(people, n, p=busy / busy.sum())
    codes = [draw.choice(wide, n, p=draw.dirichlet(np.full(wide, 4.0))) for wide in WIDE]
    known = np.zeros(n, bool)
    known[draw.choice(n, SMALL, replace=False)] = True
    both = (codes[0] == 1) & (codes[1] == 1)
    codes[1][both] = 0
    codes[0][known] = codes[1][known] = 1
    known &= bool(seed % 2)
    gains = np.where(known, 0.70, draw.normal(0, 0.03, people)[person])
    either = draw.random(n) < 0.8
    better = either & (draw.random(n) < (1 + gains) / 2)
    names = [f"x_{i}" for i in range(len(WIDE))]
    table = engine.load(
        pa.table(
            {
                "action": ["overridden"] * n,
                "person_id": [f"p{i}" for i in person],
                "advice_right": either & ~better,
                "choice_right": better,
                **{
                    name: [f"{name}{c}" for c in code]
                    for name, code in zip(names, codes, strict=True)
                },
            }
        )
    )
    found = measure_blind_spots(table, names, Settings())
    assert isinstance(found, BlindSpots)
    hidden = (("x_0", "x_01"), ("x_1", "x_11"))
    right = [s for s in found.found if seed % 2 and _holds(s.kind, hidden, s.says)]
    return {
        "planted": bool(seed % 2),
        "false": len(right) < len(found.found),
        "missed": not any(s.kind == hidden for s in right),
        "tried": found.tried,
    }


def _holds(
    kind: tuple[tuple[str, str], ...], hidden: tuple[tuple[str, str], ...], says: str
) -> bool:
    """Whether overrides of this kind truly gain: it is the one, or holds some of it."""
    apart = any(a[0] == b[0] and a[1] != b[1] for a in kind for b in hidden)
    return says == "overrides_better" and not apart and any(level in hidden for level in kind)
