"""What an override gained: right choice minus right advice, on overrides whose truth is known.

Shared by blind spots, people and the ledger. +1: the person was right and the advice wrong;
−1: the other way round; 0: both or neither.
"""

from __future__ import annotations

import ibis.expr.types as ir

from takeup.log import keep
from takeup.questions.shared.known_truth import PANEL, truth_weight, uneven_truth
from takeup.questions.shared.whose import person_of, population_of
from takeup.record.columns import CASE
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, not_instrumented


def judged_overrides(
    decisions: ir.Table, columns: tuple[str, ...], settings: Settings
) -> ir.Table | CannotSay:
    """Overrides with known truth, few and held by the engine: `gain` (−1, 0, 1), `w` (one over
    the chance of being judged), `person`, `population` and `columns` as texts,
    `decided_at` where it is known, and the case where many are of the same ones.

    Refuses where truth is not known, or known unevenly.
    """
    if not {"advice_right", "choice_right"} <= set(decisions.columns):
        return not_instrumented("the table does not hold the right answer", PANEL)
    seen = decisions.filter(decisions.action.isin(["followed", "modified", "overridden"]))
    if refusal := uneven_truth(seen, settings):
        return refusal
    t = decisions.filter(
        (decisions.action == "overridden")
        & decisions.advice_right.notnull()
        & decisions.choice_right.notnull()
    )
    return keep(
        t.select(
            gain=t.choice_right.cast("float64") - t.advice_right.cast("float64"),
            w=truth_weight(t),
            person=person_of(t).cast("string"),
            population=population_of(t).cast("string"),
            **({"decided_at": t.decided_at} if "decided_at" in t.columns else {}),
            **({CASE: t[CASE]} if CASE in t.columns else {}),
            **{c: t[c].cast("string") for c in columns if c in t.columns and c != "population"},
        )
    )
