"""What goes with not looking at the advice?

For every level of what was known beforehand (kind of case, stakes, load, lateness, where the
advice stands, who watches): how often it is looked at, and how much more or less often than
the other levels when all else recorded is alike. Beside it what wrong advice does to looking
(after_error). Adjusted: associations, not causes. Refuses where nobody recorded who looked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.after_error import AfterError
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
from takeup.stats.jackknife import Jackknifed, jackknife

Array = NDArray[np.float64]
CIRCUMSTANCES = ("stakes", "load", "late", "surface", "visible", "substitution", "value_tagged")
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One level of one circumstance: `cases` of that level, `looked` the share looked at, and
    `difference` to the other levels, like with like. At least `people` decided the cases, `lookers` of them looked and
    `others` did not look, at least at one; the two are in no document."""

    name: str
    level: str
    cases: int
    looked: float
    difference: Estimate
    people: int
    lookers: int = field(default=0, compare=False, repr=False)
    others: int = field(default=0, compare=False, repr=False)

    @property
    def fewest(self) -> int:
        """Of how many people what it tells is, at least: of those who looked and those who did not the fewer."""
        return min([self.people, *(n for n in (self.lookers, self.others) if n)])


@dataclass(frozen=True, slots=True)
class NotConsulted:
    """Circumstances, those that part looking most first; `after_error` by population."""

    circumstances: tuple[Circumstance, ...]
    after_error: Mapping[str, AfterError] | CannotSay
    cases: int


def measure_not_consulted(
    decisions: ir.Table,
    segments: Sequence[str],
    after_error: Mapping[str, AfterError] | CannotSay,
    settings: Settings,
) -> NotConsulted | CannotSay:
    """Circumstances of looking over all eligible decisions of which it is known."""
    if "person_id" not in decisions.columns:
        return not_instrumented("persons are unknown", "person_id")
    seen = [a.value for a in CONSULTED_ACTIONS]
    rows = decisions.filter(
        decisions.action.isin([*seen, "not_consulted"]) & decisions.person_id.notnull()
    )
    names = [*segments, *(c for c in CIRCUMSTANCES if c in rows.columns)]
    factors = ["population", *names] if "population" in rows.columns else names
    if not names:
        return not_instrumented(
            "nothing is recorded of the cases before the decision",
            "segments, stakes, load, delivered_at and needed_by",
        )
    rows = rows.mutate(k=rows.action != "not_consulted")
    frame = counted_cells(rows, factors, ["k"])
    cases = int(frame["n"].sum()) if len(frame) else 0
    if cases < FEWEST or frame["k"].sum() in (0, cases) or frame["group__"].nunique() < 3:
        return insufficient(
            _which(cases, int(frame["k"].sum()) if cases else 0),
            f"{FEWEST} such cases of at least three people, some looked at and some not",
            cases,
        )
    design = dummies(frame, factors, "n")
    sums = group_sums(frame, design.matrix, "n", "k")
    size = design.matrix.shape[1]
    shown = [f for f in names if f in design.levels]
    fitted = jackknife(sums, lambda s: _differences(s, size, design, shown))
    found = _circumstances(frame, design, shown, fitted, settings.confidence, cases)
    ordered = sorted(found, key=lambda c: -_weight(c, cases))
    return NotConsulted(tuple(ordered), after_error, cases)


def _weight(one: Circumstance, cases: int) -> float:
    """How far a level parts looking: its difference (0 where it may be none) and its size."""
    d = one.difference
    low = max(d.low, -d.high, 0.0)
    return low * min(one.cases / cases, 0.5)


def _differences(sums: Array, size: int, design: Dummies, shown: Sequence[str]) -> Array:
    """Of each level: its effect minus the mean effect of the factor's other levels, by size."""
    beta, share = coefficients(sums, size)
    out: list[float] = []
    for factor in shown:
        at = list(design.columns[factor])
        effect = np.concatenate([[0.0], beta[at]])
        part = np.concatenate([[max(1 - share[at].sum(), 0.0)], share[at]])
        mean = float(part @ effect)
        out += [float((e - mean) / max(1 - p, 1e-9)) for e, p in zip(effect, part, strict=True)]
    return np.array(out)


def _circumstances(
    frame: pd.DataFrame,
    design: Dummies,
    shown: Sequence[str],
    fitted: Jackknifed,
    confidence: float,
    cases: int,
) -> list[Circumstance]:
    found, at = [], 0
    half = fitted.half_width(confidence)
    frame = frame.assign(unseen=frame["n"] - frame["k"])
    for factor in shown:
        value = frame[factor].astype(str)
        for level in design.levels[factor]:
            here = ~value.isin(design.levels[factor][:-1]) if level == "(other)" else value == level
            n, k = int(frame.loc[here, "n"].sum()), int(frame.loc[here, "k"].sum())
            d = float(fitted.value[at])
            found.append(
                Circumstance(
                    factor, level, n, k / n if n else float("nan"),
                    Estimate(
                        d, d - float(half[at]), d + float(half[at]), confidence, cases,
                        "linear model on what was recorded, errors by groups of people",
                        "adjusted", unit="points", people=fitted.groups, se=float(fitted.se[at]),
                        assumption="an association: what is not recorded may go with both",
                    ),
                    *(_groups(frame[here], some) for some in ("n", "k", "unseen")),
                )
            )  # fmt: skip
            at += 1
    return found


def _groups(cells: pd.DataFrame, counted: str) -> int:
    """How many groups of people have some of what is counted."""
    return int(cells.loc[cells[counted] > 0, "group__"].nunique())


def _which(cases: int, looked_at: int) -> str:
    """What there is, where it is too little: too few cases, or none that differ."""
    if cases and looked_at in (0, cases):
        which = "none" if not looked_at else "each"
        return (
            f"{which} of {cases:,} eligible cases was looked at: there are no two kinds to compare"
        )
    return f"{cases:,} eligible cases of which it is known whether anybody looked"


def ask(inquiry: Inquiry) -> NotConsulted | CannotSay:
    """The question, of one use case."""
    return measure_not_consulted(
        inquiry.decisions, inquiry.segments, inquiry.after_error(), inquiry.settings
    )
