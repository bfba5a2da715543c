"""Covariates become small integers in the engine, so that rows can be summed into cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log.engine import fetch, new_name
from takeup.stats.bins import bin_names, gap_edges, quantile_edges, support_edges

BLANK, OTHER = "(blank)", "(other)"
MOST_LEVELS = 50
_GAP, _BESIDE = 0.5, 0.01
"""No bin of a number spans a gap of so many standard deviations with that share of the rows on either side, nor the
end of one of two arms beyond which the other has that share."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A covariate as codes 0 … len(levels) − 1. Where `edges` cut it, code 0 is blank; `centre`, `scale`
    standardise a number (z = (x − centre)/scale). `blank`: the share of rows that do not say it."""

    name: str
    levels: tuple[str, ...]
    numeric: bool = False
    edges: tuple[float, ...] = ()
    centre: float = 0.0
    scale: float = 1.0
    blank: float = 0.0


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely covariates are cut: numbers into `bins`, weeks into periods of so many `weeks`, names into
    the `levels` that have most rows."""

    bins: int
    weeks: int = 1
    levels: int = MOST_LEVELS


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each value of a covariate stands in the rows, from which it is cut at any grain. `values`:
    texts, the most frequent first; numbers rounded to three digits; or Mondays as days since 1970. `of_arm`: how many
    of the rows of each number are of one of two arms that are compared."""

    name: str
    kind: Literal["name", "number", "week"]
    values: Sequence[Any]
    counts: Sequence[float]
    blank: float = 0.0
    of_arm: Sequence[float] = ()

    def factor(self, grain: Grain) -> Factor:
        """The covariate as a factor."""
        if self.kind == "number":
            return self._number(grain.bins)
        return self._weeks(grain) if self.kind == "week" else self._names(grain.levels)

    def _names(self, most: int) -> Factor:
        levels = list(self.values)
        if len(levels) > most:
            levels = [*levels[: most - 1], OTHER]
        return Factor(self.name, tuple(levels), blank=self.blank)

    def _number(self, bins: int) -> Factor:
        values, counts = np.array(self.values, float), np.array(self.counts, float)
        if not len(values):
            return Factor(self.name, (BLANK,), True, blank=self.blank)
        centre = float((values * counts).sum() / counts.sum())
        spread = float(np.sqrt((counts * (values - centre) ** 2).sum() / counts.sum())) or 1.0
        cut = {*quantile_edges(values, counts, bins)}
        cut.update(gap_edges(values, counts, _GAP * spread, _BESIDE))
        if len(self.of_arm):
            arm = np.array(self.of_arm, float)
            cut.update(support_edges(values, arm, counts - arm, _BESIDE))
        edges = tuple(sorted(cut))
        names = (BLANK, *bin_names(edges))
        return Factor(self.name, names, True, edges, centre, spread, self.blank)

    def _weeks(self, grain: Grain) -> Factor:
        first = self.values[:: grain.weeks]
        names = [str(np.datetime64(int(day), "D")) for day in first]
        edges = tuple(float(day) - 1 for day in first[1:])
        return Factor(self.name, (BLANK, *names), False, edges, blank=self.blank)


def find_factors(rows: ir.Table, names: Sequence[str], bins: int) -> tuple[Factor, ...]:
    """How each of `names` is cut: names by size (the rest beyond 50 together), numbers into quantile bins
    whose edges come from counts of values rounded to three digits."""
    return tuple(count_values(rows, name).factor(Grain(bins)) for name in names)


def count_values(rows: ir.Table, name: str, arm: ir.BooleanValue | None = None) -> Counted:
    """How often each value of the column stands in `rows`, a number also in one `arm` of them."""
    if rows[name].type().is_numeric():
        whole = int(fetch(rows.aggregate(n=rows.count()))["n"][0].as_py())
        frame = rounded_counts(rows, rows[name], arm)
        blank = 1 - frame["n"].sum() / max(whole, 1)
        of_arm = () if arm is None else list(frame["of_arm"])
        return Counted(name, "number", list(frame["value"]), list(frame["n"]), float(blank), of_arm)
    # Counted as they are held, which is far cheaper, then as texts.
    held = rows.group_by(held=rows[name]).aggregate(n=rows.count())
    text = held.held.cast("string").fill_null(BLANK)
    found = fetch(held.group_by(level=text).aggregate(n=held.n.sum())).to_pandas()
    found = found.sort_values(["n", "level"], ascending=[False, True])
    blank = found["n"][found["level"] == BLANK].sum() / max(found["n"].sum(), 1)
    return Counted(name, "name", list(found["level"]), list(found["n"]), float(blank))


def count_weeks(rows: ir.Table, name: str) -> Counted:
    """How often each week stands in `rows`; the column holds its Monday as days since 1970."""
    day = rows[name]
    found = fetch(rows.group_by(day=day).aggregate(n=rows.count()).order_by("day")).to_pandas()
    known = found[found["day"].notna()]
    blank = 1 - known["n"].sum() / max(found["n"].sum(), 1)
    return Counted(name, "week", list(known["day"]), list(known["n"]), float(blank))


def rounded_counts(
    rows: ir.Table, value: ir.NumericValue, arm: ir.BooleanValue | None = None
) -> pd.DataFrame:
    """Columns `value`, `n`: how often each value stands there, rounded to three digits; `of_arm`: how often in `arm`."""
    x = value.cast("float64")
    size = x.abs()
    power = ibis.ifelse(size > 0, size.nullif(0).log10().floor(), 0.0)
    scaled = (x / ibis.literal(10.0).pow(power) * 100).round(0).cast("int64")
    counted: dict[str, ir.Value] = {"n": ibis._.count()}
    if arm is not None:
        rows = rows.mutate(arm__=arm)
        counted["of_arm"] = ibis._.arm__.fill_null(False).cast("int64").sum()
    found: pd.DataFrame = fetch(
        rows.filter(value.notnull())
        .group_by(power=power.cast("int64"), scaled=scaled)
        .aggregate(**counted)
    ).to_pandas()
    exact = [float(f"{s}e{p - 2}") for s, p in zip(found["scaled"], found["power"], strict=True)]
    return found.drop(columns=["power", "scaled"]).assign(value=exact)


def code_of(rows: ir.Table, factor: Factor) -> ir.IntegerValue:
    """The code of `factor` in each row."""
    if factor.numeric or factor.edges:
        value = rows[factor.name].cast("float64")
        code = ibis.literal(1).cast("int32")
        for edge in factor.edges:
            code = code + (value > edge).cast("int32")
        return ibis.ifelse(value.isnull(), 0, code).cast("int32")
    text = rows[factor.name].cast("string").fill_null(BLANK)
    last = len(factor.levels) - 1
    branches = [(level, i) for i, level in enumerate(factor.levels[:-1])]
    if not branches:
        return ibis.literal(0).cast("int32")
    return text.cases(*branches, else_=last).cast("int32")


def standardised(rows: ir.Table, factor: Factor) -> ir.FloatingValue:
    """The number behind a factor in units of its spread; 0 where blank."""
    z = (rows[factor.name].cast("float64") - factor.centre) / factor.scale
    return z.fill_null(0.0)


def cell_of(codes: Sequence[ir.IntegerValue], sizes: Sequence[int]) -> ir.IntegerValue:
    """One number for a combination of codes."""
    cell = ibis.literal(0).cast("int64")
    for code, size in zip(codes, sizes, strict=True):
        cell = cell * size + code.cast("int64")
    return cell


def codes_of_cells(cells: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """The combinations behind cell numbers: cells × factors."""
    rest = cells.astype(np.int64)
    codes = np.zeros((len(cells), len(sizes)), np.int64)
    for f in range(len(sizes) - 1, -1, -1):
        codes[:, f] = rest % sizes[f]
        rest = rest // sizes[f]
    return codes


def beside(rows: ir.Table, table: pa.Table) -> ir.Table:
    """A small Arrow table in the engine of `rows`, ready to be joined."""
    backend = rows.get_backend()
    if backend.name == "duckdb":
        name = new_name(backend, "cells")
        backend.con.register(name, table)
        return backend.table(name)
    frame, schema = _for_spark(table)
    return ibis.memtable(frame, schema=schema)


def _for_spark(table: pa.Table) -> tuple[pd.DataFrame, ibis.Schema]:
    """Rows as classic PySpark takes them unchanged: unknown texts would come as 'NaN', and a column of
    whole numbers with one unknown among them as unknown altogether (docs/explanation/engines.md)."""
    for i, field in enumerate(table.schema):
        if pa.types.is_integer(field.type) and table[i].null_count:
            table = table.set_column(i, field.name, table[i].cast(pa.float64()))
    frame = table.to_pandas().astype(object)
    return frame.where(frame.notna(), None), ibis.Schema.from_pyarrow(table.schema)
