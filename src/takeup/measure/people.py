"""How many people's overrides are reliably better, or worse, than the advice they reject?

Each person's override value is shrunk to that of their population, because few overrides say
little. Only counts leave: no names, no order, no table of persons. Grade: paired, on judged
overrides; refuses where truth is not known evenly, or persons are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.measure.looks import interval_of
from takeup.measure.override_value import judged_overrides
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio
from takeup.stats.many import discoveries, shrink

LEAST_SPREAD = 0.10
"""People are believed to differ by ten points at the least (sd), so that nobody is judged by
the others' overrides alone."""


@dataclass(frozen=True, slots=True)
class PeopleOf:
    """One population: of `people` with judged overrides, how many are reliably `better` or
    `worse` than the advice they reject, `unknown` the rest, `too_few` had too few overrides
    to be looked at. `value`: mean gain of an override, in points of right decisions;
    `between`: how far people truly differ (sd, points)."""

    population: str
    people: int
    better: int | None
    worse: int | None
    unknown: int | None
    too_few: int
    overrides: int
    value: Answer
    between: float | None


@dataclass(frozen=True, slots=True)
class People:
    """Populations by size; `tested` persons in all, false discovery held to `rate`."""

    populations: tuple[PeopleOf, ...]
    tested: int
    rate: float


def measure_people(decisions: ir.Table, settings: Settings) -> People | CannotSay:
    """Counts of people by how their overrides compare with the advice they reject."""
    if "person_id" not in decisions.columns:
        return not_instrumented("persons are unknown", "person_id")
    rows = judged_overrides(decisions, (), settings)
    if isinstance(rows, CannotSay):
        return rows
    frame = fetch(
        rows.group_by("population", "person").aggregate(
            n=rows.count(),
            w=rows.w.sum(),
            g=(rows.w * rows.gain).sum(),
            gg=(rows.w * rows.gain**2).sum(),
        )
    ).to_pandas()
    if frame.empty:
        return insufficient("no override with a known right answer", "judged overrides", 0)
    least = settings.people.smallest_overrides
    enough = frame["n"] >= least
    better, worse = _tested(frame[enough].reset_index(drop=True), settings)
    found = []
    for name, part in frame.groupby("population"):
        own = better["population"] == name
        looked = int(own.sum())
        up, down = int(better.loc[own, "better"].sum()), int(worse[own.to_numpy()].sum())
        found.append(
            PeopleOf(
                str(name), len(part), up, down, looked - up - down, len(part) - looked,
                int(part["n"].sum()), _mean(part, settings),
                float(better.loc[own, "tau"].iloc[0]) if looked else None,
            )
        )  # fmt: skip
    found.sort(key=lambda p: -p.people)
    return People(tuple(found), len(better), settings.people.false_discovery)


def _tested(frame: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, np.ndarray]:
    """Who is reliably better, who worse: one-sided, over all persons of the table."""
    above = np.full(len(frame), 0.5)
    tau = np.zeros(len(frame))
    for name in frame["population"].unique():
        own = (frame["population"] == name).to_numpy()
        part = frame[own]
        mean = (part["g"] / part["w"]).to_numpy(float)
        # The spread of single overrides is the population's: a person's own few say too little.
        spread = float(
            part["gg"].sum() / part["w"].sum() - (part["g"].sum() / part["w"].sum()) ** 2
        )
        found = shrink(mean, np.maximum(spread, 1e-4) / part["n"].to_numpy(float), LEAST_SPREAD)
        above[own] = found.probability_above()
        tau[own] = found.tau
    rate = settings.people.false_discovery
    frame = frame.assign(better=discoveries(1 - above, rate), tau=tau)
    return frame, discoveries(above, rate)


def _mean(part: pd.DataFrame, settings: Settings) -> Answer:
    n = int(part["n"].sum())
    if len(part) < 2:
        return insufficient(f"{n} overrides of one person", "more people", n)
    found = clustered_ratio(part["g"].to_numpy(float), part["w"].to_numpy(float))
    return Sample(n, "points", True, interval_of(settings)).estimate(
        found, "mean gain of an override", "paired"
    )
