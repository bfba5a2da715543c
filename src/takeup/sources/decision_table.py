"""From what a person hands over to the one narrow table that every measure reads.

raw table → mapping → checks → duplicates → outcomes → action. Counts of every row that did
not make it, and why, come with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.log import Engine, fetch, keep
from takeup.log.compress import rounded_counts
from takeup.record.action import with_action
from takeup.record.canonical import ROW, Canonical, canonicalise
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.duplicates import (
    CONFLICT,
    DUPLICATE,
    KEEP,
    KEY,
    SUPERSEDED,
    fates,
    key_columns,
    key_expression,
)
from takeup.record.errors import InputError
from takeup.record.event_stream import FATE, OPEN, REPEATED, UNKNOWN, UNOPENED, fold
from takeup.record.mapping import Mapping
from takeup.record.use_case import UseCase
from takeup.record.vocabulary import Action
from takeup.sources.checking import FIRST_ROWS, Counted, any_of, count_problems, with_own_names
from takeup.sources.covariates import settle_covariates
from takeup.sources.outcomes import OutcomeSet, join_outcomes, own_outcomes
from takeup.sources.raw_table import RawTable
from takeup.sources.reconciliation import Problem, Reconciliation
from takeup.stats.bins import bin_names, quantile_edges

UNACCOUNTED = "unaccounted"
"""Action of a case on the eligible list that no decision answers."""

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Typed decisions of a file, before they are split by use case.

    `decisions`: one row each, canonical columns, without duplicates. `eligible`: cases of
    the eligible list that no decision answers, or None without a list. `rejected_rows`
    pairs row numbers with reasons, for the rejects file.
    """

    decisions: ir.Table
    outcomes: OutcomeSet | None
    unaccounted: ir.Table | None
    eligible_listed: int | None
    use_cases: tuple[str, ...]
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
    use_case: UseCase,
    engine: Engine,
    *,
    outcomes: RawTable | None = None,
    eligible: RawTable | None = None,
    since: Any = None,
    until: Any = None,
    step: Step = lambda _: None,
) -> DecisionTable:
    """The decisions of `raw`. Raises InputError or DeclarationError where it is no table of
    decisions; single bad rows are counted and kept apart instead."""
    step("checking rows")
    folded, stream_problems, decisions_raw = _fold(raw, mapping)
    if mapping.events is not None:
        mapping = _with_event_actions(mapping)
    mapping = settle_covariates(decisions_raw, mapping)
    canonical = canonicalise(decisions_raw, mapping, use_case)
    counted = count_problems(canonical, raw.name)
    rows = canonical.usable()
    filtered = dict(counted.filtered)
    rows, period = _within(rows, since, until)
    if period:
        filtered = {**filtered, **period(canonical)}
    step("looking for duplicates")
    unique = _without_duplicates(rows, raw.name)
    rejects = [*_raw_problems(raw), *stream_problems, *counted.problems, *unique.problems]
    rows_rejected = (
        sum(r.count for r in raw.rejects)
        + sum(p.count for p in stream_problems)
        + counted.rejected
        + unique.conflicts
    )
    used = (
        raw.rows_read
        - rows_rejected
        - folded
        - sum(filtered.values())
        - unique.superseded
        - unique.duplicates
    )
    _something_left(used, raw, rejects)
    step("joining outcomes")
    own = own_outcomes(unique.rows, mapping)
    outcome_set, outcome_problems, side = (
        join_outcomes(unique.rows, outcomes, mapping, use_case) if outcomes else (own, [], {})
    )
    unaccounted, listed, eligible_problems, eligible_side = _unaccounted(
        unique.rows, eligible, mapping, use_case
    )
    names = _use_cases(unique.rows)
    problems = (*rejects, *outcome_problems, *eligible_problems)
    return DecisionTable(
        decisions=unique.rows,
        outcomes=outcome_set,
        unaccounted=unaccounted,
        eligible_listed=listed,
        use_cases=names,
        columns=frozenset(unique.rows.columns) - {ROW},
        reconciliation=Reconciliation(
            raw.rows_read,
            used,
            folded,
            filtered,
            unique.superseded,
            unique.duplicates,
            rows_rejected,
        ),
        problems=problems,
        rejected_rows=_rejected_rows(canonical, counted, unique),
        notes=raw.notes
        + (outcomes.notes if outcomes else ())
        + (eligible.notes if eligible else ()),
        assumptions=canonical.assumptions,
        side_counts={**side, **eligible_side},
    )


def decisions_of(table: DecisionTable, name: str, use_case: UseCase) -> ir.Table:
    """The narrow table of one use case, held by the engine: canonical columns, `action`,
    outcomes and truth, plus one row for each unaccounted eligible case."""
    rows = table.decisions
    if "use_case" in rows.columns:
        rows = rows.filter(rows.use_case == name).drop("use_case")
    if "mode" not in rows.columns:
        rows = rows.mutate(mode=ibis.literal("assist"))
    rows = with_action(rows, use_case)
    if table.outcomes is not None:
        rows = table.outcomes.attach(rows, use_case)
    dropped = [
        c
        for c in (
            "override_comment",
            "revision",
            "updated_at",
            "case_id",
            "decision_id",
            ROW,
        )
        if c in rows.columns
    ]
    rows = rows.drop(*dropped)
    if table.unaccounted is not None:
        rows = _with_unaccounted(rows, table.unaccounted, name)
    return keep(with_score_band(keep(rows)))


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
    return rows.mutate(score_band=ibis.ifelse(rows.confidence.isnull(), None, band))


def _fold(raw: RawTable, mapping: Mapping) -> tuple[int, list[Problem], ir.Table]:
    if mapping.events is None:
        return 0, [], raw.table
    stream = fold(raw.table, mapping.events, mapping.file)
    fates_table = keep(stream.fates)
    counts = {
        row["fate__"]: row
        for row in fetch(
            fates_table.group_by(FATE).aggregate(
                n=fates_table.count(),
                first=fates_table[ROW].min(),
                example=fates_table[mapping.events.event].cast("string").min(),
            )
        ).to_pylist()
    }
    texts = {
        UNOPENED: ("closes what nothing opened", "check [events] opens and by"),
        REPEATED: ("closes what is closed already", "check [events] opens and by"),
        UNKNOWN: (
            "is an event the mapping does not name",
            "add it to [events] opens, repeats, closes or ignores",
        ),
    }
    problems = [
        Problem(
            raw.name,
            fate,
            mapping.events.event,
            counts[fate]["n"],
            (counts[fate]["first"],),
            str(counts[fate]["example"]),
            *texts[fate],
        )
        for fate in texts
        if fate in counts
    ]
    folded = sum(counts[f]["n"] for f in ("folded", OPEN) if f in counts)
    return folded, problems, fates_table.filter(fates_table[FATE] == "decision").drop(FATE)


def _with_event_actions(mapping: Mapping) -> Mapping:
    stream = mapping.events
    assert stream is not None
    meanings = set(stream.closes.values())
    target = "action" if meanings <= {a.value for a in Action} else "choice"
    return mapping.model_copy(
        update={
            "columns": {**mapping.columns, target: stream.event},
            "values": {**mapping.values, target: dict(stream.closes)},
        }
    )


def _raw_problems(raw: RawTable) -> list[Problem]:
    return [
        Problem(
            raw.name, r.rule, r.column, r.count, r.rows[:FIRST_ROWS], r.example, r.what, r.remedy
        )
        for r in raw.rejects
    ]


def _within(rows: ir.Table, since: Any, until: Any) -> tuple[ir.Table, Any]:
    if since is None and until is None:
        return rows, None
    if "decided_at" not in rows.columns:
        raise InputError("--since and --until need decided_at, which this table does not give")
    outside = ibis.literal(False)
    if since is not None:
        outside = outside | (rows.decided_at < ibis.literal(since))
    if until is not None:
        outside = outside | (rows.decided_at >= ibis.literal(until))

    def period(_: Canonical) -> dict[str, int]:
        n = fetch(rows.aggregate(n=outside.cast("int64").sum()))["n"][0].as_py()
        return {"outside --since/--until": int(n or 0)}

    return rows.filter(~outside), period


@dataclass(frozen=True, slots=True)
class _Unique:
    rows: ir.Table
    duplicates: int = 0
    superseded: int = 0
    conflicts: int = 0
    problems: tuple[Problem, ...] = ()
    conflict_rows: ir.Table | None = None


def _without_duplicates(rows: ir.Table, file: str) -> _Unique:
    columns = key_columns(rows.columns)
    if not columns:
        return _Unique(rows)
    keyed = rows.mutate(**{KEY: key_expression(rows, columns)})
    keyed = keyed.filter(keyed[KEY].notnull())
    # Equal keys have equal hashes, so the cheap test can only call for a closer look.
    hashed = keyed[KEY].hash()
    twice = (
        keyed.select(h=hashed).group_by("h").having(ibis._.count() > 1).aggregate(n=ibis._.count())
    )
    hashes = keep(twice)
    if fetch(hashes.count().as_table())[0][0].as_py() == 0:
        return _Unique(rows)
    suspects = keep(keyed.semi_join(hashes, [hashed == hashes.h]))
    table = keep(fates(suspects))
    counts = dict(
        zip(*_columns(table.group_by("fate").aggregate(n=table.count()), "fate", "n"), strict=True)
    )
    gone = table.filter(table.fate != KEEP)
    conflicts = counts.get(CONFLICT, 0)
    problems: tuple[Problem, ...] = ()
    if conflicts:
        found = table.filter(table.fate == CONFLICT).order_by([KEY, ROW]).limit(FIRST_ROWS)
        named, keys = _columns(found, ROW, KEY)
        what = f"row {named[0]} and row {named[1]} have the same key and other content"
        problems = (
            Problem(
                file,
                "conflict",
                "+".join(columns),
                conflicts,
                tuple(named),
                str(keys[0]),
                what,
                "map a revision or updated_at that says which one is right, or give each decision its "
                "own decision_id",
            ),
        )
    return _Unique(
        rows.anti_join(gone, ROW),
        counts.get(DUPLICATE, 0),
        counts.get(SUPERSEDED, 0),
        conflicts,
        problems,
        table.filter(table.fate == CONFLICT).select(ROW),
    )


def _columns(table: ir.Table, *names: str) -> list[list[Any]]:
    found = fetch(table)
    return [found[name].to_pylist() for name in names]


def _something_left(used: int, raw: RawTable, problems: list[Problem]) -> None:
    if used > 0:
        return
    worst = sorted(problems, key=lambda p: -p.count)[:3]
    detail = "\n".join(p.sentence() for p in worst)
    raise InputError(
        f"{raw.name}: none of its {raw.rows_read} rows can be used.\n{detail}".rstrip()
    )


def _use_cases(rows: ir.Table) -> tuple[str, ...]:
    if "use_case" not in rows.columns:
        return ("decisions",)
    found = fetch(rows.select("use_case").distinct())["use_case"].to_pylist()
    return tuple(sorted(name for name in found if name is not None))


def _rejected_rows(canonical: Canonical, counted: Counted, unique: _Unique) -> ir.Table | None:
    parts: list[ir.Table] = []
    if counted.rejected:
        table = canonical.table
        reason = ibis.cases(
            *[
                (table[f"bad__{i}"], f"{check.source}: {check.what}")
                for i, check in enumerate(canonical.checks)
            ]
        )
        left_out = any_of([table[f"drop__{i}"] for i in range(len(canonical.filters))])
        parts.append(
            table.mutate(reason=reason)
            .filter(lambda t: t.reason.notnull() & ~left_out)
            .select(ROW, "reason")
        )
    if unique.conflict_rows is not None and unique.conflicts:
        parts.append(unique.conflict_rows.mutate(reason=ibis.literal("same key, other content")))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _unaccounted(
    decisions: ir.Table, eligible: RawTable | None, mapping: Mapping, use_case: UseCase
) -> tuple[ir.Table | None, int | None, list[Problem], dict[str, int]]:
    if eligible is None:
        return None, None, [], {}
    if "case_id" not in decisions.columns:
        raise InputError(
            "an eligible list is matched by case_id, which the decisions do not give; map it"
        )
    side = with_own_names(eligible, mapping.side("eligible"))
    canonical = canonicalise(eligible.table, side, use_case, "eligible")
    counted = count_problems(canonical, eligible.name)
    cases = canonical.usable()
    if "excluded_reason" in cases.columns:
        cases = cases.filter(cases.excluded_reason.isnull())
    both = ["case_id"] + [c for c in ("use_case",) if c in cases.columns and c in decisions.columns]
    cases = cases.drop(ROW).distinct(on=both)
    missing = keep(cases.anti_join(decisions, both))
    listed = int(fetch(cases.count().as_table())[0][0].as_py())
    unlisted = int(fetch(decisions.anti_join(cases, both).count().as_table())[0][0].as_py())
    return (
        missing,
        listed,
        counted.problems,
        {"eligible_listed": listed, "decisions_not_on_eligible_list": unlisted},
    )


def _with_unaccounted(rows: ir.Table, unaccounted: ir.Table, name: str) -> ir.Table:
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


def covariates_of(columns: frozenset[str] | tuple[str, ...]) -> list[str]:
    """The covariates of a table, in alphabetical order."""
    return sorted(c for c in columns if c.startswith(COVARIATE_PREFIX))
