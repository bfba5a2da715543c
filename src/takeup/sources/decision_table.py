"""From what a person hands over to the one narrow table that every measure reads.

raw table → mapping → checks → outcomes → action, computed in one pass; then the duplicates
are looked for. Counts of every row that did not make it, and why, come with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from takeup.log import engine_of, fetch, hash_of, keep, stage
from takeup.log.compress import rounded_counts
from takeup.record import parsing
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
from takeup.record.columns import CASE, COVARIATE_PREFIX
from takeup.record.delivery import with_delivery
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
from takeup.record.event_stream import (
    FATE,
    OPEN,
    REPEATED,
    UNKNOWN,
    UNOPENED,
    UNORDERED,
    blank_and_told,
    fold,
)
from takeup.record.mapping import Mapping
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.record.vocabulary import Action
from takeup.sources.checking import FIRST_ROWS, Counted, count_problems, with_own_names
from takeup.sources.look import order_of, read_table
from takeup.sources.meeting_words import declared_words, open_words, without_strange_words
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
from takeup.sources.tolerances import open_tolerances, right_in_words
from takeup.stats.bins import bin_names, quantile_edges

UNACCOUNTED = "unaccounted"
"""Action of a case on the eligible list that no decision answers."""

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
) -> DecisionTable:
    """The decisions of `raw`. Raises InputError or DeclarationError where it is no table of
    decisions; single bad rows are counted and kept apart instead."""
    step("checking rows")
    folded, stream_problems, decisions_raw, carried = _fold(raw, mapping)
    if mapping.events is not None:
        mapping = _with_event_actions(mapping)
    any_use_case = use_case_of(DEFAULT_USE_CASE, True)
    folded_raw = raw if decisions_raw is raw.table else replace(raw, table=decisions_raw)
    canonical = read_table(folded_raw, mapping, any_use_case)
    zone = _zone_of(mapping)
    typed = _within(canonical.table, _moment(since, zone), _moment(until, zone))
    if (keep_ids or outcomes is not None) and not {*_IDS} & {*typed.columns}:
        typed = typed.mutate(decision_id=ibis.literal("row-") + typed[ROW].cast("string"))
    columns = tuple(c for c in typed.columns if c not in (ROW, BAD, DROP))
    names = _use_cases(typed)
    declared = declared_words(mapping, any_use_case)
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
    unique = _without_duplicates(whole, canonical, counted, raw.name)
    problems = [
        *_raw_problems(raw),
        *stream_problems,
        *counted.problems,
        *unique.problems,
        *strange,
    ]
    reconciliation = _reconciled(raw, folded, stream_problems, counted, unique)
    _something_left(reconciliation, raw, problems)
    rows = _by_the_clock(unique.rows, zone)
    questions, said = open_words(rows, mapping, declared)
    refuse(raw.name, [*questions, *open_tolerances(rows, mapping, _alone(use_case_of, names))])
    side: dict[str, int] = {}
    if file is not None:
        orphans, side = _matched(rows, canonical, file)
        problems += [*file.problems, *orphans]
    unaccounted, eligible_problems, eligible_side = _unaccounted(
        rows, eligible, mapping, any_use_case
    )
    joined = file.names if file is not None else ()
    tables = {
        name: _narrow(
            rows, name, use_case_of(name, len(names) == 1), unaccounted, one is not None, keep_ids
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
        problems=(*problems, *eligible_problems),
        rejected_rows=_rejected_rows(canonical, counted, unique),
        notes=raw.notes
        + (outcomes.notes if outcomes else ())
        + (eligible.notes if eligible else ()),
        assumptions=(
            *carried,
            *canonical.assumptions,
            *said,
            *dict.fromkeys(s for s in right if s),
        ),
        side_counts={**side, **eligible_side},
    )


def _alone(use_case_of: UseCases, names: tuple[str, ...]) -> Callable[[str], UseCase]:
    """Use cases by name, where the table holds those of `names`."""
    return lambda name: use_case_of(name or names[0], len(names) == 1)


_REPEATED = 0.9
"""Cases repeat where there are fewer of them than this share of the rows; with fewer repeats, errors by case
are hardly wider."""


def _with_repeated_cases(typed: ir.Table) -> ir.Table:
    """`typed` with a number for each case, where many rows are of the same ones: found out by a sketch, which
    costs next to nothing where they are not, and then exactly."""
    if not {"case_id", "person_id"} <= set(typed.columns):
        return typed
    for count in ("approx_nunique", "nunique"):
        different = getattr(typed.case_id, count)()
        found = fetch(typed.aggregate(n=typed.case_id.count(), cases=different)).to_pylist()[0]
        slack = 1.05 if count == "approx_nunique" else 1.0
        if not found["n"] or found["cases"] >= _REPEATED * slack * found["n"]:
            return typed
    case = typed.case_id
    if "use_case" in typed.columns:
        case = typed.use_case.cast("string") + ibis.literal("\x1f") + case
    return typed.mutate(**{CASE: hash_of(case.cast("string"), engine_of(typed))})


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
    return with_truth(with_action(rows, use_case), use_case)


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
        table = keep(_with_unaccounted(table, unaccounted, name))
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


def _carried(fates: ir.Table, mapping: Mapping, blanks: Collection[str]) -> list[str]:
    """Mapped columns that closing events leave blank and events before them tell: the advice stands
    where it was shown."""
    stream = mapping.events
    assert stream is not None
    named = [c for v in mapping.columns.values() for c in ([v] if isinstance(v, str) else v)]
    fixed = {stream.event, stream.order, *stream.by}
    names = [c for c in dict.fromkeys(named) if c in fates.columns and c not in fixed]
    if not names:
        return []
    (found,) = fetch(blank_and_told(fates, names, blanks)).to_pylist()
    return [n for i, n in enumerate(names) if found[f"blank{i}"] and found[f"told{i}"]]


def _fold(raw: RawTable, mapping: Mapping) -> tuple[int, list[Problem], ir.Table, list[str]]:
    if mapping.events is None:
        return 0, [], raw.table, []
    moment = order_of(raw.held, mapping, mapping.events.order)
    fates_table = keep(fold(raw.table, mapping.events, moment).fates)
    blanks = {"", *(word.lower() for word in mapping.file.blanks)}
    said = []
    if carried := _carried(fates_table, mapping, blanks):
        fates_table = keep(fold(raw.table, mapping.events, moment, carried, blanks).fates)
        said = [
            f"{', '.join(carried)}: taken from the event that opens where a closing one is blank"
        ]
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
        UNORDERED: (
            f"has no place in time: its {mapping.events.order} is neither a number nor a time",
            f"see how {mapping.events.order} is written; [formats] in the mapping says what cannot be seen",
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
    decisions = fates_table.filter(fates_table[FATE] == "decision").drop(FATE)
    return folded, problems, decisions, said


def _with_event_actions(mapping: Mapping) -> Mapping:
    stream = mapping.events
    assert stream is not None
    meanings = set(stream.closes.values()) - {""}
    if not meanings:
        # What was done stands in a column of its own.
        return mapping
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


OUTSIDE = -1
"""`drop__` of rows outside --since/--until."""


def _zone_of(mapping: Mapping) -> str | None:
    """The zone whose clock the decisions' times follow."""
    source = mapping.columns.get("decided_at")
    own = mapping.formats.get(str(source))
    return (own.time_zone if own else None) or mapping.file.time_zone


def _by_the_clock(rows: ir.Table, zone: str | None, time: str = "decided_at") -> ir.Table:
    """`rows` with the clock on the wall, where it is not that of UTC: days and weeks are counted by it."""
    if zone in (None, "UTC") or time not in rows.columns:
        return rows
    year = rows[time].year()
    span = fetch(rows.aggregate(low=year.min(), high=year.max())).to_pylist()[0]
    if span["low"] is None:
        return rows
    years = (int(span["low"]) - 1, int(span["high"]) + 1)
    return rows.mutate(**{LOCAL: parsing.utc_to_local(rows[time], str(zone), years)})


def _moment(given: datetime | None, zone: str | None) -> datetime | None:
    """A moment in UTC without zone: `given` by its own offset, else by the clock of `zone`."""
    if given is None:
        return None
    aware = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return aware.astimezone(UTC).replace(tzinfo=None)


def _within(typed: ir.Table, since: datetime | None, until: datetime | None) -> ir.Table:
    if since is None and until is None:
        return typed
    if "decided_at" not in typed.columns:
        raise InputError("--since and --until need decided_at, which this table does not give")
    outside: ir.BooleanValue = ibis.literal(False)
    if since is not None:
        outside = outside | (typed.decided_at < ibis.literal(since))
    if until is not None:
        outside = outside | (typed.decided_at >= ibis.literal(until))
    drop = ibis.ifelse(
        (typed[DROP] == 0) & outside.fill_null(False) & ~typed[BAD], OUTSIDE, typed[DROP]
    )
    return typed.mutate(**{DROP: drop.cast("int32")})


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


@dataclass(frozen=True, slots=True)
class _Unique:
    rows: ir.Table
    duplicates: int = 0
    superseded: int = 0
    conflicts: int = 0
    problems: tuple[Problem, ...] = ()
    conflict_rows: ir.Table | None = None


def _without_duplicates(
    whole: ir.Table, canonical: Canonical, counted: Counted, file: str
) -> _Unique:
    """The usable rows without duplicates. Equal keys have equal hashes, so the cheap test on
    hashes can only call for a closer look, which compares the keys themselves."""
    clean = not counted.rejected and not sum(counted.filtered.values())
    rows = whole.drop(BAD, DROP) if clean else without_flags(whole)
    if KEY not in rows.columns:
        return _Unique(rows)
    sizes = fetch(rows.aggregate(n=rows[KEY].count(), distinct=rows[KEY].nunique())).to_pylist()[0]
    if sizes["n"] == sizes["distinct"]:
        return _Unique(rows)
    columns = key_columns(canonical.table.columns)
    hashes = keep(
        rows.filter(rows[KEY].notnull())
        .group_by(hash__=rows[KEY])
        .having(ibis._.count() > 1)
        .aggregate(n=ibis._.count())
    )
    usable = canonical.usable().semi_join(rows, ROW)
    keyed = usable.mutate(**{KEY: key_expression(usable, columns)})
    hashed = keyed.mutate(hash__=hash_of(keyed[KEY], engine_of(keyed)))
    suspects = keep(hashed.semi_join(hashes, "hash__").drop("hash__"))
    table = keep(fates(suspects))
    counts = dict(
        zip(*_columns(table.group_by("fate").aggregate(n=table.count()), "fate", "n"), strict=True)
    )
    gone = table.filter(table.fate != KEEP)
    conflicts = counts.get(CONFLICT, 0)
    return _Unique(
        keep(rows.anti_join(gone, ROW)),
        counts.get(DUPLICATE, 0),
        counts.get(SUPERSEDED, 0),
        conflicts,
        (_conflict(table, file, columns, conflicts),) if conflicts else (),
        table.filter(table.fate == CONFLICT).select(ROW),
    )


def _conflict(table: ir.Table, file: str, columns: list[str], conflicts: int) -> Problem:
    found = table.filter(table.fate == CONFLICT).order_by([KEY, ROW]).limit(FIRST_ROWS)
    named, keys = _columns(found, ROW, KEY)
    return Problem(
        file,
        "conflict",
        "+".join(columns),
        conflicts,
        tuple(named),
        str(keys[0]).replace("\x1f", " / "),
        f"row {named[0]} and row {named[1]} have the same key and other content",
        "map a revision or updated_at that says which one is right, or give each decision its "
        "own decision_id",
    )


def _columns(table: ir.Table, *names: str) -> list[list[Any]]:
    found = fetch(table)
    return [found[name].to_pylist() for name in names]


def _reconciled(
    raw: RawTable,
    folded: int,
    stream_problems: list[Problem],
    counted: Counted,
    unique: _Unique,
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


def _rejected_rows(canonical: Canonical, counted: Counted, unique: _Unique) -> ir.Table | None:
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


def _unaccounted(
    decisions: ir.Table, eligible: RawTable | None, mapping: Mapping, use_case: UseCase
) -> tuple[ir.Table | None, list[Problem], dict[str, int]]:
    if eligible is None:
        return None, [], {}
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
    missing = keep(cases.anti_join(decisions, both))
    missing = _by_the_clock(missing, _zone_of(mapping), "eligible_at")
    counts = {
        "eligible_listed": _rows_in(cases),
        "eligible_excluded": excluded,
        "decisions_not_on_eligible_list": _rows_in(decisions.anti_join(cases, both)),
    }
    return missing, counted.problems, counts


def _rows_in(table: ir.Table) -> int:
    return int(fetch(table.count().as_table())[0][0].as_py())


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
