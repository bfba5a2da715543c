"""What is recorded of a case before it is decided, and how finely a comparison adjusts for it.

All of it enters: the covariates, and the record's own columns that stand before the decision. A
column that decides who overrides and how cases end, and that is recorded and left out, would make every
adjusted figure wrong. Who decides is no part of it: people's own tendency is a question of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from takeup.log.compress import Counted, Factor, Grain, count_values, count_weeks
from takeup.questions.shared.calendar import local_clock

WEEK = "week"
RECORDED = (
    "recommendation", "recommendation_value", "confidence", "score_band", "stakes", "population",
    "substitution", "load", "value_tagged", "phase", "surface", "model_version", "client_version", WEEK,
)  # fmt: skip
"""In the order in which they are adjusted for; the last is left out first."""

ROWS_A_TERM = 5
"""Decisions of the rarer action for each level, bin or slope beside the covariates."""

COARSER = ((1, 1, 50), (2, 1, 50), (2, 2, 25), (2, 4, 25), (4, 13, 10), (5, 26, 5))
"""The order in which all is cut more coarsely: the divisor of the bins of numbers, weeks a period, names a
covariate."""


@dataclass(frozen=True, slots=True)
class Cut:
    """`factors` to adjust for, and what is recorded and `left_out`."""

    factors: tuple[Factor, ...]
    left_out: tuple[str, ...] = ()

    def terms(self, covariates: Collection[str]) -> int:
        """Levels, bins and slopes beside those of the covariates, which somebody chose."""
        beside = [f for f in self.factors if f.name not in covariates]
        return sum((len(f.levels) - 1) * (2 if f.numeric else 1) for f in beside)


def with_week(rows: ir.Table) -> ir.Table:
    """`rows` with WEEK: the Monday of each decision's week, as days since 1970."""
    if "decided_at" not in rows.columns:
        return rows
    day = local_clock(rows).date().epoch_days()
    # 1970 began on a Thursday.
    return rows.mutate(**{WEEK: day - (day + 3) % 7})


def count_known(rows: ir.Table, covariates: Sequence[str]) -> list[Counted]:
    """The values of all that is known of `rows` beforehand, covariates first, numbers also of the followed. `rows`
    have WEEK if dated."""
    recorded = [c for c in RECORDED if c in rows.columns and c not in covariates]
    if "confidence" in recorded and "score_band" in recorded:
        recorded.remove("score_band")
    followed = rows.action == "followed"
    return [
        count_weeks(rows, name) if name == WEEK else count_values(rows, name, followed)
        for name in (*covariates, *recorded)
    ]


def cuts(counted: Sequence[Counted], covariates: Collection[str], bins: int) -> Iterator[Cut]:
    """Ways to cut what is known, the finest first; at last without what is recorded last, then without the
    covariate of most levels. `bins`: of numbers at the finest."""
    cut = Cut(())
    for divisor, weeks, levels in COARSER:
        factors = [c.factor(Grain(max(bins // divisor, 2), weeks, levels)) for c in counted]
        cut = Cut(tuple(f for f in factors if len(f.levels) > 1))
        yield cut
    while cut.factors:
        recorded = [f for f in cut.factors if f.name not in covariates]
        last = recorded[-1] if recorded else max(cut.factors, key=lambda f: len(f.levels))
        cut = Cut(tuple(f for f in cut.factors if f != last), (*cut.left_out, last.name))
        yield cut
