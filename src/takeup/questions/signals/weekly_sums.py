"""What one population did in each week, as signals are found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.shared.calendar import week_of
from takeup.questions.shared.versions_seen import versions_seen
from takeup.questions.shared.whose import population_of
from takeup.record.vocabulary import CONSULTED_ACTIONS

Array = NDArray[np.float64]
WINDOW = 4
"""Weeks of the rules that look at 28 days."""


@dataclass(frozen=True, slots=True)
class WeeklySums:
    """One population's weekly sums by name (as `weekly_sums` counts them); `spread` inflates the variance of a share over
    people. `began`: the week in which it got the advice, where weeks before that are there too; `flags` by kind of case, each
    week's."""

    population: str
    mondays: list[date]
    sums: Mapping[str, Array]
    spread: float
    versions: list[tuple[int, str]]
    began: int | None = None
    flags: Mapping[str, Array] = field(default_factory=dict)

    def over(self, name: str, at: int, weeks: int = WINDOW) -> float:
        """The sum of the `weeks` up to `at`."""
        return float(self.sums[name][max(at - weeks + 1, 0) : at + 1].sum())


def weekly_sums(decisions: ir.Table, segments: Sequence[str] = ()) -> list[WeeklySums]:
    """Weeks of every population in which it is known who looked, the one with most cases first. `segments`: kinds of case
    in which flags may cluster."""
    seen = [a.value for a in CONSULTED_ACTIONS]
    t = decisions.filter(
        decisions.action.isin([*seen, "not_consulted"]) & decisions.decided_at.notnull()
    )
    columns = set(t.columns)
    looked, over = t.action != "not_consulted", t.action == "overridden"
    used = looked & ~over
    flags: dict[str, ir.BooleanValue] = {
        "n": t.action.notnull(), "looked": looked, "over": over, "used": used
    }  # fmt: skip
    if "path" in columns:
        flags |= {
            "nominal": t.path == "ai",
            "pathed": t.path.notnull(),
            "legacy": t.path == "legacy",
        }
    if "stakes" in columns:
        for level in ("high", "low"):
            here = t.stakes == level
            flags |= {f"{level}_n": here, f"{level}_looked": here & looked}
    if "advice_right" in columns:
        wrong = ~t.advice_right
        flags |= {"wrong_seen": wrong & looked, "caught": wrong & over}
    sums: dict[str, ir.Value] = {
        k: v.fill_null(False).cast("int64").sum() for k, v in flags.items()
    }
    if "flagged" in columns:
        flags["flagged"] = t.flagged.notnull()
    if {"loss_recommended", "loss_final"} <= columns:
        for name, value in (
            ("harm", ibis.ifelse(over, t.loss_final - t.loss_recommended, None)),
            ("followed_loss", ibis.ifelse(used, t.loss_final, None)),
        ):
            sums |= {
                f"{name}_n": value.count(), f"{name}_s": value.sum(), f"{name}_ss": (value**2).sum()
            }  # fmt: skip
    if "person_id" in columns:
        sums["people"] = t.person_id.nunique()
    by = {
        "population": population_of(t).cast("string"),
        "week": week_of(t),
    }
    frame = fetch(t.group_by(**by).aggregate(**sums)).to_pandas().dropna(subset=["population"])
    spread = _spread(t)
    versions, began, flagged = versions_seen(t), _began(decisions), _flags(t, by, segments)
    found = []
    for name, part in frame.groupby("population"):
        part = part.sort_values("week")
        mondays = [pd.Timestamp(w).date() for w in part["week"]]
        arrays = {c: part[c].fillna(0).to_numpy(float) for c in sums}
        appeared = [(mondays.index(d), what) for d, what in versions.get(str(name), ())]
        first = began.get(str(name))
        kinds = {
            kind: np.array([weeks.get(monday, 0.0) for monday in mondays])
            for kind, weeks in flagged.get(str(name), {}).items()
        }
        found.append(
            WeeklySums(
                str(name), mondays, arrays, spread.get(str(name), 1.0), appeared,
                mondays.index(first) if first in mondays else None, kinds,
            )
        )  # fmt: skip
    return sorted(found, key=lambda w: -float(w.sums["n"].sum()))


def _spread(t: ir.Table) -> dict[str, float]:
    """How much people's differences inflate the variance of a population's consult rate."""
    if "person_id" not in t.columns:
        return {}
    population = population_of(t).cast("string")
    looked = (t.action != "not_consulted").cast("float64")
    each = t.group_by(population=population, person=t.person_id).aggregate(
        n=t.count().cast("float64"), k=looked.sum()
    )
    rows = fetch(
        each.group_by("population").aggregate(
            g=each.count(),
            n=each.n.sum(),
            k=each.k.sum(),
            kk=(each.k**2).sum(),
            kn=(each.k * each.n).sum(),
            nn=(each.n**2).sum(),
        )
    ).to_pylist()
    found = {}
    for r in rows:
        p = r["k"] / r["n"]
        if r["population"] is None or r["g"] < 2 or p in (0.0, 1.0):
            continue
        variance = (
            r["g"] / (r["g"] - 1) * (r["kk"] - 2 * p * r["kn"] + p**2 * r["nn"]) / r["n"] ** 2
        )
        found[r["population"]] = max(1.0, variance / (p * (1 - p) / r["n"]))
    return found


STARTED = 0.1
"""Of a week's cases: with fewer under advice it is tried, and has not begun."""


def _began(decisions: ir.Table) -> dict[str, date]:
    """The week in which each population got the advice, of those that had weeks without it before."""
    if "mode" not in decisions.columns:
        return {}
    t = decisions.filter(decisions.decided_at.notnull(), decisions["mode"].notnull())
    weeks = t.group_by(population=population_of(t).cast("string"), week=week_of(t)).aggregate(
        n=t.count(), assisted=(t["mode"] == "assist").cast("int64").sum()
    )
    frame = fetch(weeks).to_pandas().dropna(subset=["population"]).sort_values("week")
    found = {}
    for name, part in frame.groupby("population"):
        on = part[part["assisted"] >= STARTED * part["n"]]
        if len(on) and on["week"].iloc[0] > part["week"].iloc[0]:
            found[str(name)] = pd.Timestamp(on["week"].iloc[0]).date()
    return found


def _flags(
    t: ir.Table, by: Mapping[str, ir.Value], segments: Sequence[str]
) -> dict[str, dict[str, dict[date, float]]]:
    """Flags by population, kind of case and week."""
    if "flagged" not in t.columns:
        return {}
    marked = t.flagged.notnull()
    found: dict[str, dict[str, dict[date, float]]] = {}
    for segment in (s for s in segments if s in t.columns):
        level = t[segment].cast("string")
        rows = t.group_by(**by, level=level).aggregate(n=marked.cast("int64").sum())
        for row in fetch(rows.filter(rows.n > 0)).to_pylist():
            if row["population"] is None or row["level"] is None:
                continue
            kinds = found.setdefault(str(row["population"]), {})
            week = pd.Timestamp(row["week"]).date()
            kinds.setdefault(str(row["level"]), {})[week] = float(row["n"])
    return found
