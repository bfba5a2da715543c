"""How many people's overrides are reliably better, or worse, than the advice they reject?

Each person is judged by their own overrides alone: what others do says nothing of one, so nobody is
shrunk to a mean before it is decided. Only counts leave: no names, no order, no table of persons.
Grade: paired, on judged overrides; refuses where truth is not known evenly, or persons are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr, stdtr

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.override_value import judged_overrides
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio
from takeup.stats.many import discoveries, paule_mandel

Array = NDArray[np.float64]


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
    """Populations by size; `tested` persons in all, false discovery held to `rate` over better and worse
    together."""

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
            ww=(rows.w**2).sum(),
            g=(rows.w * rows.gain).sum(),
            gg=(rows.w * rows.gain**2).sum(),
            wwgg=(rows.w**2 * rows.gain**2).sum(),
            gained=(rows.gain > 0).cast("int64").sum(),
            lost=(rows.gain < 0).cast("int64").sum(),
        )
    ).to_pandas()
    if frame.empty:
        return insufficient("no override with a known right answer", "judged overrides", 0)
    least = settings.people.smallest_overrides
    enough = frame["n"] >= least
    tested = frame[enough].reset_index(drop=True)
    p = own_evidence(tested)
    told = discoveries(p, settings.people.false_discovery)
    ahead = tested["g"].to_numpy(float) > 0
    found = []
    for name, part in frame.groupby("population"):
        own = (tested["population"] == name).to_numpy()
        looked = int(own.sum())
        up, down = int((told & ahead & own).sum()), int((told & ~ahead & own).sum())
        found.append(
            PeopleOf(
                str(name), len(part), up, down, looked - up - down, len(part) - looked,
                int(part["n"].sum()), _mean(part, settings),
                _between(tested[own]) if looked else None,
            )
        )  # fmt: skip
    found.sort(key=lambda p: -p.people)
    return People(tuple(found), len(tested), settings.people.false_discovery)


def own_evidence(frame: pd.DataFrame) -> Array:
    """Two-sided p values of each person's overrides gaining nothing, from that person's overrides alone.

    The exact sign test on overrides that were right where the advice was wrong (`gained`) against those the
    other way round (`lost`); where overrides were judged with different chances, t of the weighted mean, with
    the error of at least one more override either way (Agresti & Min 2005).
    """
    gained, lost, n = (frame[c].to_numpy(float) for c in ("gained", "lost", "n"))
    apart = gained + lost
    exact = np.minimum(2 * bdtr(np.minimum(gained, lost), apart.astype(np.int64), 0.5), 1.0)
    w, ww, g, wwgg = (frame[c].to_numpy(float) for c in ("w", "ww", "g", "wwgg"))
    alike = np.isclose(n * ww, w**2)
    if alike.all():
        return np.asarray(exact)
    effective = w**2 / ww
    mean = g / w * effective / (effective + 2)
    squares = (wwgg / ww * effective + 2) / (effective + 2)
    se = np.sqrt(np.maximum(squares - mean**2, 1e-12) / (effective + 2))
    weighted = 2 * stdtr(np.maximum(effective - 1, 1.0), -np.abs(mean) / se)
    return np.asarray(np.where(alike, exact, weighted))


def _between(part: pd.DataFrame) -> float:
    """How far people truly differ (sd)."""
    mean = (part["g"] / part["w"]).to_numpy(float)
    # The spread of single overrides is the population's: a person's own few say too little.
    spread = float(part["gg"].sum() / part["w"].sum() - (part["g"].sum() / part["w"].sum()) ** 2)
    variances = np.maximum(spread, 1e-4) / part["n"].to_numpy(float)
    return float(np.sqrt(paule_mandel(mean, variances)))


def _mean(part: pd.DataFrame, settings: Settings) -> Answer:
    n = int(part["n"].sum())
    if len(part) < 2:
        return insufficient(f"{n} overrides of one person", "more people", n)
    found = clustered_ratio(part["g"].to_numpy(float), part["w"].to_numpy(float))
    return Sample(n, "points", True, interval_of(settings)).estimate(
        found, "mean gain of an override", "paired"
    )


def ask(inquiry: Inquiry) -> People | CannotSay:
    """The question, of one use case."""
    return measure_people(inquiry.decisions, inquiry.settings)
