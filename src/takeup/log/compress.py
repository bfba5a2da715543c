"""Covariates become small integers in the engine, so that rows can be summed into cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log.engine import fetch, new_name
from takeup.stats.bins import bin_names, quantile_edges

BLANK, OTHER = "(blank)", "(other)"
MOST_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Factor:
    """A covariate as codes 0 … len(levels) − 1. For bins of a number, code 0 is blank,
    `edges` are the inner edges, and `centre`, `scale` standardise it (z = (x − centre)/scale)."""

    name: str
    levels: tuple[str, ...]
    numeric: bool = False
    edges: tuple[float, ...] = ()
    centre: float = 0.0
    scale: float = 1.0


def find_factors(rows: ir.Table, names: Sequence[str], bins: int) -> tuple[Factor, ...]:
    """How each of `names` is cut: categories by size (the rest beyond 50 together), numbers
    into quantile bins whose edges come from counts of values rounded to three digits."""
    return tuple(
        _numeric(rows, name, bins) if rows[name].type().is_numeric() else _category(rows, name)
        for name in names
    )


def _category(rows: ir.Table, name: str) -> Factor:
    text = rows[name].cast("string").fill_null(BLANK)
    found = fetch(rows.group_by(level=text).aggregate(n=rows.count())).to_pandas()
    levels = list(found.sort_values(["n", "level"], ascending=[False, True])["level"])
    if len(levels) > MOST_LEVELS:
        levels = [*levels[: MOST_LEVELS - 1], OTHER]
    return Factor(name, tuple(levels))


def _numeric(rows: ir.Table, name: str, bins: int) -> Factor:
    frame = rounded_counts(rows, rows[name])
    values, counts = frame["value"].to_numpy(float), frame["n"].to_numpy(float)
    if not len(values):
        return Factor(name, (BLANK,), True)
    centre = float((values * counts).sum() / counts.sum())
    spread = float(np.sqrt((counts * (values - centre) ** 2).sum() / counts.sum())) or 1.0
    edges = quantile_edges(values, counts, bins)
    return Factor(name, (BLANK, *bin_names(edges)), True, edges, centre, spread)


def rounded_counts(rows: ir.Table, value: ir.NumericValue) -> pd.DataFrame:
    """Columns `value`, `n`: how often each value stands there, rounded to three digits."""
    x = value.cast("float64")
    size = x.abs()
    power = ibis.ifelse(size > 0, size.nullif(0).log10().floor(), 0.0)
    scaled = (x / ibis.literal(10.0).pow(power) * 100).round(0).cast("int64")
    found = fetch(
        rows.filter(value.notnull())
        .group_by(power=power.cast("int64"), scaled=scaled)
        .aggregate(n=ibis._.count())
    ).to_pandas()
    exact = [float(f"{s}e{p - 2}") for s, p in zip(found["scaled"], found["power"], strict=True)]
    return pd.DataFrame({"value": exact, "n": found["n"]})


def code_of(rows: ir.Table, factor: Factor) -> ir.IntegerValue:
    """The code of `factor` in each row."""
    if factor.numeric:
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
