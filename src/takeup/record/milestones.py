"""What capabilities know of a sprint's milestones: one shape, so that a milestone's evidence is read and never typed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MilestoneRecord:
    """One `fact` of a use case by its name (`room.what`), of a `population` (empty: of all): `k` of `n`, or a plain
    `value`. `path`: the page that shows it; `words`: what was counted; `attested`: a person said so, nothing counted it.

    No record: not known yet. `value` 1 and 0 are yes and no; days are counts of days. `reaches`: of a figure that may not be
    shown, the end that it reaches at least (at most, where less is better), as its grade tells."""

    fact: str
    population: str = ""
    k: float | None = None
    n: int | None = None
    value: float | None = None
    path: str = ""
    words: str = ""
    attested: bool = False
    reaches: float | None = None

    @property
    def figure(self) -> float | None:
        """k/n, or the value; None where n is nothing."""
        if self.k is None:
            return self.value
        return self.k / self.n if self.n else None
