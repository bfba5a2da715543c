"""The list of eligible cases beside the decisions: those that no decision answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.mapping import Mapping
from takeup.record.use_case import UseCase
from takeup.sources.checking import count_problems, with_own_names
from takeup.sources.look import read_table
from takeup.sources.moments import Span, by_the_clock, zone_of
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem

UNACCOUNTED = "unaccounted"
"""Action of a case on the eligible list that no decision answers."""


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """Eligible cases that no decision answers (None: there is no list), what is wrong with the list, its counts, and
    what was assumed of it."""

    cases: ir.Table | None = None
    problems: tuple[Problem, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()


def unaccounted_cases(
    decisions: ir.Table,
    left_out: ir.Table,
    eligible: RawTable | None,
    mapping: Mapping,
    use_case: UseCase,
    asked: Span,
) -> Unaccounted:
    """What no decision answers. `left_out`: decisions that are left out on purpose, by a filter or the time `asked` for;
    they answer their cases too. Raises InputError where the decisions do not say which case they are of."""
    if eligible is None:
        return Unaccounted()
    if "case_id" not in decisions.columns:
        raise InputError(
            "an eligible list is matched by case_id, which the decisions do not give; map it"
        )
    side = with_own_names(eligible, mapping.side("eligible"))
    canonical = read_table(eligible, side, use_case, "eligible")
    counted = count_problems(canonical, eligible.name)
    cases = canonical.usable()
    excluded = 0
    if "excluded_reason" in cases.columns:
        excluded = _rows_in(cases.filter(cases.excluded_reason.notnull()))
        cases = cases.filter(cases.excluded_reason.isnull())
    both = ["case_id"] + [c for c in ("use_case",) if c in cases.columns and c in decisions.columns]
    cases = keep(cases.drop(ROW).distinct(on=both))
    undecided = cases.anti_join(decisions, both)
    missing = keep(_within(undecided.anti_join(left_out, both), asked))
    counts = {
        "eligible_listed": _rows_in(cases),
        "eligible_excluded": excluded,
        "decisions_not_on_eligible_list": _rows_in(decisions.anti_join(cases, both)),
    }
    if beside := _rows_in(undecided) - _rows_in(missing):
        counts["eligible_left_out"] = beside
    undated = any(asked) and "eligible_at" not in missing.columns and _rows_in(missing)
    return Unaccounted(
        by_the_clock(missing, zone_of(mapping), "eligible_at"),
        tuple(counted.problems),
        counts,
        (_UNDATED,) if undated else (),
    )


_UNDATED = (
    "eligible cases that nobody decided are counted whatever --since and --until ask for: the list has no "
    "eligible_at"
)


def _within(cases: ir.Table, asked: Span) -> ir.Table:
    """Cases of the time asked for, and those of no time."""
    since, until = asked
    if "eligible_at" not in cases.columns:
        return cases
    if since is not None:
        cases = cases.filter((cases.eligible_at >= ibis.literal(since)).fill_null(True))
    if until is not None:
        cases = cases.filter((cases.eligible_at < ibis.literal(until)).fill_null(True))
    return cases


def _rows_in(table: ir.Table) -> int:
    return int(fetch(table.count().as_table())[0][0].as_py())


def with_unaccounted(rows: ir.Table, unaccounted: ir.Table, name: str) -> ir.Table:
    """The decisions of use case `name` with a row for each of its cases that none answers."""
    cases = unaccounted
    if "use_case" in cases.columns:
        cases = cases.filter(cases.use_case == name)
    if "mode" in cases.columns:
        cases = cases.filter(cases["mode"].fill_null("assist") == "assist")
    values: dict[str, ir.Value] = {}
    for column, dtype in rows.schema().items():
        if column == "action":
            values[column] = ibis.literal(UNACCOUNTED)
        elif column == "mode":
            values[column] = ibis.literal("assist")
        elif column == "decided_at" and "eligible_at" in cases.columns:
            values[column] = cases.eligible_at.cast(dtype)
        elif column in cases.columns and column not in ("decision_id",):
            values[column] = cases[column].cast(dtype)
        else:
            values[column] = ibis.literal(None, dtype)
    return rows.union(cases.select(**values))
