"""Is the right answer known evenly enough to be used?

Truth known for 85 % of approvals and 10 % of declines turns a true −4 points into +4. So
where truth is a sample, either each judged case carries its probability of having been
picked (`truth_probability`), or the rates of known truth must be alike for every pair of
advice and choice; else everything that reads truth is refused.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS, ELIGIBLE_ACTIONS
from takeup.stats.answer import CannotSay, refused

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
    known = rows["advice_right" if "advice_right" in rows.columns else "choice_right"].notnull()
    if "truth_probability" in rows.columns:
        blank = known & rows.truth_probability.isnull()
        if not fetch(rows.aggregate(n=blank.cast("int64").sum()))["n"][0].as_py():
            return None
    pair = [c for c in ("recommendation", "choice") if c in rows.columns]
    if len(pair) < 2:
        pair = ["action"]
    rates = fetch(
        rows.group_by(*pair).aggregate(n=rows.count(), known=known.cast("float64").mean())
    ).to_pandas()
    rates = rates.dropna()
    rates = rates[rates["n"] >= settings.paired.smallest_sample]
    if len(rates) < 2:
        return None
    gap = float(rates["known"].max() - rates["known"].min())
    if gap <= settings.paired.largest_truth_rate_gap:
        return None
    low, high = rates.loc[rates["known"].idxmin()], rates.loc[rates["known"].idxmax()]

    def kind(row: object) -> str:
        words = [str(row[c]) for c in pair]  # type: ignore[index]
        return f"advice {words[0]} and choice {words[1]}" if len(words) == 2 else words[0]

    return refused(
        f"the right answer is known for {high['known']:.0%} of cases with {kind(high)}, but for "
        f"{low['known']:.0%} with {kind(low)}: such a sample can turn the sign",
        f"truth_probability for each judged case, or {PANEL}",
        int(rates["n"].sum()),
    )
