"""How much of the advice is looked at, followed, overridden: for whom, where and when?

Answers from the recorded actions alone. Refuses to call agreement "following" where the
table does not say whether the advice was in view, and gives a range where some eligible
cases are unaccounted. All shares are descriptive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.record.settings import Settings
from takeup.record.vocabulary import Action
from takeup.stats.answer import Answer, CannotSay, Estimate, not_instrumented
from takeup.stats.rates import ratio, share

UNACCOUNTED = "unaccounted"
COUNTS = (*(a.value for a in Action), UNACCOUNTED)
_CONSULT_NEEDS = "a column that says whether the advice was in view (consulted), or the view log"


@dataclass(frozen=True, slots=True)
class GroupAdoption:
    """Counts and shares of one group of decisions.

    `counts`: decisions by action. `eligible` = E, `consulted` = C, `unknown` = U: eligible
    decisions of which nobody knows whether the advice was seen, or that no decision answers.
    `largest_share` is the part of one person; `hidden` marks a group disclosure has emptied.
    """

    key: str
    people: int | None
    counts: dict[str, int]
    eligible: int
    consulted: int
    unknown: int
    nominal_rate: Answer
    consult_rate: Answer
    override_rate: Answer
    adjust_rate: Answer
    effective_reliance: Answer
    agreement: Answer
    unaccounted_share: Answer
    quality_gap: Answer
    largest_share: float = 0.0
    largest_override_share: float = 0.0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Adoption:
    """The whole table and its groups: `groups[dimension]` in order of size, weeks in time.

    `reasons` counts overrides by reason; `reasons_by[dimension][level]` by kind of case.
    """

    overall: GroupAdoption
    groups: dict[str, tuple[GroupAdoption, ...]]
    reasons: dict[str, int]
    contradictions: int
    reasons_by: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)


def measure_adoption(
    decisions: ir.Table,
    dimensions: Sequence[str],
    settings: Settings,
    reason_dimensions: Sequence[str] = (),
) -> Adoption:
    """Adoption overall and by each of `dimensions` (columns of `decisions`, or `week`).

    `decisions` has `action`, `agrees` and, where known, `person_id`, `path`, `decided_at`.
    """
    table = _with_weeks(decisions)
    groups = {}
    for dimension in dimensions:
        if dimension in table.columns:
            frame = _counts(table, dimension)
            groups[dimension] = _groups(frame, dimension, settings, "path" in table.columns)
    whole = _counts(table, None)
    reasons = _reasons(table)
    contradictions = fetch(table.aggregate(n=table.contradicts_source.cast("int64").sum()))
    return Adoption(
        _group("all", whole, settings, "path" in table.columns),
        groups,
        reasons,
        int(contradictions["n"][0].as_py() or 0),
        {d: _reasons_by(table, d) for d in reason_dimensions if reasons and d in table.columns},
    )


def _with_weeks(table: ir.Table) -> ir.Table:
    if "decided_at" not in table.columns:
        return table
    return table.mutate(week=table.decided_at.truncate("W").strftime("%Y-%m-%d"))


def _counts(table: ir.Table, dimension: str | None) -> pd.DataFrame:
    """One row per person × level × action: n, on the AI path, agreeing, agreement known."""
    by: dict[str, ir.Value] = {"action": table.action}
    by["person"] = table.person_id if "person_id" in table.columns else ibis.literal("everyone")
    if dimension:
        by["level"] = table[dimension].cast("string")
    sums: dict[str, ir.Value] = {
        "n": ibis._.count(),
        "agreeing": table.agrees.cast("int64").sum().fill_null(0),
        "comparable": table.agrees.count(),
    }
    if "path" in table.columns:
        sums["on_path"] = (table.path == "ai").cast("int64").sum().fill_null(0)
        sums["path_known"] = table.path.count()
    frame: pd.DataFrame = fetch(table.group_by(**by).aggregate(**sums)).to_pandas()
    frame["person"] = frame["person"].astype(object).fillna("(unknown)")
    return frame


def _groups(
    frame: pd.DataFrame, dimension: str, settings: Settings, has_path: bool
) -> tuple[GroupAdoption, ...]:
    found = [
        _group(str(level), part, settings, has_path)
        for level, part in frame.dropna(subset=["level"]).groupby("level")
    ]
    if dimension == "week":
        return tuple(sorted(found, key=lambda g: g.key))
    return tuple(sorted(found, key=lambda g: -sum(g.counts.values())))


def _group(key: str, frame: pd.DataFrame, settings: Settings, has_path: bool) -> GroupAdoption:
    by_person = frame.pivot_table(
        index="person", columns="action", values="n", aggfunc="sum", fill_value=0
    ).reindex(columns=list(COUNTS), fill_value=0)
    n = {action: by_person[action].to_numpy(float) for action in COUNTS}
    persons_known = set(by_person.index) != {"everyone"}
    clustered = persons_known and len(by_person) > 1
    seen = n["followed"] + n["modified"] + n["overridden"]
    unknown = n["agreed"] + n["differed"] + n["unknown"] + n[UNACCOUNTED]
    eligible = seen + n["not_consulted"] + unknown
    used = n["followed"] + n["modified"]
    level = settings.confidence

    def rate(k: np.ndarray, of: np.ndarray) -> Answer:
        return share(k, of, level, clustered=clustered)

    nothing_known = eligible.sum() > 0 and (eligible - unknown).sum() == 0
    silent = not_instrumented(
        "the table does not say whether the advice was in view", _CONSULT_NEEDS
    )
    assist = frame[~frame["action"].isin(["shadow", "off", UNACCOUNTED])]
    return GroupAdoption(
        key=key,
        people=len(by_person.index.drop("(unknown)", errors="ignore")) if persons_known else None,
        counts={action: int(values.sum()) for action, values in n.items() if values.sum()},
        eligible=int(eligible.sum()),
        consulted=int(seen.sum()),
        unknown=int(unknown.sum()),
        nominal_rate=_nominal(frame, by_person, eligible, level, clustered, has_path),
        consult_rate=silent
        if nothing_known
        else _ranged(rate(seen, eligible - unknown), seen, unknown, eligible),
        override_rate=silent if nothing_known else rate(n["overridden"], seen),
        adjust_rate=silent if nothing_known else rate(n["modified"] + n["overridden"], seen),
        effective_reliance=silent
        if nothing_known
        else _ranged(rate(used, eligible - unknown), used, unknown, eligible),
        agreement=_agreement(assist, level, clustered),
        unaccounted_share=rate(n[UNACCOUNTED], eligible),
        quality_gap=_quality_gap(
            frame, by_person, used, eligible, nothing_known, level, clustered, has_path
        ),
        largest_share=_largest(eligible),
        largest_override_share=_largest(n["overridden"]) if n["overridden"].sum() >= 5 else 0.0,
    )


def _largest(counts: Any) -> float:
    """Share of the person with the most, 0 to 1."""
    return float(counts.max() / counts.sum()) if counts.sum() else 0.0


def _ranged(answer: Answer, k: Any, unknown: Any, eligible: Any) -> Answer:
    """The known share with the range it can have once the unknown are counted."""
    if isinstance(answer, CannotSay) or unknown.sum() == 0:
        return answer
    total = float(eligible.sum())
    fields = {name: getattr(answer, name) for name in answer.__slots__}
    fields.update(
        range_low=float(k.sum()) / total, range_high=float(k.sum() + unknown.sum()) / total
    )
    return Estimate(**fields)


def _on_path(frame: pd.DataFrame, by_person: pd.DataFrame) -> Any:
    eligible = frame[~frame["action"].isin(["shadow", "off", "deferred"])]
    return (
        eligible.groupby("person")["on_path"]
        .sum()
        .reindex(by_person.index, fill_value=0)
        .to_numpy(float)
    )


def _nominal(
    frame: pd.DataFrame,
    by_person: pd.DataFrame,
    eligible: Any,
    level: float,
    clustered: bool,
    has_path: bool,
) -> Answer:
    if not has_path or frame["path_known"].sum() == 0:
        return not_instrumented(
            "the table does not say which way cases were closed", "a column path (ai or legacy)"
        )
    return share(_on_path(frame, by_person), eligible, level, clustered=clustered)


def _quality_gap(
    frame: pd.DataFrame,
    by_person: pd.DataFrame,
    used: Any,
    eligible: Any,
    nothing_known: bool,
    level: float,
    clustered: bool,
    has_path: bool,
) -> Answer:
    if not has_path or nothing_known:
        return not_instrumented(
            "needs the nominal rate and the effective reliance", "the columns path and consulted"
        )
    return ratio(
        _on_path(frame, by_person) - used,
        eligible,
        level,
        unit="points",
        clustered=clustered,
        method="nominal rate minus effective reliance, clustered by person",
    )


def _agreement(assist: pd.DataFrame, level: float, clustered: bool) -> Answer:
    sums = assist.groupby("person")[["agreeing", "comparable"]].sum()
    if sums["comparable"].sum() == 0:
        return not_instrumented(
            "advice and choice are not both recorded", "the columns recommendation and choice"
        )
    return share(
        sums["agreeing"].to_numpy(float),
        sums["comparable"].to_numpy(float),
        level,
        clustered=clustered,
    )


def _reasons(table: ir.Table) -> dict[str, int]:
    if "override_reason" not in table.columns:
        return {}
    overridden = table.filter(table.action == "overridden")
    found = fetch(overridden.group_by("override_reason").aggregate(n=ibis._.count())).to_pylist()
    rows = sorted(found, key=lambda row: -row["n"])
    return {row["override_reason"] or "(none given)": int(row["n"]) for row in rows}


def _reasons_by(table: ir.Table, dimension: str) -> dict[str, dict[str, int]]:
    overridden = table.filter((table.action == "overridden") & table[dimension].notnull())
    level = overridden[dimension].cast("string")
    found = fetch(
        overridden.group_by(level=level, reason=overridden.override_reason).aggregate(
            n=ibis._.count()
        )
    ).to_pylist()
    counts: dict[str, dict[str, int]] = {}
    for row in sorted(found, key=lambda row: (row["level"], -row["n"], str(row["reason"]))):
        counts.setdefault(row["level"], {})[row["reason"] or "(none given)"] = int(row["n"])
    return counts
