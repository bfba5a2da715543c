"""Simulated programmes and their diagnoses; those that are only read are made once a run."""

from __future__ import annotations

from typing import Any

from calibration.narrow import populations_of, use_case_of

import takeup
from takeup.api import Result
from takeup.record.mapping import Mapping
from takeup.simulate import simulate, simulate_recorded
from takeup.simulate.programme import Programme
from tests.made_once import made_once


def diagnosed(programme: Programme, **changes: Any) -> Result:
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


@made_once
def simulated(name: str, seed: int, **shape: Any) -> tuple[Programme, Result]:
    """A scenario or control with its diagnosis; the tables in the engine are gone, all else is there.
    Not to be changed by a test."""
    programme = simulate(name, seed=seed, **shape)
    return programme, diagnosed(programme)


def bank(seed: int) -> tuple[Programme, Result]:
    """The bank, with its diagnosis."""
    return simulated("bank", seed)


@made_once
def recorded(seed: int) -> tuple[Programme, Result]:
    """The programme in which what people override by is written down, with its diagnosis."""
    programme = simulate_recorded(seed=seed)
    return programme, diagnosed(programme)
