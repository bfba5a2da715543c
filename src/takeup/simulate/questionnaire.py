"""What simulated people answer: a survey of twenty items, and interviews with low users."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from takeup.record.questionnaire import ITEMS, REVERSED, TYPES
from takeup.simulate.people import People
from takeup.simulate.population_spec import REASONS, PopulationSpec

Floats = NDArray[np.float64]
_NONE = REASONS.index("none")


def survey(
    p: PopulationSpec, people: People, rng: np.random.Generator, *, relief: float
) -> pa.Table:
    """One row for each of the 62 % who answer: items 1 to 5, reversed ones as asked."""
    answers = np.flatnonzero(rng.random(p.people) < 0.62)
    mood = rng.normal(0, 0.3, len(answers))
    columns: dict[str, object] = {"population": [p.name] * len(answers)}
    for item in ITEMS:
        own = people.reason[answers] == TYPES.index(item[:2])
        centre = np.where(own, 2.55 + 1.45 * (1 - relief), 2.55)
        felt = np.clip(np.rint(rng.normal(centre, 0.9) + mood), 1, 5)
        columns[item] = (6 - felt if item in REVERSED else felt).astype(int)
    columns["used"] = ["yes"] * len(answers)
    columns["trained"] = ["yes"] * len(answers)
    return pa.table(columns)


def interviews(
    p: PopulationSpec, people: People, used: Floats, rng: np.random.Generator
) -> pa.Table:
    """Eight people of the half that uses the advice least, each coded by two coders and then
    reconciled. `used`: each person's effective reliance."""
    lower = np.argsort(used, kind="stable")[: max(p.people // 2, 1)]
    asked = rng.permutation(lower)[:8]
    rows = []
    for number, person in enumerate(asked, 1):
        own = int(people.reason[person])
        others = [t for t in range(len(TYPES)) if t != own]
        tells = own != _NONE and rng.random() < 0.78
        primary = own if tells else int(rng.choice(others))
        agreed = rng.random(2) < 0.93
        for coder, same in zip(("first", "second"), agreed, strict=True):
            code = primary if same else int(rng.choice([t for t in range(5) if t != primary]))
            rows.append((number, coder, TYPES[code]))
        rows.append((number, "agreed", TYPES[primary]))
    return pa.table(
        {
            "population": [p.name] * len(rows),
            "interview_no": [r[0] for r in rows],
            "coder": [r[1] for r in rows],
            "primary": [r[2] for r in rows],
            "secondary": pa.nulls(len(rows), pa.string()),
            "themes": pa.nulls(len(rows), pa.string()),
        }
    )
