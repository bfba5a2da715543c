"""Followed minus overridden, directly standardised to the eligible mix of cases.

Over cells of score band, stakes and kinds of case with at least ten decisions of both
actions. A difference between cases, not proof of effect.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import fetch, keep
from takeup.log.compress import Factor, beside, cell_of, code_of
from takeup.questions.shared.doubly_robust import ASSUMPTION, weighted
from takeup.questions.shared.same_cases import crossed
from takeup.record.settings import Settings
from takeup.record.vocabulary import ELIGIBLE_ACTIONS
from takeup.stats.answer import Answer, insufficient
from takeup.stats.clusters import Clustered, Sample
from takeup.stats.two_way import Crossed, by_case_too

MOST_ALONE = 0.05
"""Weight of cells in which one person gives all followed, or all overridden, cases: nobody can tell
that person from the action there."""


def standardised_difference(
    decisions: ir.Table,
    table: ir.Table,
    factors: Sequence[Factor],
    sample: Sample,
    settings: Settings,
) -> tuple[Answer, float | None]:
    """The difference and the share of eligible cases in cells that have both actions.

    `table` has person, a, y, perhaps w, and `standard`, the cell of `factors`; `decisions`
    gives the eligible mix over the same factors.
    """
    if not factors:
        return (
            insufficient("no kinds of case are declared", "segments, stakes or a model score"),
            None,
        )
    mix = _eligible_mix(decisions, factors)
    sums = _sums(table)
    cells = _cells(sums).merge(mix, on="standard", how="left").fillna({"share": 0.0})
    least = settings.comparison.smallest_standard_cell
    cells = cells[(cells["rows1"] >= least) & (cells["rows0"] >= least)]
    coverage = float(cells["share"].sum() / mix["share"].sum())
    if cells.empty or not cells["share"].sum():
        return (
            insufficient(
                f"no kind of case has {least} decisions of both actions",
                "more decisions, or fewer and broader kinds of case",
            ),
            0.0,
        )
    weight = cells["share"] / cells["share"].sum()
    m1, m0 = cells["y1"] / cells["n1"], cells["y0"] / cells["n0"]
    value = float((weight * (m1 - m0)).sum())
    side = pa.table(
        {
            "standard": cells["standard"].to_numpy(np.int64),
            "m1": m1.to_numpy(float),
            "m0": m0.to_numpy(float),
            "g1": (weight / cells["n1"]).to_numpy(float),
            "g0": (weight / cells["n0"]).to_numpy(float),
            "n1": cells["n1"].to_numpy(float),
            "n0": cells["n0"].to_numpy(float),
        }
    )
    people, alone, df = _influence(sums, side)
    if alone > MOST_ALONE:
        return (
            insufficient(
                f"in kinds of case with {alone:.0%} of the weight one person alone gives all followed or all "
                "overridden cases",
                "broader kinds of case, in which several people do both",
            ),
            coverage,
        )
    size = people["n"].to_numpy(float)
    share = size / size.sum()
    effective = 1 / float((share**2).sum())
    se = float(np.sqrt((people["u"].to_numpy(float) ** 2).sum()))
    names = ", ".join(f.name for f in factors)
    method = f"standardised to the eligible mix over {len(cells)} cells of {names}"
    found = by_case_too(
        Clustered(value, se, min(effective - 1, df), effective), _by_case(table, side)
    )
    # Of a few kinds of case alone, not of all that is recorded: no adjustment.
    return sample.estimate(found, method, "descriptive", ASSUMPTION), coverage


def _by_case(table: ir.Table, side: pa.Table) -> Crossed | None:
    """What cases that many people saw add to the error; None where none repeat."""
    t = table.join(beside(table, side), "standard").mutate(person_id=table.person)
    followed, overridden = weighted(t, t.a) * t.g1, weighted(t, 1 - t.a) * t.g0
    ahead = followed * (t.y - t.m1) - overridden * (t.y - t.m0)
    ratios = {"ahead": (ahead, (followed + overridden) / 2)}
    return crossed(t, ratios, kept=False).get((), {}).get("ahead")


def _eligible_mix(decisions: ir.Table, factors: Sequence[Factor]) -> pd.DataFrame:
    eligible = decisions.filter(decisions.action.isin([x.value for x in ELIGIBLE_ACTIONS]))
    codes = [code_of(eligible, f) for f in factors]
    cell = cell_of(codes, [len(f.levels) for f in factors])
    mix: pd.DataFrame = fetch(
        eligible.group_by(standard=cell).aggregate(share=ibis._.count())
    ).to_pandas()
    return mix


def _sums(table: ir.Table) -> ir.Table:
    """Of each person, cell and arm (`a`): rows `n`, their weight `w` and weighted sum `y`."""
    return keep(
        table.group_by("person", "standard", "a").aggregate(
            n=table.count(),
            w=table.w.sum() if "w" in table.columns else table.count().cast("float64"),
            y=weighted(table, table.y).sum(),
        )
    )


def _cells(sums: ir.Table) -> pd.DataFrame:
    arms = {1: sums.a == 1, 0: sums.a == 0}
    cells: pd.DataFrame = fetch(
        sums.group_by("standard").aggregate(
            **{f"n{a}": sums.w.sum(where=arm).fill_null(0.0) for a, arm in arms.items()},
            **{f"y{a}": sums.y.sum(where=arm).fill_null(0.0) for a, arm in arms.items()},
            **{f"rows{a}": sums.n.sum(where=arm).fill_null(0) for a, arm in arms.items()},
        )
    ).to_pandas()
    return cells


def _influence(sums: ir.Table, side: pa.Table) -> tuple[pd.DataFrame, float, float]:
    """Σ of each person's influence on the standardised difference, and their rows; the weight of the cells in
    which one person alone gives an arm; and degrees of freedom.

    Residuals of few people add up to nothing within a cell and arm: each sum is raised for the person's share
    of that arm's cases, so that its square is unbiased where people are alike (CR2; Bell & McCaffrey 2002,
    Survey Methodology 28). Degrees of freedom are Satterthwaite's, over the effective people of each cell and
    arm less one.
    """
    t = sums.join(beside(sums, side), "standard")
    followed = t.a == 1
    arms = t.mutate(
        u=ibis.ifelse(followed, (t.y - t.m1 * t.w) * t.g1, (t.m0 * t.w - t.y) * t.g0),
        size=ibis.ifelse(followed, t.n1, t.n0),
        weight=ibis.ifelse(followed, t.g1 * t.n1, t.g0 * t.n0),
    )
    share = arms.w / arms["size"]
    lone = share > 1 - 1e-9
    # Not kept: Spark caches nothing that is joined with a small table of ours.
    arms = arms.mutate(
        raised=ibis.ifelse(lone, arms.u, arms.u / (1 - share).nullif(0.0).sqrt()),
        lone=ibis.ifelse(lone, arms.weight, 0.0),
        share=share,
    )
    people: pd.DataFrame = fetch(
        arms.group_by("person").aggregate(u=arms.raised.sum(), n=arms.n.sum(), lone=arms.lone.sum())
    ).to_pandas()
    parts = fetch(
        arms.group_by("standard", "a").aggregate(
            v=(arms.raised**2).sum(), effective=1 / (arms.share**2).sum()
        )
    ).to_pandas()
    v, effective = (parts[c].to_numpy(float) for c in ("v", "effective"))
    spread = float((v**2 / np.maximum(effective - 1, 0.5)).sum())
    df = float(v.sum()) ** 2 / spread if spread > 0 else 1.0
    return people, min(float(people["lone"].sum()), 1.0), df
