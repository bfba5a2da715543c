"""Simulated programmes as the narrow table that measures read."""

from __future__ import annotations

from functools import cache
from typing import Any

from calibration.narrow import populations_of, use_case_of

import takeup
from takeup.record.mapping import Mapping
from takeup.simulate import simulate, simulate_recorded
from takeup.simulate.programme import Programme


def diagnosed(programme: Programme, **changes: Any):
    """The result of the library on the programme's own tables."""
    given: dict[str, Any] = {
        "eligible": programme.eligible,
        "outcomes": programme.outcomes,
        "use_case": use_case_of(programme),
        "population": populations_of(programme),
        "mapping": Mapping(),
        "survey": programme.survey,
        "interviews": programme.interviews,
    }
    return takeup.diagnose(programme.decisions, **{**given, **changes})


@cache
def bank(seed: int, people: int = 84):
    programme = simulate("bank", people=people, seed=seed)
    return programme, diagnosed(programme)


@cache
def recorded(seed: int):
    programme = simulate_recorded(seed=seed)
    return programme, diagnosed(programme)
