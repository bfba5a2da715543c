"""A person who overrides no better and no worse than the advice, whose cases tend to go as the one before."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from takeup.questions.own_calibration.measure import own_calibration_of

AGAIN = (0.0, 0.2, 0.4)
LOOKS = 100


def year_at_chance(seed: int) -> dict[str, object]:
    """How far a case goes as the one before it goes by the seed."""
    return a_person_at_chance(seed, AGAIN[seed % len(AGAIN)])


def a_person_at_chance(seed: int, again: float) -> dict[str, object]:
    """A look after each of 100 judged overrides: whether it is ever said that one of the two is better."""
    draw = np.random.default_rng([seed, 61])
    own = draw.random(LOOKS) < 0.5
    for i in range(1, LOOKS):
        if draw.random() < again:
            own[i] = own[i - 1]
    rows = pa.table({"action": ["overridden"] * LOOKS, "choice_right": own, "advice_right": ~own})
    said = (
        own_calibration_of(rows.slice(0, n), [], outcome=None).whole.says
        for n in range(5, LOOKS + 1)
    )
    return {"again": again, "false": any(one != "too_early" for one in said)}
