"""What a person did with the advice, derived from facts wherever they are there.

The rules are those of docs/reference/actions.md. A source's own claim counts only where
nothing contradicts it; `contradicts_source` marks the rows where the derived action won.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.record.use_case import UseCase
from takeup.record.vocabulary import CONSULTED_ACTIONS, Action

_DIGITS = 9
"""Decimals to which a relative deviation is rounded, so that 1 % is 1 % in binary too."""


def with_action(decisions: ir.Table, use_case: UseCase) -> ir.Table:
    """`decisions` with `consulted`, `action`, `agrees`, `action_given`, `contradicts_source`, and
    `unblinded` (shadow decisions made with the advice in view after all).

    `decisions` has at least `mode`, and either `action` or advice and choice.
    """
    t = decisions
    given = t.action if "action" in t.columns else None
    t = t.mutate(unblinded=_unblinded(t), consulted=_consulted(t, given, use_case))
    t = t.mutate(agrees=_agrees(t, use_case), modified__=_modified(t, given, use_case))
    if given is not None:
        given = t.action
    derived = _derived(t)
    deferred = [] if given is None else [(given == Action.DEFERRED.value, Action.DEFERRED.value)]
    claimed = [] if given is None else [(given.notnull(), given)]
    action = ibis.cases(
        (t["mode"] == "off", Action.OFF.value),
        (t["mode"] == "shadow", Action.SHADOW.value),
        *deferred,
        ((t.consulted == False).fill_null(False), Action.NOT_CONSULTED.value),  # noqa: E712
        *derived,
        *claimed,
        else_=Action.UNKNOWN.value,
    )
    t = t.mutate(action=action, given__=ibis.literal(None, "string") if given is None else given)
    if given is None:
        facts = {"action_given": ibis.literal(False), "contradicts_source": ibis.literal(False)}
    else:
        known = [*(a.value for a in CONSULTED_ACTIONS), Action.NOT_CONSULTED.value]
        differs = t.given__.isin(known) & (t["mode"] == "assist") & (t.action != t.given__)
        facts = {
            "action_given": (t.given__.notnull() & (t.action == t.given__) & t.agrees.isnull()),
            "contradicts_source": differs.fill_null(False),
        }
    return t.mutate(**facts).drop("given__", "modified__")


def _unblinded(t: ir.Table) -> ir.BooleanValue:
    """Whether a shadow decision was made with the advice in view, and no answer given before."""
    seen = t.consulted if "consulted" in t.columns else ibis.literal(False)
    first = ibis.literal(False)
    for name in ("initial_choice", "initial_choice_value"):
        if name in t.columns:
            first = first | t[name].notnull()
    return (t["mode"] == "shadow").fill_null(False) & seen.fill_null(False) & ~first


def _consulted(t: ir.Table, given: ir.StringValue | None, use_case: UseCase) -> ir.BooleanValue:
    """Whether the advice was in view: as recorded, as the action says, or unavoidable."""
    known = t.consulted if "consulted" in t.columns else ibis.literal(None, "boolean")
    if given is not None:
        from_action = ibis.cases(
            (given.isin([a.value for a in CONSULTED_ACTIONS]), True),
            (given == Action.NOT_CONSULTED.value, False),
        )
        known = ibis.coalesce(known, from_action)
    if use_case.advice_unavoidable:
        known = known.fill_null(True)
    if "abandoned" in t.columns:
        known = ibis.ifelse(t.abandoned.fill_null(False), False, known)
    return ibis.ifelse(
        t["mode"] == "assist", known, ibis.ifelse(t["mode"] == "shadow", False, known)
    )


def is_numeric(t: ir.Table, use_case: UseCase) -> bool:
    """Whether choices of this table are numbers."""
    has_numbers = {"recommendation_value", "choice_value"} <= set(t.columns)
    has_names = {"recommendation", "choice"} <= set(t.columns)
    if has_numbers and has_names:
        return use_case.choice_kind == "numeric"
    return has_numbers


def _agrees(t: ir.Table, use_case: UseCase) -> ir.BooleanValue:
    """Whether choice and advice are the same, seen or not; null where either is unknown."""
    if is_numeric(t, use_case):
        return (
            deviation(t.choice_value, t.recommendation_value, use_case) <= use_case.followed_within
        )
    if {"recommendation", "choice"} <= set(t.columns):
        return t.choice == t.recommendation
    return ibis.literal(None, "boolean")


def _modified(t: ir.Table, given: ir.StringValue | None, use_case: UseCase) -> ir.BooleanValue:
    """Whether the choice is the advised class with changed terms; null where unknown."""
    if is_numeric(t, use_case):
        distance = deviation(t.choice_value, t.recommendation_value, use_case)
        return (distance > use_case.followed_within) & (distance < use_case.overridden_from)
    if not {"recommendation", "choice"} <= set(t.columns):
        return ibis.literal(None, "boolean")
    modified = _same_class(t, use_case)
    if given is not None:
        said = (given == Action.MODIFIED.value) & (t.choice == t.recommendation)
        modified = modified | said.fill_null(False)
    return modified


def _derived(t: ir.Table) -> list[tuple[ir.BooleanValue, str]]:
    """Cases in order, for rows whose choice and advice are both known."""
    seen = t.consulted.fill_null(False)
    return [
        (t.agrees.notnull() & seen & t.modified__.fill_null(False), Action.MODIFIED.value),
        ((t.agrees & seen).fill_null(False), Action.FOLLOWED.value),
        (t.agrees.notnull() & seen, Action.OVERRIDDEN.value),
        (t.agrees.fill_null(False), Action.AGREED.value),
        (t.agrees.notnull(), Action.DIFFERED.value),
    ]


def deviation(value: ir.Value, advice: ir.Value, use_case: UseCase) -> ir.FloatingValue:
    """Distance from the advice: a share of it, or absolute where the use case says so.

    Rounded to nine decimals, so that edges are exact in decimals. From an advice of zero
    every other number is infinitely far (share) and zero is at distance 0.
    """
    distance = (value - advice).abs()
    if use_case.absolute:
        return distance.round(_DIGITS)
    far = ibis.ifelse(distance == 0, 0.0, float("1e18"))
    return ibis.ifelse(advice == 0, far, (distance / advice.abs().nullif(0)).round(_DIGITS))


def _same_class(t: ir.Table, use_case: UseCase) -> ir.BooleanValue:
    if not use_case.modified_choices:
        return ibis.literal(False)
    base = t.choice.cases(*use_case.modified_choices.items(), else_=t.choice)
    return (base == t.recommendation) & (t.choice != t.recommendation)
