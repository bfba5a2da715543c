"""From what a person hands over to the one narrow table that every measure reads.

raw table → mapping → checks → outcomes → action, computed in one pass; then the duplicates
are looked for. Counts of every row that did not make it, and why, come with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from takeup.log import engine_of, fetch, hash_of, keep, stage
from takeup.log.compress import rounded_counts
from takeup.record.action import with_action
from takeup.record.canonical import (
    BAD,
    DROP,
    LOCAL,
    OUTCOME_PREFIX,
    ROW,
    Canonical,
    without_flags,
)
from takeup.record.columns import CASE, COVARIATE_PREFIX, TWINS
from takeup.record.delivery import with_delivery
from takeup.record.duplicates import KEY, key_columns, key_expression
from takeup.record.errors import InputError
from takeup.record.mapping import Mapping
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.record.vocabulary import Action
from takeup.sources.checking import Counted, count_problems, raw_problems
from takeup.sources.eligible_list import UNACCOUNTED, unaccounted_cases, with_unaccounted
from takeup.sources.event_rows import fold_events, with_event_actions
from takeup.sources.look import read_table
from takeup.sources.meeting_words import declared_words, open_words, without_strange_words
from takeup.sources.moments import OUTSIDE, by_the_clock, moment_of, within, zone_of
from takeup.sources.outcomes import (
    DEFAULT_OUTCOME,
    JOINED,
    OutcomeFile,
    open_outcomes,
    own_outcomes,
)
from takeup.sources.questions import refuse
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem, Reconciliation
from takeup.sources.repeated_rows import Unique, without_duplicates
from takeup.sources.tolerances import open_tolerances, right_in_words
from takeup.stats.bins import bin_names, quantile_edges

DEFAULT_USE_CASE = "decisions"
_ACTIONS = (*(a.value for a in Action), UNACCOUNTED)
_IDS = ("case_id", "decision_id")
_NOT_MEASURED = ("override_comment", "revision", "updated_at")

Step = Callable[[str], None]
UseCases = Callable[[str, bool], UseCase]
"""The declaration of a use case, and whether it is the only one of its table."""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Typed decisions of a file, one narrow table for each use case.

    `tables`: canonical columns, `action`, outcomes (`y_NAME`), what follows from truth, and
    one row for each eligible case that no decision answers; held by the engine.
    `rejected_rows` pairs row numbers with reasons, for the rejects file.
    """

    tables: dict[str, ir.Table]
    outcomes: tuple[str, ...]
    columns: frozenset[str]
    reconciliation: Reconciliation
    problems: tuple[Problem, ...]
    rejected_rows: ir.Table | None
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    side_counts: dict[str, int] = field(default_factory=dict)


def build_decision_table(
    raw: RawTable,
    mapping: Mapping,
    use_case_of: UseCases,
    *,
    outcomes: RawTable | None = None,
    eligible: RawTable | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    keep_ids: bool = False,
    step: Step = lambda _: None,
    choices: frozenset[str] = frozenset(),
) -> DecisionTable:
    """The decisions of `raw`. `choices`: words that any of its use cases declares. Raises InputError or
    DeclarationError where it is no table of decisions; single bad rows are counted and kept apart instead."""
    step("checking rows")
    folded, stream_problems, decisions_raw, carried = fold_events(raw, mapping)
    if mapping.events is not None:
        mapping = with_event_actions(mapping)
    any_use_case = use_case_of(DEFAULT_USE_CASE, True)
    folded_raw = raw if decisions_raw is raw.table else replace(raw, table=decisions_raw)
    canonical = read_table(folded_raw, mapping, any_use_case, words=choices)
    zone = zone_of(mapping)
    asked = (moment_of(since, zone), moment_of(until, zone))
    typed = within(canonical.table, asked)
    if (keep_ids or outcomes is not None) and not {*_IDS} & {*typed.columns}:
        typed = typed.mutate(decision_id=ibis.literal("row-") + typed[ROW].cast("string"))
    columns = tuple(c for c in typed.columns if c not in (ROW, BAD, DROP))
    names = _use_cases(typed)
    declared = declared_words(mapping, choices)
    known = _known_words(canonical, declared)
    typed, strange = without_strange_words(canonical, typed, raw.name, mapping, known)
    file = open_outcomes(columns, outcomes, mapping, any_use_case, known) if outcomes else None
    step("joining outcomes")
    one = use_case_of(names[0], True) if len(names) == 1 else None
    ids = keep_ids or eligible is not None
    words = {**canonical.words, "action": frozenset(_ACTIONS)}
    whole, file = _computed(_with_repeated_cases(typed), file, one, ids, words)
    counted = _counted(canonical, raw.name, whole, since, until)
    step("looking for duplicates")
    unique = without_duplicates(whole, canonical, counted, raw.name)
    problems = [
        *raw_problems(raw),
        *stream_problems,
        *counted.problems,
        *unique.problems,
        *strange,
    ]
    reconciliation = _reconciled(raw, folded, stream_problems, counted, unique)
    _something_left(reconciliation, raw, problems)
    rows = by_the_clock(unique.rows, zone)
    questions, said = open_words(rows, mapping, declared)
    refuse(raw.name, [*questions, *open_tolerances(rows, mapping, _alone(use_case_of, names))])
    side: dict[str, int] = {}
    if file is not None:
        orphans, side = _matched(rows, canonical, file)
        problems += [*file.problems, *orphans]
    left_out = whole.filter(whole[DROP] != 0)
    unaccounted = unaccounted_cases(rows, left_out, eligible, mapping, any_use_case, asked)
    joined = file.names if file is not None else ()
    tables = {
        name: _narrow(
            rows,
            name,
            use_case_of(name, len(names) == 1),
            unaccounted.cases,
            one is not None,
            keep_ids,
        )
        for name in names
    }
    right = [
        f"{told} (truth_tolerance)"
        for n, t in tables.items()
        if (told := right_in_words(set(t.columns), _alone(use_case_of, names)(n)))
    ]
    return DecisionTable(
        tables=tables,
        outcomes=tuple(dict.fromkeys((*own_outcomes(frozenset(columns), mapping), *joined))),
        columns=frozenset(columns),
        reconciliation=reconciliation,
        problems=(*problems, *unaccounted.problems),
        rejected_rows=_rejected_rows(canonical, counted, unique),
        notes=raw.notes
        + (outcomes.notes if outcomes else ())
        + (eligible.notes if eligible else ()),
        assumptions=(
            *carried,
            *canonical.assumptions,
            *said,
            *unaccounted.assumed,
            *dict.fromkeys(s for s in right if s),
        ),
        side_counts={**side, **unaccounted.counts},
    )


def _alone(use_case_of: UseCases, names: tuple[str, ...]) -> Callable[[str], UseCase]:
    """Use cases by name, where the table holds those of `names`."""
    return lambda name: use_case_of(name or names[0], len(names) == 1)


_REPEATED = 0.9
"""Cases repeat where there are fewer of them than this share of the rows; with fewer repeats, errors by case
are hardly wider."""
_UNSURE = 0.8, 0.945
"""Shares of the rows between which they are counted: beyond, a sketch tells, whose error is some 3 %."""


def _with_repeated_cases(typed: ir.Table) -> ir.Table:
    """`typed` with a number for each case, where many rows are of the same ones."""
    if not {"case_id", "person_id"} <= set(typed.columns):
        return typed
    case = typed.case_id
    if "use_case" in typed.columns:
        case = typed.use_case.cast("string") + ibis.literal("\x1f") + case
    if not _repeat(typed, case):
        return typed
    return typed.mutate(**{CASE: hash_of(case.cast("string"), engine_of(typed))})


def _repeat(typed: ir.Table, case: ir.Value) -> bool:
    """Whether there are fewer cases than `_REPEATED` of the rows that name one."""
    sketch = typed.aggregate(n=typed.case_id.count(), cases=case.approx_nunique())
    rows, different = (column[0].as_py() for column in fetch(sketch).columns)
    if rows and _UNSURE[0] <= different / rows <= _UNSURE[1]:
        different = fetch(typed.aggregate(cases=case.nunique()))["cases"][0].as_py()
    return bool(different < _REPEATED * rows)


def _known_words(canonical: Canonical, declared: frozenset[str]) -> frozenset[str]:
    """Words that were advised or chosen, where all are known; else none."""
    said = [canonical.words.get(c) for c in ("recommendation", "choice")]
    if not all(said):
        return frozenset()
    return declared.union(*(s for s in said if s))


def _computed(
    typed: ir.Table,
    file: OutcomeFile | None,
    use_case: UseCase | None,
    ids: bool,
    words: dict[str, frozenset[str]],
) -> tuple[ir.Table, OutcomeFile | None]:
    """Everything that is computed row by row, once, held by the engine; and the outcomes that were
    joined.

    Outcomes are joined as they stand where each key seems to stand once; that it did is seen
    from the number of rows.
    """
    keys = key_columns(typed.columns)
    rows = typed
    if keys:
        rows = rows.mutate(**{KEY: hash_of(key_expression(rows, keys), engine_of(rows))})
    if file is not None and file.likely_single:
        table = keep(_derived(file.attach(rows), use_case, ids), _still(words, file))
        sizes = [int(fetch(t.count().as_table())[0][0].as_py()) for t in (table, typed)]
        if sizes[0] == sizes[1]:
            return table, file
    if file is not None:
        file = file.without_contradictions()
        rows = file.attach_latest(rows)
    return keep(_derived(rows, use_case, ids), _still(words, file)), file


def _still(words: dict[str, frozenset[str]], file: OutcomeFile | None) -> dict[str, frozenset[str]]:
    """Words of columns that no outcome file brings anew; without `action` where it is given
    by the source, whose words may be others."""
    brought = set(file.rows.columns) if file is not None else set()
    return {name: values for name, values in words.items() if name not in brought}


def _derived(rows: ir.Table, use_case: UseCase | None, ids: bool) -> ir.Table:
    if f"{OUTCOME_PREFIX}{DEFAULT_OUTCOME}" not in rows.columns and "outcome" in rows.columns:
        rows = rows.rename({f"{OUTCOME_PREFIX}{DEFAULT_OUTCOME}": "outcome"})
    if use_case is not None:
        rows = _acted(rows, use_case)
    unread = [c for c in _NOT_MEASURED if c in rows.columns]
    if use_case is not None and not use_case.rule_for(DEFAULT_OUTCOME).maturation_days:
        timed = [r for r in use_case.outcomes.values() if r.maturation_days]
        unread += [c for c in ("observed_at",) if c in rows.columns and not timed]
    if not ids:
        unread += [c for c in _IDS if c in rows.columns]
    return with_delivery(rows.drop(*unread))


def _acted(rows: ir.Table, use_case: UseCase) -> ir.Table:
    if "mode" not in rows.columns:
        rows = rows.mutate(mode=ibis.literal("assist"))
    rows = _of_its_kind(rows)
    return with_truth(with_action(rows, use_case), use_case)


def _of_its_kind(rows: ir.Table) -> ir.Table:
    """The rows of a use case without the columns of the other kind of choice, where none of them was advised
    and decided in those: other use cases of the table may be."""
    kinds = ("recommendation", "choice"), ("recommendation_value", "choice_value")
    if not {c for pair in kinds for c in pair} <= set(rows.columns):
        return rows
    usable = without_flags(rows) if BAD in rows.columns else rows
    named, numbers = (
        usable[choice].count(where=usable[advice].notnull()) for advice, choice in kinds
    )
    (held,) = fetch(usable.aggregate(named=named, numbers=numbers)).to_pylist()
    if bool(held["named"]) == bool(held["numbers"]):
        return rows
    other = TWINS.values() if held["named"] else TWINS
    return rows.drop(*[c for c in other if c in rows.columns])


def _narrow(
    rows: ir.Table,
    name: str,
    use_case: UseCase,
    unaccounted: ir.Table | None,
    acted: bool,
    ids: bool,
) -> ir.Table:
    """The table of one use case, as measures read it."""
    table = rows
    if "use_case" in table.columns:
        if not acted:
            table = table.filter(table.use_case == name)
        table = table.drop("use_case")
    if not acted:
        table = keep(_acted(table, use_case), {"action": frozenset(_ACTIONS)})
    extra = [c for c in (ROW, KEY, JOINED) if c in table.columns]
    if not ids:
        extra += [c for c in _IDS if c in table.columns]
    elif ROW in extra:
        extra.remove(ROW)
    if not acted and "person_id" in table.columns and _is_blank(table, "person_id"):
        extra.append("person_id")
    table = with_score_band(table.drop(*extra))
    if unaccounted is not None:
        table = keep(with_unaccounted(table, unaccounted, name))
    return table


def _is_blank(table: ir.Table, column: str) -> bool:
    return not fetch(table.aggregate(n=table[column].count()))["n"][0].as_py()


def with_score_band(rows: ir.Table) -> ir.Table:
    """`rows` with `score_band`: quintiles of the model's confidence where none is given."""
    if "score_band" in rows.columns or "confidence" not in rows.columns:
        return rows
    counts = rounded_counts(rows, rows.confidence)
    if counts.empty:
        return rows
    edges = quantile_edges(counts["value"].to_numpy(float), counts["n"].to_numpy(float), 5)
    names = [f"{i}: {name}" for i, name in enumerate(bin_names(edges), 1)]
    branches = [(rows.confidence <= edge, names[i]) for i, edge in enumerate(edges)]
    band = ibis.cases(*branches, else_=names[-1]) if branches else ibis.literal(names[-1])
    banded = rows.mutate(score_band=ibis.ifelse(rows.confidence.isnull(), None, band))
    # A band is a few comparisons. What else is worked out row by row is worked out once.
    worked_out = LOCAL in rows.columns or rows.op().find(ops.Filter)
    return keep(banded, {"score_band": frozenset(names)}) if worked_out else stage(banded)


def _counted(
    canonical: Canonical,
    name: str,
    whole: ir.Table,
    since: datetime | None,
    until: datetime | None,
) -> Counted:
    if since is None and until is None:
        return count_problems(canonical, name, whole)
    outside = int(
        fetch(whole.aggregate(n=(whole[DROP] == OUTSIDE).cast("int64").sum()))["n"][0].as_py() or 0
    )
    counted = count_problems(canonical, name, whole.filter(whole[DROP] != OUTSIDE))
    return Counted(
        counted.problems,
        {**counted.filtered, "outside --since/--until": outside},
        counted.rejected,
        counted.bad,
    )


def _reconciled(
    raw: RawTable,
    folded: int,
    stream_problems: list[Problem],
    counted: Counted,
    unique: Unique,
) -> Reconciliation:
    rejected = (
        sum(r.count for r in raw.rejects)
        + sum(p.count for p in stream_problems)
        + counted.rejected
        + unique.conflicts
    )
    left_out = folded + sum(counted.filtered.values()) + unique.superseded + unique.duplicates
    return Reconciliation(
        raw.rows_read,
        raw.rows_read - rejected - left_out,
        folded,
        counted.filtered,
        unique.superseded,
        unique.duplicates,
        rejected,
    )


def _something_left(counts: Reconciliation, raw: RawTable, problems: list[Problem]) -> None:
    if counts.rows_used > 0:
        return
    worst = sorted(problems, key=lambda p: -p.count)[:3]
    detail = [p.sentence() for p in worst]
    detail += [f"{n} rows were left out: {why}." for why, n in counts.filtered.items() if n]
    raise InputError(
        "\n".join([f"{raw.name}: none of its {raw.rows_read} rows can be used.", *detail])
    )


def _use_cases(rows: ir.Table) -> tuple[str, ...]:
    if "use_case" not in rows.columns:
        return (DEFAULT_USE_CASE,)
    usable = without_flags(rows)
    found = fetch(usable.select("use_case").distinct())["use_case"].to_pylist()
    names = tuple(sorted(name for name in found if name is not None))
    return names or (DEFAULT_USE_CASE,)


def _matched(
    rows: ir.Table, canonical: Canonical, file: OutcomeFile
) -> tuple[list[Problem], dict[str, int]]:
    matched = int(fetch(rows.aggregate(n=rows[JOINED].count()))["n"][0].as_py() or 0)
    side = {
        "outcomes_listed": file.listed,
        "outcomes_matched": matched,
        "outcomes_contradictory": file.contradictory,
    }
    if matched == file.listed:
        return [], side
    orphans, left_out = file.orphans(canonical.usable(), canonical.table)
    if left_out:
        side["outcomes_of_rows_left_out"] = left_out
    return ([orphans] if orphans else []), side


def _rejected_rows(canonical: Canonical, counted: Counted, unique: Unique) -> ir.Table | None:
    parts: list[ir.Table] = []
    if counted.bad is not None:
        reason = ibis.cases(
            *[
                (counted.bad[f"bad__{i}"], f"{check.source}: {check.what}")
                for i, check in enumerate(canonical.checks)
            ]
        )
        parts.append(counted.bad.select(ROW, reason=reason))
    if unique.conflict_rows is not None and unique.conflicts:
        parts.append(unique.conflict_rows.mutate(reason=ibis.literal("same key, other content")))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def covariates_of(columns: frozenset[str] | tuple[str, ...]) -> list[str]:
    """The covariates of a table, in alphabetical order."""
    return sorted(c for c in columns if c.startswith(COVARIATE_PREFIX))
