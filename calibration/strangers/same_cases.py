"""The same few cases for everybody: how often the model is right, people are, and by how much they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import takeup
from takeup.log import Engine
from takeup.questions.model_issue.measure import ModelIssues
from takeup.questions.paired.measure import Paired
from takeup.questions.reliance.measure import Reliance
from takeup.stats.answer import Estimate

TRUTH = {"model": 0.7, "person": 0.68, "both": -0.02, "error": 0.3}
"""Of cases such as these: cases differ in how hard they are for people, people in how good they are."""


def same_for_all(seed: int, _: Engine) -> dict[str, Any]:
    """8 to 60 cases, drawn anew in each programme, and 20 to 120 people who decide all of them or most."""
    draw = np.random.default_rng([seed, 31])
    cases, people = int(draw.integers(8, 61)), int(draw.integers(20, 121))
    model = draw.random(cases) < TRUTH["model"]
    easy = draw.beta(3.4, 1.6, cases)
    skill = draw.normal(0, 0.05, people)
    person, case = (a.ravel() for a in np.indices((people, cases)))
    kept = draw.random(len(person)) < draw.uniform(0.6, 1.0)
    person, case = person[kept], case[kept]
    right = draw.random(len(person)) < np.clip(easy[case] + skill[person], 0, 1)
    truth = draw.choice(["A", "B"], cases)[case]
    other = np.where(truth == "A", "B", "A")
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "case_id": [f"c{i}" for i in case],
            "mode": "assist", "consulted": True, "correct_choice": truth,
            "recommendation": np.where(model[case], truth, other),
            "choice": np.where(right, truth, other),
        }
    )  # fmt: skip
    found = takeup.diagnose(frame, only=["paired", "reliance", "model_issue"])
    m = found.measures()
    assert isinstance(m.paired, Paired)
    assert isinstance(m.reliance, Reliance)
    assert isinstance(m.model_issue, ModelIssues)
    whole = m.paired.overall
    answers = {
        "model": whole.model_right,
        "person": whole.person_right,
        "both": whole.person_minus_model,
        "error": m.reliance.model_error,
    }
    told = {
        name: {"value": a.value, "low": a.low, "high": a.high}
        for name, a in answers.items()
        if isinstance(a, Estimate)
    }
    return {"truth": TRUTH, **told}
