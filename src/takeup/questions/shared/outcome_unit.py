"""In what an outcome is told: points where it is a share, else its own unit."""

from __future__ import annotations

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.use_case import UseCase


def unit_of_outcome(rows: ir.Table, use_case: UseCase, name: str) -> str:
    """`points` where all values of `y_NAME` lie between 0 and 1; else the declared unit of loss, or the
    outcome by its label."""
    value = rows[f"y_{name}"]
    ends = fetch(rows.aggregate(low=value.min(), high=value.max())).to_pylist()[0]
    share = ends["low"] is None or (ends["low"] >= 0 and ends["high"] <= 1)
    return "points" if share else (use_case.loss_unit or use_case.label_of(name))
