"""Quantile bins from counts of rounded values, so that every engine draws the same edges."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile_edges(values: Array, counts: Array, bins: int) -> tuple[float, ...]:
    """Inner edges that cut `values` (with `counts`) into at most `bins` parts of like size.

    A value z belongs to the part number Σ(z > edge). With no more distinct values than
    `bins`, each value is a part of its own.
    """
    order = np.argsort(values)
    v, n = values[order], counts[order]
    distinct, first = np.unique(v, return_index=True)
    if len(distinct) <= bins:
        return tuple(float(x) for x in distinct[:-1])
    totals = np.add.reduceat(n, first).cumsum()
    targets = totals[-1] * np.arange(1, bins) / bins
    at = np.searchsorted(totals, targets)
    return tuple(float(x) for x in np.unique(distinct[np.minimum(at, len(distinct) - 2)]))


_FEWEST = 10
"""Fewer rows are no reason for an edge of their own."""
_BY_CHANCE = 5
"""Of two arms with the same values so many times the rows that lie beyond the ends of one by chance are a surprise
(less than one in a hundred)."""


def gap_edges(values: Array, counts: Array, widest: float, share: float) -> tuple[float, ...]:
    """Edges in the gaps of `values` (with `counts`) that are wider than `widest` and have that `share` of the rows
    on either side: what holds on one side of such a gap says nothing of the other, so no part spans it."""
    distinct, at = np.unique(values, return_inverse=True)
    rows = np.bincount(at, counts, minlength=len(distinct)).cumsum()
    least = max(_FEWEST, share * rows[-1])
    apart = np.diff(distinct) > widest
    apart &= (rows[:-1] >= least) & (rows[-1] - rows[:-1] >= least)
    return tuple(float(x) for x in (distinct[:-1] + np.diff(distinct) / 2)[apart])


def support_edges(values: Array, one: Array, other: Array, share: float) -> tuple[float, ...]:
    """Edges beyond which only one of two arms (counts `one` and `other` of `values`) has rows: that `share` of all
    and more than chance leaves there. Nothing is compared beyond them, and no slope goes on."""
    order = np.argsort(values)
    v = values[order]
    found = []
    for mine, theirs in ((one[order], other[order]), (other[order], one[order])):
        there = np.flatnonzero(theirs)
        if not len(there):
            continue
        by_chance = mine.sum() / (theirs.sum() + 1)
        least = max(_FEWEST, share * (one.sum() + other.sum()), _BY_CHANCE * by_chance)
        for ends, beyond in ((v[there[0] - 1 : there[0] + 1], mine[: there[0]]),
                             (v[there[-1] : there[-1] + 2], mine[there[-1] + 1 :])):  # fmt: skip
            if beyond.sum() >= least:
                found.append(float(ends.mean()))
    return tuple(found)


def bin_names(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Names of the parts in order: `≤ 12`, `12 to 20`, `> 20`."""
    if not edges:
        return ("all",)
    shown = [f"{edge:.4g}" for edge in edges]
    middle = [f"{a} to {b}" for a, b in itertools.pairwise(shown)]
    return (f"≤ {shown[0]}", *middle, f"> {shown[-1]}")
