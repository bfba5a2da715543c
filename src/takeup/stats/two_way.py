"""Errors where the same cases were seen by many people: decisions of one person are alike, and so are those
of one case.

Two-way clustering (Cameron, Gelbach & Miller 2011, J. Bus. Econ. Stat. 29, eq. 2.9): V_person + V_case −
V_both. The difference may come out too small or below zero; it is never taken for less than either alone
(MacKinnon, Nielsen & Webb 2021, J. Bus. Econ. Stat. 39), and degrees of freedom are those of the fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from takeup.stats.clusters import Clustered


@dataclass(frozen=True, slots=True)
class Crossed:
    """What cases add to the error of a ratio: its variance `by_case` and `by_both` (the cells of person and
    case), and the number of effective `cases`, 1/Σ share²."""

    by_case: float
    by_both: float
    cases: float

    def variance(self, by_person: float) -> float:
        """The two-way variance beside that by person."""
        return max(by_person + self.by_case - self.by_both, by_person, self.by_case)

    def widened(self, found: Clustered) -> Clustered:
        """`found`, whose errors are by person, with errors by person and case."""
        return replace(
            found,
            se=self.variance(found.se**2) ** 0.5,
            df=min(found.df, max(self.cases - 1, 1.0)),
            effective=min(found.effective, self.cases),
        )


def by_case_too(found: Clustered, seen: Crossed | None) -> Clustered:
    """`found`, whose errors are by person, by case too where cases repeat (`seen`); it is of as many people as before."""
    return found if seen is None else replace(seen.widened(found), effective=found.effective)
