"""Scores of scales: reversed items, careless answers, reliability.

Answers are respondents × items on 1 to `points`, NaN where an item does not apply.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def turned(answers: Array, reversed_items: NDArray[np.bool_], points: int = 5) -> Array:
    """Answers with reversed items turned round: points + 1 − x."""
    return np.where(reversed_items, points + 1 - answers, answers)


def straight_liners(answers: Array) -> NDArray[np.bool_]:
    """Who gave one and the same answer to every item, as asked (before turning any round)."""
    blank = np.isnan(answers)
    first = np.nanmax(np.where(blank, -np.inf, answers), axis=1)
    same = (np.where(blank, first[:, None], answers) == first[:, None]).all(1)
    return np.asarray(same & (~blank).any(1))


def acquiescence(
    answers: Array, reversed_items: NDArray[np.bool_], scale_of: NDArray[np.int64], points: int = 5
) -> Array:
    """How far each respondent leans to agreeing with whatever is asked, in points of the scale.

    Whoever answers what an item says gives (points + 1)/2 to an item and its opposite together, on average;
    the mean of both, over the scales they answered in both directions, less that. 0 where there is none.
    Balanced scales: Billiet & McClendon 2000, Structural Equation Modeling 7(4); as a score, Soto & John 2008.
    """
    known = ~np.isnan(answers)
    both = np.full((len(answers), int(scale_of.max()) + 1), np.nan)
    for s in range(both.shape[1]):
        arms = []
        for turned_round in (False, True):
            own = known & (scale_of == s) & (reversed_items == turned_round)
            n = own.sum(1)
            arms.append(
                np.where(n > 0, np.where(own, answers, 0).sum(1) / np.maximum(n, 1), np.nan)
            )
        both[:, s] = (arms[0] + arms[1]) / 2
    n = (~np.isnan(both)).sum(1)
    return np.asarray(
        np.where(n > 0, np.nansum(both, 1) / np.maximum(n, 1) - (points + 1) / 2, 0.0)
    )


def scale_scores(answers: Array, scale_of: NDArray[np.int64], scales: int, least: int) -> Array:
    """Mean answer per respondent and scale (items turned round); NaN under `least` answers."""
    scores = np.full((len(answers), scales), np.nan)
    for s in range(scales):
        own = answers[:, scale_of == s]
        known = (~np.isnan(own)).sum(1)
        total = np.nansum(own, axis=1)
        scores[:, s] = np.where(known >= least, total / np.maximum(known, 1), np.nan)
    return scores


@dataclass(frozen=True, slots=True)
class Reliability:
    """McDonald's ω and, beside it, Cronbach's α of one scale; NaN where not computable."""

    omega: float
    alpha: float
    respondents: int


def reliability(items: Array) -> Reliability:
    """ω = (Σλ)²/((Σλ)² + Σψ) from one factor by iterated principal axes (McDonald 1999, §6);
    α = k/(k−1)·(1 − Σ item variances / variance of the sum). Complete rows only."""
    whole = items[~np.isnan(items).any(1)]
    n, k = whole.shape
    if n < 10 or (whole.std(0) == 0).any():
        return Reliability(float("nan"), float("nan"), n)
    covariance = np.cov(whole.T)
    alpha = k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    loading = _one_factor(correlation)
    common = float((loading * spread).sum() ** 2)
    unique = float(((1 - loading**2) * spread**2).sum())
    return Reliability(common / (common + unique), float(alpha), n)


def _one_factor(correlation: Array) -> Array:
    """Loadings of one common factor: principal axes iterated on the communalities."""
    shared = np.abs(correlation - np.eye(len(correlation))).max(1)
    loading = np.sqrt(shared)
    for _ in range(200):
        reduced = correlation.copy()
        np.fill_diagonal(reduced, shared)
        values, vectors = np.linalg.eigh(reduced)
        loading = np.sqrt(max(values[-1], 0.0)) * vectors[:, -1]
        renewed = np.clip(loading**2, 0.0, 0.995)
        if np.abs(renewed - shared).max() < 1e-8:
            break
        shared = renewed
    return np.asarray(loading * np.sign(loading.sum() or 1.0))


def cohens_kappa(first: NDArray[np.str_], second: NDArray[np.str_]) -> float:
    """Agreement of two coders beyond chance (Cohen 1960); NaN without a pair."""
    if not len(first):
        return float("nan")
    observed = float((first == second).mean())
    labels = np.union1d(first, second)
    chance = float(sum((first == c).mean() * (second == c).mean() for c in labels))
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
