"""Shares of a population's week that an action can be declared to move.

Each is a count over a count of the same rows (domain: base measures): nothing of a person, and where the table
does not hold what it needs it is not measured, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.drawing.words import reason_of
from takeup.record.vocabulary import Action

REASON = "reason:"
"""A share of overrides with one reason: `reason:info_model_lacks`; or one of several, with a `+` between them."""
_USED = (Action.FOLLOWED.value, Action.MODIFIED.value)
_LOOKED = (*_USED, Action.OVERRIDDEN.value)
_KNOWN = (*_LOOKED, Action.NOT_CONSULTED.value)


@dataclass(frozen=True, slots=True)
class WeeklyShare:
    """A share by its name: what it is called, which columns it needs, which rows it counts `of` which. `told_with`: the
    figures of use without which it is not shown either."""

    name: str
    words: str
    needs: tuple[str, ...]
    counted: Callable[[ir.Table], ir.BooleanValue]
    of: Callable[[ir.Table], ir.BooleanValue]
    told_with: tuple[str, ...] = ("consult_rate", "override_rate", "effective_reliance")


def _known(t: ir.Table) -> ir.BooleanValue:
    return t.action.isin(_KNOWN)


def _looked(t: ir.Table) -> ir.BooleanValue:
    return t.action.isin(_LOOKED)


def _overridden(t: ir.Table) -> ir.BooleanValue:
    return t.action == Action.OVERRIDDEN.value


_SHARES = (
    WeeklyShare("consult_rate", "cases decided with the advice in view", ("action",), _looked, _known,
                ("consult_rate",)),
    WeeklyShare("effective_reliance", "cases decided with the advice followed or modified", ("action",),
                lambda t: t.action.isin(_USED), _known, ("effective_reliance",)),
    WeeklyShare("override_rate", "overrides among cases in which the advice was in view", ("action",),
                _overridden, _looked, ("override_rate",)),
    WeeklyShare("adjust_rate", "advice modified or overridden, where it was in view", ("action",),
                lambda t: t.action.isin((Action.MODIFIED.value, Action.OVERRIDDEN.value)), _looked),
    WeeklyShare("high_consult", "high-stakes cases decided with the advice in view", ("action", "stakes"),
                _looked, lambda t: _known(t) & (t.stakes == "high")),
    WeeklyShare("late_share", "advice that came after it was needed", ("late",),
                lambda t: t.late, lambda t: t.late.notnull(), ()),
    WeeklyShare("abandon_share", "advice opened, then left for another way", ("action", "abandoned"),
                lambda t: t.abandoned, lambda t: _known(t) & t.abandoned.notnull()),
    WeeklyShare("reasoned_override_share", "overrides with a reason", ("action", "override_reason"),
                lambda t: t.override_reason.notnull(), _overridden),
    WeeklyShare("in_tool_share", "advice delivered in the primary tool", ("surface",),
                lambda t: t.surface == "in_tool", lambda t: t.surface.notnull(), ()),
)  # fmt: skip
_BY_NAME = {one.name: one for one in _SHARES}


def weekly_shares() -> tuple[str, ...]:
    """The names of all but those of reasons."""
    return tuple(_BY_NAME)


def share_called(name: str) -> WeeklyShare | None:
    """The share of this name; None where there is none."""
    codes = [code for code in name.removeprefix(REASON).split("+") if code]
    if name.startswith(REASON) and codes:
        said = " or ".join(f"“{reason_of(code)}”" for code in codes)
        return WeeklyShare(
            name, f"{said} among the reasons of overrides", ("action", "override_reason"),
            lambda t: t.override_reason.isin(codes),
            lambda t: _overridden(t) & t.override_reason.notnull(),
        )  # fmt: skip
    return _BY_NAME.get(name)


def missing(share: WeeklyShare, columns: Collection[str]) -> list[str]:
    """Columns that it needs and the table does not have."""
    return [name for name in share.needs if name not in columns]


def counts(share: WeeklyShare, t: ir.Table) -> tuple[ir.Value, ir.Value]:
    """How many rows are counted, and of how many."""
    of = share.of(t).fill_null(False)
    counted = of & share.counted(t).fill_null(False)
    return counted.ifelse(ibis.literal(1), 0).sum(), of.ifelse(ibis.literal(1), 0).sum()
