"""It worked in the pilot: what differs in production, and how much of the gap is it?

The gap in looking and in effective reliance is parted by standardisation: the pilot's mix of
cases, its hand-picked people, its delivery and load, valued by what they go with in
production (Kitagawa 1955; Oaxaca 1973), and what is left. A model version that only the pilot
had cannot be told apart from the phase, and is named so. Adjusted: associations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch, keep
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.linear_cells import (
    Dummies,
    coefficients,
    counted_cells,
    dummies,
    group_sums,
)
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.jackknife import jackknife

Array = NDArray[np.float64]
FEWEST = 100
_PARTS = {
    "cases": ("stakes", "substitution", "value_tagged"),
    "people": ("population", "in_pilot__"),
    "delivery": ("late", "surface", "load", "visible"),
    "versions": ("model_version", "client_version"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One figure in both phases. `difference` = production − pilot; `explained` by each part
    in points, `left` what none of them explains."""

    figure: str
    pilot: float
    production: float
    difference: Estimate
    explained: dict[str, Estimate]
    left: Estimate


@dataclass(frozen=True, slots=True)
class PilotProduction:
    """Gaps in looking and in effective reliance. `inseparable`: what only one phase had, so
    that nothing can say whether it or the phase made the difference."""

    gaps: tuple[Gap, ...]
    pilot_cases: int
    production_cases: int
    pilot_people: int
    inseparable: tuple[str, ...]


def measure_pilot_production(
    decisions: ir.Table, segments: Sequence[str], settings: Settings
) -> PilotProduction | CannotSay:
    """The gap between pilot and production decisions in assist."""
    if not {"phase", "person_id"} <= set(decisions.columns):
        missing = [c for c in ("phase", "person_id") if c not in decisions.columns]
        return not_instrumented("pilot and production cannot be told apart", ", ".join(missing))
    seen = [a.value for a in CONSULTED_ACTIONS]
    rows = decisions.filter(
        decisions.action.isin([*seen, "not_consulted"])
        & decisions.person_id.notnull()
        & decisions.phase.isin(["pilot", "production"])
    )
    pilot_people = keep(rows.filter(rows.phase == "pilot").select("person_id").distinct())
    joined = rows.left_join(pilot_people.mutate(in_pilot__=ibis.literal(True)), "person_id")
    rows = joined.mutate(in_pilot__=joined.in_pilot__.notnull())
    parts = {
        name: tuple(c for c in ((*segments, *own) if name == "cases" else own) if c in rows.columns)
        for name, own in _PARTS.items()
    }
    factors = [c for own in parts.values() for c in own]
    rows = rows.mutate(
        looked=rows.action != "not_consulted", used=rows.action.isin(["followed", "modified"])
    )
    frame = counted_cells(rows, factors, ["looked", "used"], ["phase"])
    in_pilot = (frame["phase"] == "pilot").to_numpy() if len(frame) else np.zeros(0, bool)
    sizes = [int(frame.loc[side, "n"].sum()) for side in (in_pilot, ~in_pilot)]
    if min(sizes) < FEWEST or frame["group__"].nunique() < 3:
        return insufficient(
            f"{sizes[0]} pilot and {sizes[1]} production decisions of which it is known whether "
            "anybody looked",
            f"{FEWEST} of each",
            min(sizes),
        )
    alone = _only_in_one(frame, in_pilot, factors)
    shared = [f for f in factors if f not in alone]
    design = dummies(frame, shared, "n")
    places = {
        name: [c for f in own if f in design.columns for c in design.columns[f]]
        for name, own in parts.items()
    }
    people = int(fetch(pilot_people.count().as_table())[0][0].as_py())
    return PilotProduction(
        tuple(
            _gap(label, column, frame, in_pilot, design, places, settings)
            for label, column in (("consult_rate", "looked"), ("effective_reliance", "used"))
        ),
        sizes[0],
        sizes[1],
        people,
        tuple(alone),
    )


def _only_in_one(
    frame: pd.DataFrame, in_pilot: NDArray[np.bool_], factors: Sequence[str]
) -> list[str]:
    """Factors of which the phases share no level (every version changed between them)."""
    found = []
    for factor in factors:
        sides = [set(frame.loc[side, factor]) for side in (in_pilot, ~in_pilot)]
        if not sides[0] & sides[1]:
            found.append(factor)
    return found


def _gap(
    label: str,
    hits: str,
    frame: pd.DataFrame,
    in_pilot: NDArray[np.bool_],
    design: Dummies,
    places: dict[str, list[int]],
    settings: Settings,
) -> Gap:
    size = design.matrix.shape[1]
    groups = sorted(frame["group__"].unique())
    sides = []
    for side in (in_pilot, ~in_pilot):
        part = frame[side]
        own = group_sums(part, design.matrix[side], "n", hits)
        whole = np.zeros((len(groups), own.shape[1]))
        whole[[groups.index(g) for g in sorted(part["group__"].unique())]] = own
        sides.append(whole)
    width = sides[0].shape[1]

    def figures(sums: Array) -> Array:
        pilot, production = sums[:width], sums[width:]
        beta, mean = coefficients(production, size)
        _, mean_pilot = coefficients(pilot, size)
        rates = [s[size * size] / max(s[size * size + size], 1e-12) for s in (pilot, production)]
        apart = (mean - mean_pilot) * beta
        explained = [float(apart[at].sum()) for at in places.values()]
        gap = rates[1] - rates[0]
        return np.array([gap, *explained, gap - sum(explained), *rates])

    found = jackknife(np.concatenate(sides, 1), figures)
    half = found.half_width(settings.confidence)
    n = int(frame["n"].sum())

    def estimate(at: int, method: str) -> Estimate:
        value = float(found.value[at])
        return Estimate(
            value, value - float(half[at]), value + float(half[at]), settings.confidence, n,
            f"{method}, errors by groups of people", "adjusted", unit="points",
            people=found.groups, se=float(found.se[at]),
            assumption="an association: parts go with looking in production, nothing more",
        )  # fmt: skip

    names = list(places)
    return Gap(
        label,
        float(found.value[-2]),
        float(found.value[-1]),
        estimate(0, "production minus pilot"),
        {
            name: estimate(i + 1, "standardised to the pilot's mix")
            for i, name in enumerate(names)
            if places[name]
        },
        estimate(len(names) + 1, "what the parts leave"),
    )


def ask(inquiry: Inquiry) -> PilotProduction | CannotSay:
    """The question, of one use case."""
    return measure_pilot_production(inquiry.decisions, inquiry.segments, inquiry.settings)
