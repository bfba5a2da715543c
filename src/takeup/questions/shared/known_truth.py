"""Is the right answer known evenly enough to be used?

Truth known for 85 % of approvals and 10 % of declines turns a true −4 points into +4. So
where truth is a sample, either each judged case carries its probability of having been
picked (`truth_probability`), or the rates of known truth must be alike for every pair of
advice and choice, as far as chance lets them; else everything that reads truth is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from scipy.special import chdtrc

from takeup.log import fetch
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS, ELIGIBLE_ACTIONS
from takeup.stats.answer import CannotSay, refused

OUTCOME = "y_"
"""How columns of outcomes begin, before their name."""
PANEL = "60 cases drawn and judged blind: `takeup sample` draws them and keeps their probability"


def seen_rows(decisions: ir.Table) -> ir.Table:
    """Decisions made with the advice in view."""
    return decisions.filter(decisions.action.isin([a.value for a in CONSULTED_ACTIONS]))


def answered_rows(decisions: ir.Table) -> ir.Table:
    """Decisions with advice, seen or not, in assist or in shadow."""
    names = [a.value for a in ELIGIBLE_ACTIONS]
    return decisions.filter(decisions.action.isin([*names, "shadow"]))


def truth_weight(rows: ir.Table) -> ir.FloatingValue:
    """1/`truth_probability` of each judged row, 1 where all are judged alike."""
    if "truth_probability" in rows.columns:
        return 1 / rows.truth_probability
    # A column of ones, because a literal alone cannot be summed, and 1.0 would be a decimal.
    return ibis.ifelse(rows.action.notnull(), 1, 1).cast("float64")


def uneven_truth(rows: ir.Table, settings: Settings) -> CannotSay | None:
    """Why truth cannot be used: it is known more often for some advice × choice than others.

    None where it can. `rows` has `advice_right` or `choice_right`, null where unknown.
    """
    if _drawn(rows):
        return None
    pair = _pair(rows)
    return _why_uneven(_rates(rows, pair), pair, settings)


_RIGHT_OR_WRONG = ("advice_right", "choice_right", "loss_recommended", "loss_final")


def without_uneven_truth(decisions: ir.Table, settings: Settings) -> ir.Table:
    """`decisions` without what was right and what was lost, where that is known more often of some advice and choice
    than of others: for what can be told without truth. Where only followed cases were judged, no wrong advice was
    ever caught."""
    there = [c for c in _RIGHT_OR_WRONG if c in decisions.columns]
    if not {"advice_right", "choice_right"} & set(there):
        return decisions
    return decisions.drop(*there) if uneven_truth(seen_rows(decisions), settings) else decisions


def uneven_truth_by(rows: ir.Table, dimension: str, settings: Settings) -> dict[str, CannotSay]:
    """The same of each level of a column, in one query; levels whose truth can be used are not in it."""
    if _drawn(rows):
        return {}
    pair = _pair(rows)
    found = {
        str(level): _why_uneven(part, pair, settings)
        for level, part in _rates(rows, [dimension, *pair]).groupby(dimension)
    }
    return {level: why for level, why in found.items() if why is not None}


def _drawn(rows: ir.Table) -> bool:
    """Whether every judged row was drawn with a known probability."""
    if "truth_probability" not in rows.columns:
        return False
    blank = _known(rows) & rows.truth_probability.isnull()
    return not fetch(rows.aggregate(n=blank.cast("int64").sum()))["n"][0].as_py()


def _known(rows: ir.Table) -> ir.BooleanValue:
    return rows["advice_right" if "advice_right" in rows.columns else "choice_right"].notnull()


def _pair(rows: ir.Table) -> list[str]:
    pair = [c for c in ("recommendation", "choice") if c in rows.columns]
    return pair if len(pair) == 2 else ["action"]


def _rates(rows: ir.Table, by: Sequence[str]) -> pd.DataFrame:
    """How often truth is known, by these columns."""
    rates = rows.group_by(*by).aggregate(n=rows.count(), known=_known(rows).cast("float64").mean())
    found: pd.DataFrame = fetch(rates).to_pandas()
    return found.dropna()


_CHANCE = 0.2
"""A sample that was drawn alike everywhere is refused in no more than so many tables; small ones differ by more
than the gap by chance. That judging goes by person only makes a refusal likelier."""


def _may_be_chance(rates: pd.DataFrame) -> bool:
    """Whether shares known so far apart (not all alike) are no surprise where each case is judged with the same chance (Pearson's
    χ² of known against unknown)."""
    n, known = rates["n"].to_numpy(float), rates["known"].to_numpy(float)
    all_together = float((n * known).sum() / n.sum())
    squares = n * (known - all_together) ** 2 / (all_together * (1 - all_together))
    return bool(chdtrc(len(n) - 1, squares.sum()) >= _CHANCE)


def _why_uneven(rates: pd.DataFrame, pair: Sequence[str], settings: Settings) -> CannotSay | None:
    rates = rates[rates["n"] >= settings.paired.smallest_sample]
    if len(rates) < 2:
        return None
    gap = float(rates["known"].max() - rates["known"].min())
    if gap <= settings.paired.largest_truth_rate_gap or _may_be_chance(rates):
        return None
    low, high = (
        rates.sort_values("known", ascending=ascending, kind="stable").iloc[0]
        for ascending in (True, False)
    )

    def kind(row: Any) -> str:
        words = [str(row[c]) for c in pair]
        return f"advice {words[0]} and choice {words[1]}" if len(words) == 2 else words[0]

    return refused(
        f"the right answer is known for {high['known']:.0%} of cases with {kind(high)}, but for "
        f"{low['known']:.0%} with {kind(low)}: such a sample can turn the sign",
        f"truth_probability for each judged case (one number under [constants] where each was drawn alike), or {PANEL}",
        int(rates["n"].sum()),
    )
