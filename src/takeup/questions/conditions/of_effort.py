"""Steps and time with the advice and without it, and what it takes to override."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.conditions.indicators import indicators
from takeup.questions.conditions.windows import SEEN, By, Told, columns_that_hold, windows_back
from takeup.questions.shared.whose import population_of
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, Estimate, insufficient
from takeup.stats.quantiles import median_of_counts, normal_quantile

BUCKETS: tuple[tuple[float, float], ...] = (
    (30, 15.0),
    (120, 60.0),
    (600, 270.0),
    (float("inf"), 1200.0),
)
"""Seconds up to which, and what stands for them: near the geometric middle. Finer times are not looked at."""


def of_effort(decisions: ir.Table, last: datetime | None, settings: Settings) -> By:
    """Steps by path and by what was done; time by path, like with like."""
    t = decisions.filter(decisions.action.isin([*SEEN, "not_consulted"]))
    has = columns_that_hold(t, "steps", "duration_s", "path")
    if not has & {"steps", "duration_s"}:
        return {}
    path = t.path if "path" in has else ibis.ifelse(t.action == "not_consulted", "legacy", "ai")
    t = t.mutate(
        name__=population_of(t).cast("string"),
        window__=windows_back(t, last, settings.conditions.window_days),
        path__=path,
        done__=t.action,
        stakes__=t.stakes.cast("string") if "stakes" in t.columns else ibis.literal(""),
    )
    t = t.filter(t.window__.between(0, 1) & t.name__.notnull())
    found: By = {}
    if "steps" in has:
        rows = t.mutate(steps__=t.steps.cast("float64"))
        for name, part in counted(rows, "steps__", "path__", "done__"):
            told = found.setdefault(name, {})
            told["C1.2"] = of_windows(part, lambda p: _steps(p, "C1.2", "path__", "ai", "legacy", settings))  # fmt: skip
            told["C3.1"] = of_windows(part, lambda p: _steps(p, "C3.1", "done__", "overridden", "followed", settings))  # fmt: skip
    if "duration_s" in has:
        *ends, rest = BUCKETS
        middle = ibis.cases(*((t.duration_s < end, value) for end, value in ends), else_=rest[1])
        rows = t.mutate(bucket__=ibis.ifelse(t.duration_s.isnull(), None, middle))
        for name, part in counted(rows, "bucket__", "path__", "stakes__"):
            found.setdefault(name, {})["C1.5"] = of_windows(part, lambda p: _times(p, settings))
    return found


def counted(rows: ir.Table, value: str, *by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """By population: how often each value is there, by window and what else."""
    known = rows.filter(rows[value].notnull())
    counts = known.group_by("name__", "window__", value, *by).aggregate(n=known.count())
    for name, part in fetch(counts).to_pandas().groupby("name__"):
        yield str(name), part


def of_windows(part: pd.DataFrame, of: Callable[[pd.DataFrame], Answer]) -> Told:
    """One figure now and a window before."""
    before = part[part["window__"] == 1]
    return Told(of(part[part["window__"] == 0]), of(before) if len(before) else None)


def _steps(
    part: pd.DataFrame, id_: str, column: str, one: str, other: str, settings: Settings
) -> Answer:
    """The difference of two medians, each with the interval of its order statistics, joined by MOVER."""
    arms = [part[part[column] == name] for name in (one, other)]
    n = int(min(arm["n"].sum() for arm in arms))
    if n < indicators()[id_].least:
        least = indicators()[id_].least
        return insufficient(f"{n:,} cases on one side, {least} needed", f"{least} cases a side", n)
    (a, a_low, a_high), (b, b_low, b_high) = (_median(arm, settings.confidence) for arm in arms)
    value = a - b
    return Estimate(
        value,
        value - float(np.hypot(a - a_low, b_high - b)),
        value + float(np.hypot(a_high - a, b - b_low)),
        settings.confidence,
        int(sum(arm["n"].sum() for arm in arms)),
        "difference of medians, order statistics and MOVER, decisions taken as independent",
        "descriptive",
        unit="steps",
    )


def _median(arm: pd.DataFrame, confidence: float) -> tuple[float, float, float]:
    """The median of counted values, and the order statistics that hold it (Conover 1999, §3.2)."""
    each = arm.groupby("steps__")["n"].sum()
    values, counts = each.index.to_numpy(float), each.to_numpy(float)
    total, upto = counts.sum(), np.cumsum(counts)
    half = normal_quantile(0.5 + confidence / 2) * total**0.5 / 2
    ends = [
        float(values[min(int(np.searchsorted(upto, max(total / 2 + side * half, 1e-9))), len(values) - 1)])
        for side in (-1, 1)
    ]  # fmt: skip
    middle = median_of_counts(values, counts)
    return middle, min(ends[0], middle), max(ends[1], middle)


def _times(part: pd.DataFrame, settings: Settings) -> Answer:
    """Geometric mean of coarse times with the advice ÷ without, over cells of stakes that have both."""
    known = part.assign(log=np.log(part["bucket__"]))
    means, variances, weights, least = [], [], [], [0.0, 0.0]
    for _, cell in known.groupby("stakes__", dropna=False):
        arms = [cell[cell["path__"] == name] for name in ("ai", "legacy")]
        counts = [float(arm["n"].sum()) for arm in arms]
        if min(counts) < 2:
            continue
        two = [_weighted(arm) for arm in arms]
        means.append(two[0][0] - two[1][0])
        variances.append(sum(v / n for (_, v), n in zip(two, counts, strict=True)))
        weights.append(counts[0])
        least = [a + b for a, b in zip(least, counts, strict=True)]
    n, needed = int(min(least)), indicators()["C1.5"].least
    if n < needed:
        return insufficient(
            f"{n:,} cases on one side, {needed} needed", f"{needed} cases a side", n
        )
    w = np.array(weights) / sum(weights)
    log = float(w @ np.array(means))
    half = normal_quantile(0.5 + settings.confidence / 2) * float(w**2 @ np.array(variances)) ** 0.5
    return Estimate(
        float(np.exp(log)), float(np.exp(log - half)), float(np.exp(log + half)),
        settings.confidence, int(sum(least)),
        "ratio of geometric means of four coarse times, within stakes, decisions taken as independent",
        "descriptive", unit="ratio",
    )  # fmt: skip


def _weighted(arm: pd.DataFrame) -> tuple[float, float]:
    n, log = arm["n"].to_numpy(float), arm["log"].to_numpy(float)
    mean = float((n * log).sum() / n.sum())
    return mean, float((n * (log - mean) ** 2).sum() / max(n.sum() - 1, 1))
