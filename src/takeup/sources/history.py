"""An old table as whole records: what `diagnose` would read, with every canonical column kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from takeup.log import Engine, fetch
from takeup.record.canonical import OUTCOME_PREFIX, ROW, Canonical
from takeup.record.columns import COVARIATE_PREFIX, OUTCOME_COLUMNS
from takeup.record.errors import InputError
from takeup.record.incoming import RecordKind, columns_of
from takeup.record.mapping import Mapping, read_mapping
from takeup.record.use_case import UseCase, read_use_cases
from takeup.sources.checking import count_problems, with_own_names
from takeup.sources.look import read_table
from takeup.sources.open_table import open_table
from takeup.sources.opened import settled_mapping
from takeup.sources.reconciliation import Problem

_OF_OUTCOME = tuple(c.name for c in OUTCOME_COLUMNS)


@dataclass(frozen=True, slots=True)
class History:
    """Records of each kind in canonical columns, as they stand in the tables; rows that could
    not be read are counted in `problems`; `guesses` are columns recognised without a mapping."""

    tables: dict[RecordKind, pa.Table]
    problems: tuple[Problem, ...]
    guesses: tuple[str, ...]


def open_history(
    decisions: str,
    *,
    mapping: Mapping | Path | None = None,
    outcomes: str | None = None,
    eligible: str | None = None,
    use_case: UseCase | Path | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> History:
    """Read a table of decisions, and what belongs to it, as records to be kept.

    A decision without an id gets one of its place in the file, so the same file gives the same
    ids again. Raises TakeupError whose text says what to mend.
    """
    engine = Engine()
    declared = read_mapping(mapping) if isinstance(mapping, Path) else mapping
    one = _declared(use_case)
    with tempfile.TemporaryDirectory(prefix="takeup-") as name:
        folder = Path(name)
        step("reading decisions")
        raw = open_table(decisions, engine, folder, declared.file if declared else None)
        declared, guesses = settled_mapping(raw, declared, use_case is not None)
        if declared.events is not None:
            raise InputError(
                f"{decisions} is a stream of events; send them to /api/v1/events, or diagnose it"
            )
        main = read_table(raw, declared, one)
        problems = list(count_problems(main, raw.name).problems)
        rows = _identified(_usable(main, one), f"{Path(raw.name).stem}-")
        if "decided_at" not in rows.columns:
            raise InputError("history needs a time of every decision: map decided_at")
        tables: dict[RecordKind, pa.Table] = {"decisions": _of("decisions", rows)}
        found = [_own_outcomes(rows)]
        for kind, given in (("outcomes", outcomes), ("eligible", eligible)):
            if given is None:
                continue
            step(f"reading {kind}")
            side = open_table(given, engine, folder, declared.side(kind).file)  # type: ignore[arg-type]
            named = with_own_names(side, declared.side(kind))  # type: ignore[arg-type]
            read = read_table(side, named, one, kind)  # type: ignore[arg-type]
            problems += count_problems(read, side.name).problems
            if kind == "outcomes":
                found.append(_of("outcomes", _with_decision(_usable(read, one), rows)))
            else:
                tables["eligible"] = _of("eligible", _usable(read, one))
    known = [part for part in found if part is not None and part.num_rows]
    if known:
        tables["outcomes"] = pa.concat_tables(known, promote_options="default")
    return History(tables, tuple(problems), guesses)


def _declared(use_case: UseCase | Path | None) -> UseCase:
    if isinstance(use_case, Path):
        read = read_use_cases(use_case)
        if len(read) != 1:
            raise InputError("import one use case at a time: --use-case names a file with one")
        ((name, one),) = read.items()
        return one if one.name or name == "*" else one.model_copy(update={"name": name})
    return use_case or UseCase()


def _usable(canonical: Canonical, use_case: UseCase) -> ir.Table:
    rows = canonical.usable()
    if "use_case" not in rows.columns:
        if not use_case.name:
            raise InputError(
                "whose decisions are these? Map a column use_case, or give --use-case with a name"
            )
        rows = rows.mutate(use_case=ibis.literal(use_case.name))
    return rows


def _identified(rows: ir.Table, prefix: str) -> ir.Table:
    own = ibis.literal(prefix) + rows[ROW].cast("string")
    if "decision_id" in rows.columns:
        return rows.mutate(decision_id=rows.decision_id.fill_null(own))
    if "case_id" in rows.columns and "revision" not in rows.columns:
        return rows.mutate(decision_id=rows.case_id.fill_null(own))
    return rows.mutate(decision_id=own)


def _with_decision(outcomes: ir.Table, decisions: ir.Table) -> ir.Table:
    """Outcomes by the id of their decision, also where their file knows only the case."""
    if "decision_id" not in outcomes.columns:
        if not {"case_id"} <= {*outcomes.columns} & {*decisions.columns}:
            raise InputError("outcomes are matched by decision_id or case_id, in both files")
        ids = decisions.select("case_id", "decision_id", "decided_at")
        outcomes = outcomes.inner_join(ids, "case_id")
    elif "observed_at" not in outcomes.columns:
        outcomes = outcomes.inner_join(decisions.select("decision_id", "decided_at"), "decision_id")
    if "observed_at" not in outcomes.columns:
        outcomes = outcomes.mutate(observed_at=outcomes.decided_at)
    return outcomes


def _own_outcomes(rows: ir.Table) -> pa.Table | None:
    """What stands in the decision's own row: outcomes by name, and truth."""
    named = {
        c: c.removeprefix(OUTCOME_PREFIX) for c in rows.columns if c.startswith(OUTCOME_PREFIX)
    }
    if "outcome" in rows.columns:
        named["outcome"] = "outcome"
    truth = [c for c in _OF_OUTCOME if c in rows.columns and c not in ("outcome", "observed_at")]
    if not named and not truth:
        return None
    observed = rows.observed_at if "observed_at" in rows.columns else ibis.null("timestamp")
    base = rows.mutate(observed_at=ibis.coalesce(observed, rows.decided_at))
    parts = []
    for place, (column, name) in enumerate(named.items() or [("", "outcome")]):
        value = base[column].cast("float64") if column else ibis.null("float64")
        part = base.mutate(outcome=value, outcome_name=ibis.literal(name))
        kept = truth if place == 0 else []
        some = [part.outcome.notnull(), *(part[c].notnull() for c in kept)]
        part = part.filter(ibis.or_(*some))
        parts.append(_of("outcomes", part.drop(*[c for c in truth if c not in kept])))
    return pa.concat_tables(parts, promote_options="default")


def _of(kind: RecordKind, rows: ir.Table) -> pa.Table:
    """The columns that a record of `kind` has."""
    wanted = {c.name for c in columns_of(kind)}
    chosen = [
        c
        for c in rows.columns
        if c in wanted or (kind != "outcomes" and c.startswith(COVARIATE_PREFIX))
    ]
    return fetch(rows.select(*chosen))
