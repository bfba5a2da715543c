"""What do people override, for which reason, and who was right: in all, and in each population?

A cluster is one kind of case, reason and model version. Every declared dimension is cut by itself, so an
override is in one cluster of each. Counts of what happened; who was right is told on judged cases alone,
and refused, with the reason, where truth is unknown or not known evenly. Refuses without overrides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import pandas as pd

from takeup.questions.override_ledger import (
    LedgerLine,
    cannot_score,
    ledger_line,
    overrides_counted,
)
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, insufficient

MOST_CLUSTERS, MOST_POPULATIONS = 60, 6
_KEY = ["reason", "segment", "version"]


@dataclass(frozen=True, slots=True)
class OverrideCluster:
    """Overrides of one kind of case of a `dimension` (None: all kinds) with one reason under one model
    version; `populations`: the same in each, most overrides first."""

    dimension: str | None
    whole: LedgerLine
    populations: tuple[tuple[str, LedgerLine], ...]


@dataclass(frozen=True, slots=True)
class OverrideClusters:
    """`total` over all overrides; the clusters of each dimension, most overrides first, `more` left
    out."""

    total: LedgerLine
    clusters: tuple[OverrideCluster, ...]
    more: int


def measure_override_clusters(
    decisions: ir.Table, dimensions: Sequence[str], settings: Settings
) -> OverrideClusters | CannotSay:
    """Clusters by each of `dimensions` that is recorded; without one, by reason and version alone."""
    refusal = cannot_score(decisions, settings)
    cuts: list[str | None] = [d for d in dimensions if d in decisions.columns]
    persons = "person_id" in decisions.columns

    def line(key: Sequence[object], part: pd.DataFrame) -> LedgerLine:
        if refusal is not None:
            part = part.assign(knew=0, model=0)
        made = ledger_line(key, part, persons, settings)
        return made if refusal is None else replace(made, human_share=refusal)

    total: LedgerLine | None = None
    found: list[OverrideCluster] = []
    for dimension in cuts or [None]:
        frame = overrides_counted(
            decisions,
            {"reason": "override_reason", "segment": dimension, "version": "model_version",
             "population": "population"},
        )  # fmt: skip
        if frame.empty:
            return insufficient("no override", "overrides", 0)
        total = total or line((None, None, None), frame)
        for key, part in frame.groupby(_KEY, dropna=False):
            populations = [
                (str(name), line(key, own)) for name, own in part.groupby("population") if name
            ]
            populations.sort(key=lambda one: -one[1].overrides)
            found.append(OverrideCluster(dimension, line(key, part), tuple(populations)))
    if total is None:
        return insufficient("no override", "overrides", 0)
    found.sort(key=lambda one: -one.whole.overrides)
    return OverrideClusters(total, tuple(found[:MOST_CLUSTERS]), max(len(found) - MOST_CLUSTERS, 0))
