"""A share in cells of several factors, explained additively, with errors by groups of people.

Kinds of case are counted in the engine; a linear probability model with dummies is fitted on
the counts (least squares, exact from sums), once for all and once without each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.shared.person_groups import GROUP, with_person_groups
from takeup.stats.cells import solve

Array = NDArray[np.float64]
FEWEST_PER_LEVEL = 50
MOST_LEVELS = 12


@dataclass(frozen=True, slots=True)
class Dummies:
    """Cells × columns: an intercept, then every level but the first of each factor.
    `levels[f]` are a factor's levels, `columns[f]` the places of all but the first."""

    matrix: Array
    levels: dict[str, tuple[str, ...]]
    columns: dict[str, tuple[int, ...]]


def counted_cells(
    rows: ir.Table, factors: Sequence[str], hits: Sequence[str], extra: Sequence[str] = ()
) -> pd.DataFrame:
    """Cases `n` and how many of them are `hits` (columns of flags), by group of people, factors
    and `extra` columns. `rows` has person_id."""
    t = with_person_groups(rows)
    by = {name: t[name].cast("string").fill_null("(unknown)") for name in factors}
    frame: pd.DataFrame = fetch(
        t.group_by(t[GROUP], *extra, **by).aggregate(
            n=t.count(), **{h: t[h].cast("int64").sum() for h in hits}
        )
    ).to_pandas()
    return frame


def dummies(frame: pd.DataFrame, factors: Sequence[str], weight: str) -> Dummies:
    """The design of `frame`'s cells. Levels with few cases are taken together as `(other)`;
    the level with most cases comes first."""
    columns: list[Array] = [np.ones(len(frame))]
    levels: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[int, ...]] = {}
    for factor in factors:
        value = frame[factor].astype(str)
        size = frame[weight].groupby(value).sum().sort_values(ascending=False)
        own = [str(v) for v in size.index[:MOST_LEVELS] if size[v] >= FEWEST_PER_LEVEL]
        value = value.where(value.isin(own), "(other)")
        names = [*own, *(["(other)"] if (value == "(other)").any() else [])]
        if len(names) < 2:
            continue
        levels[factor] = tuple(names)
        places[factor] = tuple(range(len(columns), len(columns) + len(names) - 1))
        columns += [np.asarray(value == name, float) for name in names[1:]]
    return Dummies(np.stack(columns, 1), levels, places)


def group_sums(frame: pd.DataFrame, design: Array, n: str, k: str) -> Array:
    """Groups × (XᵀX, Xᵀy, Σx), flattened, from cells with `n` cases of which `k` hits."""
    out = []
    for _, at in frame.groupby(GROUP).indices.items():
        x = design[at]
        cases, hits = frame[n].to_numpy(float)[at], frame[k].to_numpy(float)[at]
        gram = x.T @ (x * cases[:, None])
        out.append(np.concatenate([gram.ravel(), x.T @ hits, x.T @ cases]))
    return np.stack(out)


def coefficients(sums: Array, size: int) -> tuple[Array, Array]:
    """Least-squares coefficients and the columns' means, from flattened sums."""
    gram = sums[: size * size].reshape(size, size)
    beta = solve(gram, sums[size * size : size * size + size])
    totals = sums[size * size + size :]
    return beta, totals / max(totals[0], 1e-12)
