"""What follows from knowing the right answer: was the advice right, was the choice?

`advice_right`, `choice_right`, `initial_right` are null where truth is unknown;
`choice_better` says whether an override improved on the advice (domain: numeric overrides
count as better only by a quarter of the tolerance).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.record.use_case import UseCase

TRUTH = "advice_right"
"""The column that says whether the advice of a decision was right; null where nobody knows."""


def with_truth(decisions: ir.Table, use_case: UseCase) -> ir.Table:
    """`decisions` with right/wrong and losses, as far as the columns allow."""
    columns = set(decisions.columns)
    if "correct_value" in columns and "recommendation_value" in columns:
        return _numeric(decisions, use_case)
    if "correct_choice" in columns and "recommendation" in columns:
        return _categorical(decisions)
    if {"loss_recommended", "loss_final"} <= columns:
        return _by_losses(decisions, use_case)
    return decisions


def _categorical(t: ir.Table) -> ir.Table:
    right = {"advice_right": t.recommendation == t.correct_choice}
    if "choice" in t.columns:
        right["choice_right"] = t.choice == t.correct_choice
    if "initial_choice" in t.columns:
        right["initial_right"] = t.initial_choice == t.correct_choice
    t = t.mutate(**right)
    if "choice_right" in right:
        t = t.mutate(choice_better=t.choice_right & ~t.advice_right)
    if {"loss_recommended", "loss_final"} <= set(t.columns) or "choice_right" not in right:
        return t
    return t.mutate(
        loss_recommended=(~t.advice_right).cast("float64"),
        loss_final=(~t.choice_right).cast("float64"),
    )


def _numeric(t: ir.Table, use_case: UseCase) -> ir.Table:
    declared = {"loss_recommended", "loss_final"} <= set(t.columns)
    if not declared:
        losses = {"loss_recommended": (t.recommendation_value - t.correct_value).abs()}
        if "choice_value" in t.columns:
            losses["loss_final"] = (t.choice_value - t.correct_value).abs()
        t = t.mutate(**losses)
    if use_case.loss_tolerance is not None:
        tolerance: ir.Value = ibis.literal(use_case.loss_tolerance)
    elif use_case.absolute:
        tolerance = ibis.literal(use_case.right_within)
    else:
        tolerance = use_case.right_within * t.correct_value.abs()
    t = t.mutate(tolerance__=tolerance)
    right = {"advice_right": (t.loss_recommended - t.tolerance__).round(9) <= 0}
    if "loss_final" in t.columns:
        right["choice_right"] = (t.loss_final - t.tolerance__).round(9) <= 0
        right["choice_better"] = t.loss_final < t.loss_recommended - t.tolerance__ / 4
    if "initial_choice_value" in t.columns:
        own = (t.initial_choice_value - t.correct_value).abs()
        right["initial_right"] = (own - t.tolerance__).round(9) <= 0
        right["loss_initial"] = own
    return t.mutate(**right).drop("tolerance__")


def _by_losses(t: ir.Table, use_case: UseCase) -> ir.Table:
    """Losses without a right answer: right and wrong only where a tolerance is declared."""
    tolerance = use_case.loss_tolerance
    if tolerance is None:
        return t.mutate(choice_better=t.loss_final < t.loss_recommended)
    return t.mutate(
        advice_right=t.loss_recommended <= tolerance,
        choice_right=t.loss_final <= tolerance,
        choice_better=t.loss_final < t.loss_recommended - tolerance / 4,
    )
