"""A person's own cases from their vault, with what they did and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from takeup.log import fetch
from takeup.log.engine import Engine
from takeup.measure.own_calibration import OwnCalibration, measure_own_calibration
from takeup.record.action import with_action
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.server.organization.services import declared
from takeup.server.practitioner.vault import rows_of

_OF_OUTCOME = ("correct_choice", "correct_value", "loss_recommended", "loss_final")
_END = "y__"
_NUMBERS = ("recommendation_value", "choice_value", "initial_choice_value", "confidence", "duration_s",
            "assist_probability", "correct_value", "loss_recommended", "loss_final", _END)  # fmt: skip
_FLAGS = ("consulted", "abandoned", "explanation_opened", "evidence_opened")


@dataclass(frozen=True, slots=True)
class OwnCases:
    """The person's rows of one use case: `decisions` by id, each with what is known of its end."""

    use_case: str
    declared: UseCase
    rows: tuple[Mapping[str, Any], ...]

    def since(self, day: date) -> OwnCases:
        """Those decided from `day` on."""
        begins = datetime.combine(day, datetime.min.time(), UTC).isoformat()
        return OwnCases(
            self.use_case, self.declared, tuple(r for r in self.rows if r["decided_at"] >= begins)
        )


def own_cases(handle: str) -> dict[str, OwnCases]:
    """Everything in a person's vault, by use case, the newest case first."""
    decisions, outcomes = rows_of(handle)
    ends: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in outcomes:
        ends.setdefault((one["use_case"], one["decision_id"]), []).append(one)
    by_case: dict[str, list[dict[str, Any]]] = {}
    for row in decisions:
        name = row["use_case"]
        known = sorted(
            ends.get((name, row["decision_id"]), []), key=lambda o: str(o.get("observed_at"))
        )
        for one in known:
            row.update({k: one[k] for k in _OF_OUTCOME if one.get(k) is not None})
            if one.get("outcome") is not None:
                row[_END] = one["outcome"]
            row["observed_at"] = one.get("observed_at")
        by_case.setdefault(name, []).append(row)
    return {
        name: OwnCases(
            name, declared(name), tuple(sorted(rows, key=lambda r: r["decided_at"], reverse=True))
        )
        for name, rows in sorted(by_case.items())
    }


def with_what_was_done(own: OwnCases) -> list[dict[str, Any]]:
    """The rows with `action`, `choice_right`, `advice_right`, by the rules of every measure."""
    if not own.rows:
        return []
    with _derived(own) as table:
        told = [c for c in ("action", "choice_right", "advice_right") if c in table.columns]
        derived = fetch(table.select("place__", *told).order_by("place__")).to_pylist()
    return [dict(row) | found for row, found in zip(own.rows, derived, strict=True)]


def calibration_of(own: OwnCases) -> OwnCalibration:
    """What the person's decisions of one use case say."""
    rule = own.declared.outcome
    with _derived(own) as table:
        segments = [name for name in own.declared.segment if name in table.columns]
        return measure_own_calibration(
            table, segments, outcome=None if rule.one_sided else _END,
            better_higher=rule.better != "lower",
        )  # fmt: skip


@contextmanager
def _derived(own: OwnCases) -> Iterator[ir.Table]:
    """The rows in an engine of their own, which keeps nothing of them."""
    engine = Engine(threads=1)
    try:
        loaded = engine.load(_table(own), "own")
        yield with_truth(with_action(loaded, own.declared), own.declared)
    finally:
        engine.close()


def _table(own: OwnCases) -> pa.Table:
    names = sorted(
        {name for row in own.rows for name in row} | {"mode", "choice", "recommendation"}
    )
    columns: dict[str, pa.Array] = {"place__": pa.array(range(len(own.rows)), pa.int64())}
    for name in names:
        values = [row.get(name) for row in own.rows]
        if name in _NUMBERS:
            columns[name] = pa.array(
                [None if v is None else float(v) for v in values], pa.float64()
            )
        elif name in _FLAGS:
            columns[name] = pa.array(values, pa.bool_())
        else:
            columns[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.table(columns)
