"""Everything a person hands over, opened, mapped and checked: what each command starts from."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from takeup.log import Engine, fetch
from takeup.log.compress import beside
from takeup.record.canonical import ROW
from takeup.record.columns import is_canonical
from takeup.record.errors import DeclarationError, InputError
from takeup.record.mapping import Mapping, parse_mapping, read_mapping
from takeup.record.nearest import did_you_mean
from takeup.record.use_case import UseCase, read_use_cases
from takeup.sources.checking import with_own_names
from takeup.sources.decision_table import DecisionTable, build_decision_table, covariates_of
from takeup.sources.declared_names import check_mapping, check_use_cases
from takeup.sources.look_alikes import look_alikes
from takeup.sources.open_table import open_table
from takeup.sources.panel import with_key
from takeup.sources.proposal import propose_mapping
from takeup.sources.questions import refuse
from takeup.sources.raw_table import RawTable


@dataclass(frozen=True, slots=True)
class Opened:
    """A built decision table with the files, mapping and guesses behind it."""

    table: DecisionTable
    files: tuple[RawTable, ...]
    mapping: Mapping
    guesses: tuple[str, ...]
    use_cases: dict[str, UseCase]

    def use_case(self, name: str) -> UseCase:
        """The declaration of one use case; the only one where there is one."""
        return _use_case_for(name, self.use_cases, len(self.table.tables) == 1)

    def covariates(self, name: str) -> list[str]:
        """Covariates of one use case: the declared ones, else all there are."""
        chosen = self.use_case(name).covariates or covariates_of(self.table.columns)
        return [c for c in chosen if c in self.table.tables[name].columns]

    def unused_columns(self) -> list[str]:
        """Columns of the decisions file that the mapping neither uses nor ignores."""
        mapping = self.mapping
        named = {c for v in mapping.columns.values() for c in ([v] if isinstance(v, str) else v)}
        named |= {o.outcome for o in mapping.outcomes} | set(mapping.ignore)
        texts = " ".join([*mapping.computed.values(), *(f.keep for f in mapping.filters)])
        if mapping.events is not None:
            named |= {mapping.events.event, mapping.events.order, *mapping.events.by}
        every = [c for c in self.files[0].table.columns if c != ROW]
        return [c for c in every if c not in named and c not in texts]

    def known_names_unused(self) -> list[str]:
        """Those of them that have a name of the record: a mapping written by hand that forgot them."""
        return [c for c in self.unused_columns() if is_canonical(c)]

    def look_alikes(self) -> list[str]:
        """Warnings of columns that are not what they look like."""
        found = [s for t in self.table.tables.values() for s in look_alikes(t, self.mapping)]
        return list(dict.fromkeys(found))


def open_decisions(
    table: Any,
    *,
    eligible: Any = None,
    outcomes: Any = None,
    mapping: Mapping | dict[str, Any] | str | Path | None = None,
    use_case: UseCase | dict[str, UseCase] | str | Path | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    keep_ids: bool = False,
    declared_ahead: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> Opened:
    """Open and check `table` (a path, a pandas, Polars, Arrow or Ibis table, or one that is open).

    Without a mapping, columns are recognised by name, type and values; what was guessed is
    kept. `declared_ahead`: the use case was declared before its first decisions, so that names of
    it may match nothing yet. Raises `TakeupError` whose text says what to mend.
    """
    engine = Engine()
    if isinstance(mapping, dict):
        mapping = parse_mapping(mapping, "mapping")
    declared = read_mapping(Path(mapping)) if isinstance(mapping, str | Path) else mapping
    with tempfile.TemporaryDirectory(prefix="takeup-") as name:
        folder = Path(name)
        step("reading")
        raw = (
            table
            if isinstance(table, RawTable)
            else open_table(table, engine, folder, declared.file if declared else None)
        )
        declared, guesses = settled_mapping(raw, declared, use_case is not None)
        sides: dict[str, RawTable | None] = {"outcomes": None, "eligible": None}
        if outcomes is not None:
            side = open_table(outcomes, engine, folder, declared.side("outcomes").file)
            sides["outcomes"] = _beside(raw, with_key(side, outcomes, engine), "outcomes")
        if eligible is not None:
            file = declared.side("eligible").file
            side = open_table(eligible, engine, folder, file, narrow=True)
            sides["eligible"] = _beside(raw, side, "eligible cases")
        check_mapping(declared, raw, *(side for side in sides.values() if side is not None))
    use_cases = _use_cases(use_case, declared)
    built = build_decision_table(
        raw,
        declared,
        lambda name, alone: _use_case_for(name, use_cases, alone),
        outcomes=sides["outcomes"],
        eligible=sides["eligible"],
        since=since,
        until=until,
        keep_ids=keep_ids,
        step=step,
        choices=frozenset[str]().union(*(u.words for u in use_cases.values())),
    )
    opened = Opened(built, (), declared, guesses, use_cases)
    _all_named(use_cases, built)
    if not declared_ahead:
        check_use_cases(built, {name: opened.use_case(name) for name in built.tables})
    files = tuple(f for f in (raw, sides["outcomes"], sides["eligible"]) if f is not None)
    return replace(opened, files=files)


def _beside(raw: RawTable, side: RawTable, what: str) -> RawTable:
    """`side` in the engine of `raw`. To Ibis all DuckDB databases are one: a table of another is
    looked up by its name in the first, where a table of that name may hold other rows
    (findings/ibis-duckdb-backends-are-equal.sh)."""
    here, there = raw.table.get_backend(), side.table.get_backend()
    if here is there:
        return side
    if here.name != "duckdb":
        raise InputError(
            f"the decisions are a table in {here.name}, the {what} are not; give both as tables of one "
            "connection"
        )
    return replace(side, table=beside(raw.table, fetch(side.table)))


_AS_READ = "every row is read as it stands; takeup map --ask settles it"


def settled_mapping(
    raw: RawTable, declared: Mapping | None, use_case_declared: bool
) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping that holds for `raw`, and what was guessed of it: proposed where none is
    declared, the table's own names where it names no columns."""
    if declared is None:
        proposal = propose_mapping(raw, use_case_declared=use_case_declared)
        refuse(raw.name, proposal.questions)
        open_ones = tuple(f"{q.text} ({_AS_READ})" for q in proposal.questions)
        return proposal.mapping, (*proposal.guesses, *open_ones)
    if not declared.columns and not declared.computed:
        return with_own_names(raw, declared), ()
    return declared, ()


def _use_cases(given: Any, mapping: Mapping) -> dict[str, UseCase]:
    if isinstance(given, str | Path):
        return read_use_cases(Path(given))
    if isinstance(given, UseCase):
        return {given.name or "*": given}
    if isinstance(given, dict):
        return given
    return {"*": mapping.use_case} if mapping.use_case else {}


def _use_case_for(name: str, use_cases: dict[str, UseCase], alone: bool = True) -> UseCase:
    """The declaration of one use case. Where the table holds one alone, a file of one use case is meant
    for it whatever it is called."""
    if name in use_cases:
        return use_cases[name]
    if alone and len(use_cases) == 1:
        return next(iter(use_cases.values()))
    return use_cases.get("*", UseCase())


def _all_named(use_cases: dict[str, UseCase], built: DecisionTable) -> None:
    """Raises DeclarationError where a use case is declared that no decision is of; why rows cannot be used, or
    were left out, stands beside it, since its own may be among them."""
    tables, counts = built.tables, built.reconciliation
    if len(tables) == 1 and len(use_cases) == 1:
        return
    unknown = [name for name in use_cases if name != "*" and name not in tables]
    if not unknown:
        return
    have = ", ".join(sorted(tables)[:8])
    which = "none of the decisions that can be used is of it"
    worst = sorted(built.problems, key=lambda p: -p.count)[:2] if counts.rows_rejected else []
    raise DeclarationError(
        "use case",
        [
            *(
                f"{name!r} is declared and {which}{did_you_mean(name, tables)} (there are: {have})"
                for name in unknown
            ),
            *(problem.sentence() for problem in worst),
            *(f"{n:,} rows were left out: {why}." for why, n in counts.filtered.items() if n),
        ],
    )
