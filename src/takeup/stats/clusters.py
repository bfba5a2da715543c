"""Differences whose errors respect that decisions of one person are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from takeup.stats.answer import Estimate, Grade
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


SMALLEST_STRATUM = 3
"""Strata of fewer clusters are taken together: their spread within cannot be known."""


def stratified_ratio(a: Array, s: Array, stratum: NDArray[np.str_]) -> Clustered:
    """Σa/Σs where clusters stand in strata that were not drawn (populations).

    Σ_h (S_h/S) r_h with each stratum's leverage-corrected variance, so the difference between
    strata is no sampling error (Cochran 1977, §6.11: separate ratio estimator); t with
    Satterthwaite's degrees of freedom Σ_h over the strata's effective clusters less one.
    """
    names, where, count = np.unique(stratum, return_inverse=True, return_counts=True)
    small = count < SMALLEST_STRATUM
    if small.any() and not small.all():
        home = int(np.argmin(np.where(small, len(s) + 1, count)))
        lumped = int(count[small].sum()) < SMALLEST_STRATUM
        where = np.where(small[where], home if lumped else len(names), where)
    elif small.all():
        where = np.zeros(len(s), int)
    parts = [
        (float(s[where == h].sum()), clustered_ratio(a[where == h], s[where == h]))
        for h in np.unique(where)
        if s[where == h].sum() > 0
    ]
    total = sum(size for size, _ in parts)
    value = sum(size * part.value for size, part in parts) / total
    variances = [(size / total * part.se) ** 2 for size, part in parts]
    spread = sum(v**2 / max(part.df, 1.0) for v, (_, part) in zip(variances, parts, strict=True))
    df = sum(variances) ** 2 / spread if spread > 0 else sum(part.df for _, part in parts)
    effective = sum(part.effective for _, part in parts)
    return Clustered(float(value), float(np.sqrt(sum(variances))), float(df), float(effective))


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
    known (`by_person`), the intervals' `confidence`."""

    n: int
    unit: str
    by_person: bool
    confidence: float

    def estimate(
        self, found: Clustered, method: str, grade: Grade, assumption: str | None = None
    ) -> Estimate:
        """`found` as an estimate."""
        low, high = found.interval(self.confidence)
        by = "errors by person" if self.by_person else "errors by case, persons unknown"
        return Estimate(
            found.value,
            low,
            high,
            self.confidence,
            self.n,
            f"{method}, {by}",
            grade,
            unit=self.unit,
            people=round(found.effective) if self.by_person else None,
            se=found.se,
            assumption=assumption,
        )
