"""Whether many people saw the same cases, and what that adds to the error of what rests on them.

Ten cases that two hundred people decided are ten cases: how often the model is right of such cases is known
from ten. A table in which they do not repeat carries no number of its cases, and nothing here is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.questions.shared.whose import person_of
from takeup.record.columns import CASE
from takeup.stats.two_way import Crossed

Ratio = tuple[ir.Value, ir.Value]
"""Of each row, what it adds to the numerator and to the denominator."""


def crossed(
    rows: ir.Table,
    ratios: Mapping[str, Ratio],
    by: Mapping[str, ir.Value] | None = None,
    *,
    kept: bool = True,
) -> dict[tuple[str, ...], dict[str, Crossed]]:
    """By level of `by` (texts; the empty tuple without it), what cases add to the error of each ratio; nothing
    where cases do not repeat. Two grouped queries, whatever the number of ratios; of very many cases without levels
    some are looked at, and their variances are those of as many as there are. Not `kept` is what was joined
    with a small table of ours: Spark caches nothing of that."""
    if CASE not in rows.columns:
        return {}
    levels = dict(by or {})
    every = 1 if levels else _every(rows)
    if every > 1:
        rows = rows.filter(rows[CASE] % every == 0)
    sums: dict[str, ir.Value] = {}
    for name, (k, n) in ratios.items():
        sums |= {f"{name}_k": k.cast("float64").sum(), f"{name}_n": n.cast("float64").sum()}
    cells = rows.group_by(**levels, person__=person_of(rows), case=rows[CASE]).aggregate(**sums)
    if kept:
        cells = keep(cells)
    cases = cells.group_by(*levels, "case").aggregate(**{c: cells[c].sum() for c in sums})
    found: dict[tuple[str, ...], dict[str, Crossed]] = {}
    both, alone = (_variances(t, ratios, list(levels)) for t in (cells, cases))
    for level, row in alone.items():
        found[level] = {
            name: Crossed(
                (row[f"{name}_v"] or 0.0) / every,
                (both[level][f"{name}_plain"] or 0.0) / every,
                (row[f"{name}_g"] or 1.0) * every,
            )
            for name in ratios
        }
    return found


_ENOUGH = 20_000
"""Of so many cases, drawn by their number, a variance is known to a few per cent."""


def _every(rows: ir.Table) -> int:
    """Every so-manieth case is looked at: all where there are not many times `_ENOUGH`."""
    cases = fetch(rows.aggregate(cases=rows[CASE].approx_nunique()))["cases"][0].as_py()
    return max(int(cases or 0) // _ENOUGH, 1)


def _variances(
    cells: ir.Table, ratios: Mapping[str, Ratio], levels: list[str]
) -> dict[tuple[str, ...], dict[str, float]]:
    """Of each ratio its variance by these cells, plain and leverage-corrected (`clustered_ratio`), and how many
    effective cells there are."""
    window = ibis.window(group_by=levels) if levels else ibis.window()
    columns = {}
    for name in ratios:
        k, n = cells[f"{name}_k"], cells[f"{name}_n"]
        whole = n.sum().over(window).nullif(0)
        share = n / whole
        columns[f"{name}_u"] = (k - k.sum().over(window) / whole * n) / whole
        columns[f"{name}_s"] = share
    t = cells.mutate(**columns)
    sums: dict[str, ir.Value] = {}
    for name in ratios:
        u, share = t[f"{name}_u"], t[f"{name}_s"]
        sums |= {
            f"{name}_plain": (u**2).sum(),
            f"{name}_v": (u**2 / ibis.greatest(1 - share, 1e-9) ** 2).sum(),
            f"{name}_g": 1 / (share**2).sum(),
        }
    grouped = t.group_by(*levels).aggregate(**sums) if levels else t.aggregate(**sums)
    return {tuple(str(r[c]) for c in levels): r for r in fetch(grouped).to_pylist()}
