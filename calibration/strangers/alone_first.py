"""The same people decide the same cases alone and then with the advice; cases are theirs, or the same for all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import takeup
from takeup.log import Engine
from takeup.questions.team.measure import Complementarity, Effort, Team
from takeup.record.use_case import UseCase
from takeup.stats.answer import Estimate

ADDS, SECONDS = 0.08, -6.0
"""What the advice adds to the share right, and to the seconds a case takes."""


def alone_first(seed: int, _: Engine) -> dict[str, Any]:
    """15 to 60 people with 20 to 50 cases each: every second programme of their own, else the same for all.
    People and cases differ in how right they are, and in how much the advice helps."""
    draw = np.random.default_rng([seed, 37])
    people, each = int(draw.integers(15, 61)), int(draw.integers(20, 51))
    shared = bool(seed % 2)
    person, place = (a.ravel() for a in np.indices((people, each)))
    case = place if shared else person * each + place
    cases = int(case.max()) + 1
    model = draw.random(cases) < 0.8
    base = 0.6 + draw.normal(0, 0.08, people)[person] + draw.uniform(-0.2, 0.2, cases)[case]
    helps = ADDS + draw.normal(0, 0.04, people)[person]
    helps = helps + np.where(model, 0.05, -0.2)[case]
    truth = draw.choice(["A", "B"], cases)
    parts = []
    for mode, chance in (("shadow", base), ("assist", base + helps)):
        right = draw.random(len(person)) < np.clip(chance, 0, 1)
        other = np.where(truth == "A", "B", "A")
        slow = 60 + draw.normal(0, 10, cases)[case] + draw.normal(0, 8, len(person))
        parts.append(
            pd.DataFrame(
                {
                    "person_id": [f"p{i}" for i in person], "case_id": [f"c{i}" for i in case],
                    "mode": mode, "correct_choice": truth[case],
                    "recommendation": np.where(model, truth, other)[case],
                    "choice": np.where(right, truth[case], other[case]),
                    "duration_s": slow + (SECONDS if mode == "assist" else 0.0),
                }
            )
        )  # fmt: skip
    rule = UseCase(advice_unavoidable=True)
    found = takeup.diagnose(pd.concat(parts), use_case=rule, only=["team"]).measures().team
    assert isinstance(found, Team)
    assert isinstance(found.complementarity, Complementarity)
    assert isinstance(found.effort, Effort)
    assert isinstance(found.effort.seconds, Estimate)
    answers = {"adds": found.complementarity.joint_minus_alone, "seconds": found.effort.seconds}
    told = {k: {"value": a.value, "low": a.low, "high": a.high} for k, a in answers.items()}
    return {"truth": {"adds": ADDS, "seconds": SECONDS}, "shared": shared, **told}
