"""Who was in which team on which day, as an organization's records would have it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from takeup.simulate.calendar import START
from takeup.simulate.phase import Phase
from takeup.simulate.population_spec import PopulationSpec


def organization(
    p: PopulationSpec, teams: Sequence[NDArray[np.int64]], phases: Sequence[Phase]
) -> pa.Table:
    """One row per person and stay in a team; `valid_to` is blank where the stay goes on."""
    starts = np.cumsum([0, *(phase.weeks for phase in phases)])[:-1]
    first: date = START.astype("datetime64[D]").item()
    people = np.arange(p.people)
    rows: list[tuple[int, int, date, date | None]] = []
    since = np.zeros(p.people, int)
    for number in range(1, len(phases) + 1):
        last = number == len(phases)
        leaves = np.ones(p.people, bool) if last else teams[number] != teams[number - 1]
        for i in people[leaves]:
            begun = first + timedelta(weeks=int(starts[since[i]]))
            ended = None if last else first + timedelta(weeks=int(starts[number]))
            rows.append((int(i), int(teams[number - 1][i]), begun, ended))
        since[leaves] = min(number, len(phases) - 1)
    return pa.table(
        {
            "person_id": [f"{p.name}-{i:05d}" for i, _, _, _ in rows],
            "population": [p.name] * len(rows),
            "team": [f"{p.name}-T{t + 1}" for _, t, _, _ in rows],
            "manager": [f"{p.name}-M{t + 1}" for _, t, _, _ in rows],
            "valid_from": pa.array([r[2] for r in rows], pa.date32()),
            "valid_to": pa.array([r[3] for r in rows], pa.date32()),
        }
    )
