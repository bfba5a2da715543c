"""People who each override a handful of cases: all alike, or most of them badly and a few of them well."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.people.measure import People, measure_people
from takeup.record.settings import Settings

KINDS = ("nobody gains", "most lose")


def who_overrides_well(seed: int, engine: Engine) -> dict[str, object]:
    """Sixty people with 5 to 80 judged overrides each. `nobody gains`: right as often as the advice they
    reject. `most lose`: fifty are right in one override of ten, ten in six of ten; whether one of the ten
    could have been counted as worse is told from their names, which the measure never gives."""
    draw = np.random.default_rng([seed, 29])
    kind = KINDS[seed % len(KINDS)]
    people = 60
    overrides = 5 + draw.geometric(1 / 20, people).clip(0, 75)
    right = np.full(people, 0.5)
    if kind == "most lose":
        right = np.where(np.arange(people) < 10, 0.6, 0.1)
    person = np.repeat(np.arange(people), overrides)
    better = draw.random(len(person)) < right[person]

    def counted(take: np.ndarray) -> tuple[int, int]:
        table = engine.load(
            pa.table(
                {
                    "action": ["overridden"] * int(take.sum()),
                    "person_id": [f"p{i:02d}" for i in person[take]],
                    "advice_right": ~better[take],
                    "choice_right": better[take],
                }
            )
        )
        found = measure_people(table, Settings())
        assert isinstance(found, People)
        return tuple(  # type: ignore[return-value]
            sum(getattr(p, side) or 0 for p in found.populations) for side in ("better", "worse")
        )

    whole = counted(np.ones(len(person), bool))
    if kind == "nobody gains":
        return {"kind": kind, "false": sum(whole) > 0, "told": sum(whole)}
    # Of the fifty nobody can be falsely worse: more than fifty worse, or any when the ten stand alone.
    alone = counted(person < 10)
    return {"kind": kind, "false": alone[1] > 0 or whole[1] > 50, "told": whole[1]}
