"""How often people override before and after 15:00, of the advice that they saw."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.calendar import local_clock
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.rates import share, sum_of_shares

LATE = 15
"""The hour from which it is late, by the clock of the table's time zone."""
FEWEST = 5
"""People who must have decided at both times of the day: fewer are too few to tell hours from persons."""


@dataclass(frozen=True, slots=True)
class LateHours:
    """Shares of the advice seen that was overridden, `early` and `late`, and what late has more (points).
    `people` decided at both times; `cases` are the late decisions."""

    early: Answer
    late: Answer
    difference: Estimate
    people: int
    cases: int


def ask(inquiry: Inquiry) -> LateHours | CannotSay:
    """An association: what is decided late may be other cases than what is decided early."""
    t = inquiry.decisions
    if missing := {"person_id", "decided_at", "action"} - set(t.columns):
        return not_instrumented(
            f"the table has no {' and no '.join(sorted(missing))}", "who decided, when, and what"
        )
    seen = t.action.isin(["followed", "modified", "overridden"])
    rows = t.filter(seen).mutate(
        late__=local_clock(t).hour() >= LATE,
        over__=(t.action == "overridden").cast("int64"),
    )
    sums = fetch(
        rows.group_by(["person_id", "late__"]).aggregate(k=rows.over__.sum(), n=ibis._.count())
    ).to_pandas()
    k, n = (sums.pivot(index="person_id", columns="late__", values=v) for v in ("k", "n"))
    both = n.dropna().index if {True, False} <= set(n.columns) else n.index[:0]
    if len(both) < FEWEST:
        return insufficient(
            f"{len(both)} people decided both before and after {LATE}:00",
            f"at least {FEWEST} people who did",
            len(both),
        )
    counts = [
        (k.loc[both, late].to_numpy(float), n.loc[both, late].to_numpy(float))
        for late in (False, True)
    ]
    (early_k, early_n), (late_k, late_n) = counts
    confidence = inquiry.settings.confidence
    early, late = (share(k, n, confidence) for k, n in counts)
    not_early = share(early_n - early_k, early_n, confidence)
    assert isinstance(late, Estimate)
    assert isinstance(not_early, Estimate)  # both have cases
    low, high = sum_of_shares(late, not_early, (late_k, early_n - early_k), (late_n, early_n))
    value = float(late_k.sum() / late_n.sum() - early_k.sum() / early_n.sum())
    difference = Estimate(
        value, low - 1, high - 1, confidence, int(np.sum(late_n + early_n)),
        "difference of two shares of the same people (MOVER)", "descriptive", "points", people=len(both),
    )  # fmt: skip
    return LateHours(early, late, difference, len(both), int(late_n.sum()))
