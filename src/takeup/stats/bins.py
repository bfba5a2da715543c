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


def bin_names(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Names of the parts in order: `≤ 12`, `12 to 20`, `> 20`."""
    if not edges:
        return ("all",)
    shown = [f"{edge:.4g}" for edge in edges]
    middle = [f"{a} to {b}" for a, b in itertools.pairwise(shown)]
    return (f"≤ {shown[0]}", *middle, f"> {shown[-1]}")
