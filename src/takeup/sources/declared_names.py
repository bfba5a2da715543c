"""Names that somebody declared and that match nothing: each is a mistake, told with the nearest.

A covariate that is spelt wrong is not adjusted for, a population that is spelt wrong has no facts: the
figures would be others than those asked for, without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import ROW
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import DeclarationError
from takeup.record.mapping import Mapping as TableMapping
from takeup.record.nearest import did_you_mean
from takeup.record.population import Population
from takeup.record.use_case import UseCase
from takeup.record.words import fold
from takeup.sources.decision_table import DecisionTable
from takeup.sources.raw_table import RawTable

EVERYBODY = "*"
_MOST_SHOWN = 8
_NOT_BEFORE = (
    "recommendation", "recommendation_value", "choice", "choice_value", "action", "correct_choice",
    "correct_value", "outcome", "consulted", "override_reason", "duration_s",
)  # fmt: skip
"""Columns that say what the advice was, what was decided, or what came of it."""


def check_use_cases(built: DecisionTable, use_case_of: Mapping[str, UseCase]) -> None:
    """Raises DeclarationError for columns, choices and outcomes that a use case declares and its
    decisions do not have. `use_case_of`: the declaration of each of the table's use cases."""
    # One declaration may be of several use cases: a word of any of them is there.
    words = {word for table in built.tables.values() for word in _words(table)}
    mistakes = [
        f"{where}{mistake}"
        for name, table in built.tables.items()
        for where in (f"{name}: " if len(built.tables) > 1 else "",)
        for mistake in _of_use_case(use_case_of[name], built, table, words)
    ]
    if mistakes:
        raise DeclarationError("use case", list(dict.fromkeys(mistakes)))


def _of_use_case(
    declared: UseCase, built: DecisionTable, table: ir.Table, words: set[str]
) -> Iterator[str]:
    there = {c for c in (*built.columns, *table.columns) if not c.endswith("__")}
    for key in ("segment", "covariates", "covariates_after_decision", "protected"):
        for name in getattr(declared, key) or ():
            if not {name, COVARIATE_PREFIX + name} & there:
                known = [c for c in there if c.startswith(COVARIATE_PREFIX)] or there
                yield f"{key}: no column is {name!r}{_instead(name, known)}"
    for where, rule in (("outcome", declared.outcome), *declared.outcomes.items()):
        for choice in rule.observed_when if words and rule.one_sided else ():
            if choice not in words and choice not in declared.choices:
                yield f"{where}.observed_when: no choice is {choice!r}{_instead(choice, words)}"
    for name in declared.outcomes:
        if built.outcomes and name not in built.outcomes:
            yield f"outcomes: no outcome is {name!r}{_instead(name, built.outcomes)}"
    yield from _of_choices(declared, words)


def _of_choices(declared: UseCase, words: set[str]) -> Iterator[str]:
    """Choices that nothing was advised or chosen, where the table has a word that none declares. A
    choice that merely did not occur is no mistake."""
    if not declared.choices:
        return
    undeclared = words - {*declared.choices, *declared.modified_choices}
    for choice in declared.choices:
        if choice not in words and (near := did_you_mean(choice, undeclared)):
            yield f"choices: nothing was advised or chosen as {choice!r}{near}"


def _words(table: ir.Table) -> set[str]:
    """The words of advice and choice."""
    return {
        word
        for column in ("recommendation", "choice")
        if column in table.columns and table[column].type().is_string()
        for word in fetch(table.select(column).distinct())[column].to_pylist()
        if word is not None
    }


def check_mapping(mapping: TableMapping, raw: RawTable, *beside: RawTable) -> None:
    """Raises DeclarationError for columns that `ignore`, `names`, `numbers` or `formats` name and the
    table has not; `formats` may be of the files beside it."""
    columns = [c for c in (*raw.table.columns, *raw.absent) if c != ROW]
    formatted = [*columns, *(c for side in beside for c in side.table.columns if c != ROW)]
    canonical = {*columns, *mapping.columns, *mapping.computed}
    mistakes = [
        f"{key}: the table has no column {name!r}{_instead(name, known)}"
        for key, known in (
            ("ignore", columns),
            ("names", canonical),
            ("numbers", canonical),
            ("formats", formatted),
        )
        for name in getattr(mapping, key)
        if name not in known
    ]
    mistakes += [
        f"columns.{name}: {source!r} is {other} too, which a covariate cannot be: it is not known before the "
        "decision; remove one of the two"
        for name, source in mapping.columns.items()
        if name.startswith(COVARIATE_PREFIX)
        for other in _NOT_BEFORE
        if mapping.columns.get(other) == source
    ]
    if mistakes:
        raise DeclarationError("mapping", mistakes)


def populations_of(built: DecisionTable) -> frozenset[str]:
    """The populations of the decisions; empty where none are recorded."""
    return frozenset(
        str(name)
        for table in built.tables.values()
        if "population" in table.columns
        for name in fetch(table.select("population").distinct())["population"].to_pylist()
        if name is not None
    )


def named_as_in(
    known: Collection[str], declared: Mapping[str, Population], asked: Collection[str]
) -> dict[str, Population]:
    """`declared` by the decisions' own spelling of each population.

    `asked`: populations that a survey or interviews speak of, which need no decision yet. Raises
    DeclarationError for those that are neither.
    """
    own = {fold(name): name for name in (*asked, *known)}
    found = {own.get(fold(name), name): facts for name, facts in declared.items()}
    strange = [n for n in declared if n != EVERYBODY and fold(n) not in own]
    if strange:
        raise DeclarationError(
            "population file",
            [f"no decision is of population {name!r}{_instead(name, known)}" for name in strange],
        )
    return found


def _instead(name: str, known: Iterable[str]) -> str:
    """The nearest name, and what there is."""
    there = sorted(known)
    listed = ", ".join(there[:_MOST_SHOWN]) + (", …" if len(there) > _MOST_SHOWN else "")
    return f"{did_you_mean(name, there)} (there are: {listed or 'none'})"
