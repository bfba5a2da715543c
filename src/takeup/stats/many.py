"""Many estimates at once: how far they truly differ, and false discovery."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def paule_mandel(estimates: Array, variances: Array) -> float:
    """The τ² at which Σ (x − mean)²/(v + τ²) equals its expectation k − 1; 0 where even τ² = 0
    leaves less than that (Paule & Mandel 1982)."""
    k = len(estimates)
    if k < 2:
        return 0.0

    def excess(tau2: float) -> float:
        w = 1 / (variances + tau2)
        mean = (w * estimates).sum() / w.sum()
        return float((w * (estimates - mean) ** 2).sum() - (k - 1))

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.var(estimates) + variances.max())
    while excess(high) > 0:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def discoveries(p_values: Array, rate: float) -> NDArray[np.bool_]:
    """Which null hypotheses are rejected at a false discovery rate (Benjamini & Hochberg
    1995)."""
    n = len(p_values)
    if not n:
        return np.zeros(0, bool)
    order = np.argsort(p_values)
    below = p_values[order] <= rate * np.arange(1, n + 1) / n
    found = np.zeros(n, bool)
    if below.any():
        found[order[: int(np.flatnonzero(below)[-1]) + 1]] = True
    return found


def discoveries_in_families(
    families: Mapping[str, Array], rate: float
) -> dict[str, NDArray[np.bool_]]:
    """Which null hypotheses of each family are rejected, so that in no more than `rate` of reports a family in
    which nothing is says something, however many others speak; and within a family that does the false share
    is on average at most the level at which the last family passed.

    Families pass by Holm (1979, Scand. J. Stat. 6) on Simes' p of each, their own tests by Benjamini &
    Hochberg: the hierarchy of Benjamini & Bogomolov (2014, JRSS-B 76, §3), whose families share one false
    discovery rate, held more strictly at the top. Where much is true, theirs lets families in which nothing is
    speak beside it.
    """
    found = {name: np.zeros(len(p), bool) for name, p in families.items()}
    ordered = sorted((simes(p), name) for name, p in families.items() if len(p))
    levels = rate / np.arange(len(ordered), 0, -1)
    passing = int(np.logical_and.accumulate([p for p, _ in ordered] <= levels).sum())
    for _, name in ordered[:passing]:
        found[name] = discoveries(families[name], levels[passing - 1])
    return found


def simes(p_values: Array) -> float:
    """The p-value of "none of them" (Simes 1986, Biometrika 73)."""
    ordered = np.sort(p_values)
    return float((ordered * len(ordered) / np.arange(1, len(ordered) + 1)).min())
