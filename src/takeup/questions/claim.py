"""What may be said aloud: a claim that something differs passes beside all others of a report.

An interval may be read beside its neighbours; a sentence is a claim, and claims are a family. Each
declares what it is one of, the chance of so much where nothing differs, and the finding that would say
it; over a report they are held by families, and what is false within each by its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from takeup.questions.finding import Finding
from takeup.stats.answer import Estimate
from takeup.stats.many import discoveries_in_families

FALSE_DISCOVERY = 0.05
"""The share of reports in which a family of claims of which none is true may say something. With what counts
its own errors (blind spots, disagreement, signals) a report says something false in no more than one of ten."""
_Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that was looked at. `family`: what is asked of all of them; `name`: of what it is asked;
    `p`: the two-sided chance of as much where nothing differs; `finding`: what would be said (None:
    nothing, but it was looked at), `otherwise` what is said where it does not pass."""

    family: str
    name: str
    p: float
    finding: Finding | None = None
    otherwise: Finding | None = None

    @property
    def key(self) -> str:
        """What a card asks by whether it passed."""
        return f"{self.family}:{self.name}"


def chance_of(estimate: Estimate, null: float = 0.0) -> float:
    """The two-sided chance of an estimate so far from `null`: as it was reckoned with its interval, else
    from the interval's end on that side."""
    if null == 0.0 and estimate.p is not None:
        return estimate.p
    off = estimate.value - null
    half = estimate.value - estimate.low if off > 0 else estimate.high - estimate.value
    if half <= 0:
        return 1.0 if off == 0 else 0.0
    return float(2 * ndtr(-abs(off) * _Z95 / half))


def passed(claims: Sequence[Claim]) -> frozenset[str]:
    """The keys of the claims that may be said."""
    by_family: dict[str, list[Claim]] = {}
    for claim in claims:
        by_family.setdefault(claim.family, []).append(claim)
    found = discoveries_in_families(
        {name: np.array([c.p for c in own]) for name, own in by_family.items()}, FALSE_DISCOVERY
    )
    return frozenset(
        claim.key
        for name, own in by_family.items()
        for claim, is_found in zip(own, found[name], strict=True)
        if is_found
    )


def split(items: Iterable[Finding | Claim]) -> tuple[list[Finding], list[Claim]]:
    """What is counted, and what is claimed."""
    told, claimed = [], []
    for item in items:
        if isinstance(item, Claim):
            claimed.append(item)
        else:
            told.append(item)
    return told, claimed
