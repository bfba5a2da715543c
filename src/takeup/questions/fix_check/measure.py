"""Did a fix show? Advice wrong in the kind of case that a release answers, before it and after.

Before–after on one group, with the other kinds of case of the same weeks beside it: descriptive, not
an effect (a group is picked when it is worst). Refuses where either side has too few judged cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.shared.known_truth import answered_rows, truth_weight
from takeup.questions.shared.whose import person_of
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.quantiles import t_half_width
from takeup.stats.rates import weighted_share

Verdict = Literal["holds", "no_change", "worse", "too_early"]
FEWEST = 30
"""Judged cases on each side below which nothing is said."""


@dataclass(frozen=True, slots=True)
class FixCheck:
    """Shares of advice that was wrong in the kind of case `before` and `after` the release, `change`
    after minus before in points, and the same for all other cases `elsewhere`. `people`: the fewest whose judged
    cases any of the four shares is of (None: unknown)."""

    before: Answer
    after: Answer
    change: Answer
    elsewhere_before: Answer
    elsewhere_after: Answer
    verdict: Verdict
    people: int | None = None


def measure_fix(
    decisions: ir.Table,
    dimension: str,
    level: str,
    shipped: datetime,
    days: int,
    version: str | None,
    settings: Settings,
) -> FixCheck | CannotSay:
    """`days` before and the latest `days` after `shipped` (UTC, without zone as `decided_at`); after it
    only advice of `version` where versions are recorded. `decisions` has `advice_right`."""
    if not {"advice_right", "decided_at", dimension} <= set(decisions.columns):
        return not_instrumented(
            "the right answer, the time or the kind of case is not recorded", ""
        )
    rows = answered_rows(decisions)
    inside = (rows[dimension].cast("string") == level).fill_null(False)
    last: datetime | None = fetch(rows.aggregate(last=rows.decided_at.max()))["last"][0].as_py()
    if last is None:
        return insufficient("no decision", "decisions", 0)
    last = last.replace(tzinfo=None)
    begins = max(shipped, last - timedelta(days=days))
    after = rows.decided_at >= begins
    if version is not None and "model_version" in rows.columns:
        after = after & (rows.model_version == version).fill_null(False)
    before = (rows.decided_at >= shipped - timedelta(days=days)) & (rows.decided_at < shipped)
    known, weight = rows.advice_right.notnull(), truth_weight(rows)
    sums = {
        f"{side}_{where}_{what}": ((known & window & place).ifelse(value, 0.0)).sum()
        for side, window in (("before", before), ("after", after))
        for where, place in (("in", inside), ("out", ~inside))
        for what, value in (
            ("n", 1.0), ("w", weight), ("wrong", (~rows.advice_right).ifelse(weight, 0.0)),
        )
    }  # fmt: skip
    frame: pd.DataFrame = fetch(rows.group_by(person=person_of(rows)).aggregate(**sums)).to_pandas()
    answers = {
        f"{side}_{where}": _share(frame, f"{side}_{where}", settings.confidence)
        for side in ("before", "after")
        for where in ("in", "out")
    }
    change = _change(frame, settings.confidence)
    return FixCheck(
        answers["before_in"], answers["after_in"], change, answers["before_out"],
        answers["after_out"], _verdict(change), _fewest(frame) if "person_id" in rows.columns else None,
    )  # fmt: skip


def _fewest(frame: pd.DataFrame) -> int:
    sides = (f"{side}_{where}_n" for side in ("before", "after") for where in ("in", "out"))
    return min((n for side in sides if (n := int((frame[side] > 0).sum()))), default=0)


def _share(frame: pd.DataFrame, side: str, confidence: float) -> Answer:
    return weighted_share(
        frame[f"{side}_wrong"].to_numpy(float), frame[f"{side}_w"].to_numpy(float),
        float(frame[f"{side}_n"].sum()), confidence, clustered=len(frame) > 1,
    )  # fmt: skip


def _change(frame: pd.DataFrame, confidence: float) -> Answer:
    """Difference of two ratios of the same people, linearised (Cochran 1977, §6): one residual a
    person over both sides, t with people − 1."""
    totals = {side: float(frame[f"{side}_in_n"].sum()) for side in ("before", "after")}
    fewest = min(totals.values())
    if fewest < FEWEST or len(frame) < 2:
        return insufficient(
            f"only {fewest:.0f} judged cases on one side", f"{FEWEST} on each", int(fewest)
        )
    residual, value = np.zeros(len(frame)), 0.0
    for side, sign in (("after", 1), ("before", -1)):
        k, n = frame[f"{side}_in_wrong"].to_numpy(float), frame[f"{side}_in_w"].to_numpy(float)
        rate = k.sum() / n.sum()
        value += sign * rate
        residual += sign * (k - rate * n) / n.sum()
    people = len(frame)
    se = float(np.sqrt(people / (people - 1) * (residual**2).sum()))
    half = t_half_width(confidence, people - 1) * se
    return Estimate(
        value, value - half, value + half, confidence, round(sum(totals.values())),
        "after minus before, the same kind of case, errors by person", "descriptive", unit="points",
        people=people, se=se,
    )  # fmt: skip


def _verdict(change: Answer) -> Verdict:
    if isinstance(change, CannotSay):
        return "too_early"
    if change.high < 0:
        return "holds"
    return "worse" if change.low > 0 else "no_change"
