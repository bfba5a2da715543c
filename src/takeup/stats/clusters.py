"""Differences whose errors respect that decisions of one person are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from takeup.stats.answer import Estimate, Grade
from takeup.stats.interval import Interval
from takeup.stats.quantiles import t_half_width

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clustered:
    """A ratio Σa/Σs over clusters, its standard error, degrees of freedom and the number
    of effective clusters 1/Σ share²."""

    value: float
    se: float
    df: float
    effective: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """The t interval."""
        half = t_half_width(confidence, max(self.df, 1.0)) * self.se
        return self.value - half, self.value + half


def clustered_ratio(a: Array, s: Array) -> Clustered:
    """Σa/Σs with the leverage-corrected sandwich over clusters (CR3-like).

    u = (a − τ s)/Σs; variance Σ u²/(1 − share)², share = s/Σs; t with G* − 1 degrees of
    freedom, G* = 1/Σ share². Few and unequal clusters are the rule, and the plain sandwich
    covers too seldom there (Bell & McCaffrey 2002; MacKinnon, Nielsen & Webb 2023).
    """
    total = float(s.sum())
    value = float(a.sum()) / total
    share = s / total
    effective = 1.0 / float((share**2).sum())
    u = (a - value * s) / total
    variance = float((u**2 / np.maximum(1 - share, 1e-9) ** 2).sum())
    return Clustered(value, float(np.sqrt(variance)), effective - 1, effective)


def arms_ratio(a: Array, s: Array, arms: tuple[Array, Array]) -> Clustered:
    """`clustered_ratio` of a difference between two arms, whose weights by cluster are `arms`.

    A cluster that holds much of either arm bears on the difference as if it held as much of the whole:
    leverage is of the larger of its shares, and effective clusters those of the more unequal arm.
    """
    total = float(s.sum())
    value = float(a.sum()) / total
    shares = [np.maximum(w, 0.0) / max(float(w.sum()), 1e-300) for w in arms]
    effective = min(1.0 / max(float((share**2).sum()), 1e-300) for share in shares)
    u = (a - value * s) / total
    variance = float((u**2 / np.maximum(1 - np.maximum(*shares), 1e-9) ** 2).sum())
    return Clustered(value, float(np.sqrt(variance)), effective - 1, effective)


SMALLEST_STRATUM = 3
"""Strata of fewer clusters are taken together: their spread within cannot be known."""


def stratified_ratio(a: Array, s: Array, stratum: NDArray[np.str_]) -> Clustered:
    """Σa/Σs where the clusters (people) of each stratum (population) are a sample, but the
    strata are not: the difference between them is no sampling error.

    The stratified jackknife (Rao & Wu 1985, JASA 80): a cluster is left out and the others of
    its stratum take its place, so how much of the sum a stratum has is uncertain too, and
    leverage is allowed for. t with Satterthwaite's degrees of freedom over the strata's
    effective clusters less one.
    """
    h = _strata(stratum)
    count = np.bincount(h).astype(float)
    a_of, s_of = np.bincount(h, a), np.bincount(h, s)
    scale = (count / np.maximum(count - 1, 1))[h]
    a_without = a.sum() - a_of[h] + (a_of[h] - a) * scale
    s_without = np.maximum(s.sum() - s_of[h] + (s_of[h] - s) * scale, 1e-300)
    value = float(a.sum() / s.sum())
    variances = np.bincount(h, (a_without / s_without - value) ** 2) * (count - 1) / count
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(s_of > 0, s_of**2 / np.bincount(h, s**2), 1.0)
    variance = float(variances.sum())
    spread = float((variances**2 / np.maximum(effective - 1, 1.0)).sum())
    df = variance**2 / spread if spread > 0 else float(effective.sum()) - len(count)
    return Clustered(value, float(np.sqrt(variance)), df, float(effective.sum()))


def _strata(stratum: NDArray[np.str_]) -> NDArray[np.int64]:
    """A number for each cluster's stratum, small strata taken together (with the smallest of
    the others where they are too few even so)."""
    _, where, count = np.unique(stratum, return_inverse=True, return_counts=True)
    small = count < SMALLEST_STRATUM
    if small.any():
        others = np.where(small, len(where) + 1, count)
        alone = count[small].sum() >= SMALLEST_STRATUM or small.all()
        home = int(np.argmax(small)) if alone else int(np.argmin(others))
        where = np.where(small[where], home, where)
    return np.unique(where, return_inverse=True)[1]


def clustered_difference(sum1: Array, n1: Array, sum0: Array, n0: Array) -> Clustered:
    """Mean of arm 1 minus mean of arm 0, by cluster sums; a cluster may be in both arms."""
    m1, m0 = sum1.sum() / n1.sum(), sum0.sum() / n0.sum()
    u = (sum1 - m1 * n1) / n1.sum() - (sum0 - m0 * n0) / n0.sum()
    share = (n1 / n1.sum() + n0 / n0.sum()) / 2
    effective = 1.0 / float((share**2).sum())
    variance = float((u**2 / np.maximum(1 - share, 1e-9) ** 2).sum())
    return Clustered(float(m1 - m0), float(np.sqrt(variance)), effective - 1, effective)


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands behind a comparison's figures: `n` rows, their `unit`, whether persons are
    known (`by_person`), the rule of their intervals, and whether many people saw the same cases
    (`by_case`: errors by case too)."""

    n: int
    unit: str
    by_person: bool
    interval: Interval
    by_case: bool = False

    def estimate(
        self, found: Clustered, method: str, grade: Grade, assumption: str | None = None
    ) -> Estimate:
        """`found` as an estimate."""
        low, high = self.interval.around(found.value, found.se, found.df, self.n)
        by = "errors by person" if self.by_person else "errors by case, persons unknown"
        if self.by_case:
            by = "errors by person and by case, which many people saw"
        return Estimate(
            found.value,
            low,
            high,
            self.interval.confidence,
            self.n,
            self.interval.named(f"{method}, {by}"),
            grade,
            unit=self.unit,
            people=round(found.effective) if self.by_person else None,
            se=found.se,
            assumption=assumption,
            p=self.interval.chance(found.value, found.se, found.df, self.n),
        )
