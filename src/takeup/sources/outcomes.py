"""Outcomes and truth, from the decision's own row or from a file of their own."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.log import fetch, keep
from takeup.record.canonical import OUTCOME_PREFIX, ROW, canonicalise
from takeup.record.errors import DeclarationError, InputError
from takeup.record.mapping import Mapping
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.sources.checking import count_problems, with_own_names
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem

DEFAULT_OUTCOME = "outcome"
TRUTH = (
    "correct_choice",
    "correct_value",
    "truth_probability",
    "loss_recommended",
    "loss_final",
    "value",
)


@dataclass(frozen=True, slots=True)
class OutcomeSet:
    """Outcome names, and a table with one row per decision (`key`) — or None where they
    already stand in the decision's row."""

    names: tuple[str, ...]
    table: ir.Table | None = None
    key: str | None = None

    def attach(self, decisions: ir.Table, use_case: UseCase) -> ir.Table:
        """`decisions` with `y_NAME`, truth and what follows from truth."""
        rows = decisions
        if self.table is not None:
            assert self.key is not None
            present = [c for c in self.table.columns if c != self.key and c in rows.columns]
            rows = rows.drop(*present).left_join(self.table, self.key)
            rows = rows.drop(f"{self.key}_right")
        elif "outcome" in rows.columns:
            rows = rows.rename({f"{OUTCOME_PREFIX}{DEFAULT_OUTCOME}": "outcome"})
        return with_truth(rows, use_case)


def own_outcomes(decisions: ir.Table, mapping: Mapping) -> OutcomeSet | None:
    """Outcomes that stand in the decision's own row."""
    named = tuple(o.name for o in mapping.outcomes)
    own = (DEFAULT_OUTCOME,) if "outcome" in decisions.columns else ()
    if named or own or any(c in decisions.columns for c in TRUTH):
        return OutcomeSet((*own, *named))
    return None


def join_outcomes(
    decisions: ir.Table, outcomes: RawTable, mapping: Mapping, use_case: UseCase
) -> tuple[OutcomeSet, list[Problem], dict[str, int]]:
    """Outcomes of their own file: the latest per decision and name, one row per decision.

    Raises InputError where the two files share no key.
    """
    side = with_own_names(outcomes, mapping.side("outcomes"))
    canonical = canonicalise(outcomes.table, side, use_case, "outcomes")
    counted = count_problems(canonical, outcomes.name)
    key = _key(decisions, canonical.table, outcomes)
    rows = canonical.usable()
    names = _names(rows)
    if len(names) > 20:
        raise DeclarationError(
            "mapping", [f"outcome_name has {len(names)} different values; is it the right column?"]
        )
    one = keep(_one_row_per_key(rows, key, names))
    listed = int(fetch(one.count().as_table())[0][0].as_py())
    known = decisions.select(key)
    matched = int(fetch(one.semi_join(known, key).count().as_table())[0][0].as_py())
    problems = [
        *(
            Problem(
                outcomes.name, r.rule, r.column, r.count, r.rows[:5], r.example, r.what, r.remedy
            )
            for r in outcomes.rejects
        ),
        *counted.problems,
    ]
    if matched < listed:
        problems.append(_orphans(rows, known, key, outcomes.name))
    if matched == 0:
        raise InputError(
            f"{outcomes.name}: no {key} of it is in the decisions file; the two files must name "
            "their decisions alike"
        )
    return (
        OutcomeSet(names, one, key),
        problems,
        {"outcomes_listed": listed, "outcomes_matched": matched},
    )


def _key(decisions: ir.Table, outcomes: ir.Table, raw: RawTable) -> str:
    for key in ("decision_id", "case_id"):
        if key in decisions.columns and key in outcomes.columns:
            return key
    raise InputError(
        f"{raw.name}: outcomes are matched by decision_id or case_id, which must be in both files; "
        'name it in the mapping: [outcomes_file.columns] decision_id = "its column"'
    )


def _names(rows: ir.Table) -> tuple[str, ...]:
    if "outcome" not in rows.columns:
        return ()
    if "outcome_name" not in rows.columns:
        return (DEFAULT_OUTCOME,)
    found = fetch(rows.select("outcome_name").distinct())["outcome_name"].to_pylist()
    return tuple(sorted(name or DEFAULT_OUTCOME for name in found))


def _one_row_per_key(rows: ir.Table, key: str, names: tuple[str, ...]) -> ir.Table:
    """The latest value per key and name, side by side."""
    has_time = "observed_at" in rows.columns
    when = rows.observed_at.epoch_seconds().fill_null(0) if has_time else ibis.literal(0)
    t = rows.mutate(when__=when.cast("int64") * 10_000_000 + rows[ROW] % 10_000_000)
    named = t.outcome_name.fill_null(DEFAULT_OUTCOME) if "outcome_name" in t.columns else None
    values: dict[str, ir.Value] = {}
    for name in names:
        where = t.outcome.notnull()
        if named is not None:
            where = where & (named == name)
        values[f"{OUTCOME_PREFIX}{name}"] = t.outcome.argmax(t.when__, where=where)
    for column in TRUTH:
        if column in t.columns:
            values[column] = t[column].argmax(t.when__, where=t[column].notnull())
    if has_time:
        values["observed_at"] = t.observed_at.max()
    return t.group_by(key).aggregate(**values)


def _orphans(rows: ir.Table, known: ir.Table, key: str, file: str) -> Problem:
    lost = rows.anti_join(known, key)
    count = int(fetch(lost.count().as_table())[0][0].as_py())
    first = fetch(lost.select(ROW, key).order_by(ROW).limit(5)).to_pydict()
    return Problem(
        file,
        "no_decision",
        key,
        count,
        tuple(first[ROW]),
        str(first[key][0]),
        "has no decision in the decisions file",
        "check that both files cover the same time; the outcome was left aside",
    )
