"""Followed minus overridden, directly standardised to the eligible mix of cases.

Over cells of score band, stakes and kinds of case with at least ten decisions of both
actions. A difference between cases, not proof of effect.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from takeup.log import fetch
from takeup.measure.doubly_robust import ASSUMPTION, weighted
from takeup.record.settings import Settings
from takeup.record.vocabulary import ELIGIBLE_ACTIONS
from takeup.stats.answer import Answer, insufficient
from takeup.stats.clusters import Clustered, Sample


def standardised_difference(
    decisions: ir.Table, table: ir.Table, sample: Sample, settings: Settings
) -> tuple[Answer, float | None]:
    """The difference and the share of eligible cases in cells that have both actions.

    `table` has person, a, y and the named columns that make the cells; `decisions` gives the
    eligible mix over the same columns.
    """
    by = [c for c in table.columns if c in decisions.columns and c != "action"]
    if not by:
        return (
            insufficient("no kinds of case are declared", "segments, stakes or a model score"),
            None,
        )
    a, y, one = table.a, table.y, ibis.literal(1.0)
    sums = fetch(
        table.group_by("person", *by).aggregate(
            n1=weighted(table, a).sum(),
            y1=weighted(table, a * y).sum(),
            n0=weighted(table, one - a).sum(),
            y0=weighted(table, (one - a) * y).sum(),
            rows1=a.sum(),
            rows0=(one - a).sum(),
        )
    ).to_pandas()
    eligible = decisions.filter(decisions.action.isin([x.value for x in ELIGIBLE_ACTIONS]))
    text = {c: eligible[c].cast("string").fill_null("(blank)") for c in by}
    mix = fetch(eligible.group_by(**text).aggregate(share=ibis._.count())).to_pandas()
    numbers = ["n1", "y1", "n0", "y0", "rows1", "rows0"]
    cells = sums.groupby(by, as_index=False)[numbers].sum().merge(mix, on=by, how="left")
    least = settings.comparison.smallest_standard_cell
    cells = cells[(cells["rows1"] >= least) & (cells["rows0"] >= least)]
    coverage = float(cells["share"].sum() / mix["share"].sum())
    if cells.empty:
        return (
            insufficient(
                f"no kind of case has {least} decisions of both actions",
                "more decisions, or fewer and broader kinds of case",
            ),
            0.0,
        )
    cells = cells.assign(weight=cells["share"] / cells["share"].sum())
    joined = sums.merge(cells[[*by, "weight", *numbers]], on=by, suffixes=("", "_cell"))
    m1 = joined["y1_cell"] / joined["n1_cell"]
    m0 = joined["y0_cell"] / joined["n0_cell"]
    u = joined["weight"] * (
        (joined["y1"] - m1 * joined["n1"]) / joined["n1_cell"]
        - (joined["y0"] - m0 * joined["n0"]) / joined["n0_cell"]
    )
    value = float((cells["weight"] * (cells["y1"] / cells["n1"] - cells["y0"] / cells["n0"])).sum())
    by_person = u.groupby(joined["person"]).sum().to_numpy(float)
    size = joined.groupby("person")[["rows1", "rows0"]].sum().sum(axis=1).to_numpy(float)
    share = size / size.sum()
    effective = 1 / float((share**2).sum())
    se = float(np.sqrt((by_person**2 / np.maximum(1 - share, 1e-9) ** 2).sum()))
    found = Clustered(value, se, effective - 1, effective)
    method = f"standardised to the eligible mix over {len(cells)} cells of {', '.join(by)}"
    return sample.estimate(found, method, "adjusted", ASSUMPTION), coverage
