"""When a new version came: it is named before any change is called behaviour."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pandas as pd

from takeup.log import fetch
from takeup.questions.shared.calendar import week_of
from takeup.questions.shared.whose import population_of

_COLUMNS = (("model_version", "model"), ("client_version", "client"), ("phase", "phase"))


def versions_seen(t: ir.Table) -> dict[str, tuple[tuple[date, str], ...]]:
    """By population, the weeks in which a model, client or phase first appears that had another before."""
    found: dict[str, list[tuple[date, str]]] = {}
    population, week = population_of(t).cast("string"), week_of(t)
    for column, word in _COLUMNS:
        if column not in t.columns:
            continue
        firsts = t.group_by(population=population, version=t[column].cast("string")).aggregate(
            first=week.min()
        )
        for name, part in fetch(firsts).to_pandas().dropna().groupby("population"):
            begun = part["first"].min()
            for _, row in part[part["first"] > begun].iterrows():
                day = pd.Timestamp(row["first"]).date()
                found.setdefault(str(name), []).append((day, f"{word} {row['version']}"))
    return {name: tuple(sorted(appeared)) for name, appeared in found.items()}
