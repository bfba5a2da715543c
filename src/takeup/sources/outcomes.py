"""Outcomes and truth, from the decision's own row or from a file of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from takeup.log import engine_of, fetch, hash_of, keep
from takeup.record.canonical import OUTCOME_PREFIX, ROW
from takeup.record.errors import DeclarationError, InputError
from takeup.record.mapping import Mapping
from takeup.record.use_case import UseCase
from takeup.sources.checking import FIRST_ROWS, count_problems, with_own_names
from takeup.sources.look import read_table
from takeup.sources.meeting_words import without_strange_words
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
JOINED = "joined__"
"""True on decisions that an outcome row was found for."""

_MOST_NAMES = 20
_CLEARLY_SEVERAL = 0.80
_LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """A file of outcomes, ready to be joined by `key`.

    `rows`: usable rows as they stand. `listed` counts them; `likely_single` says that keys
    seem to stand once each, so that they can be joined as they are and looked at afterwards.
    `contradictory` rows have been left aside.
    """

    name: str
    key: str
    rows: ir.Table
    names: tuple[str, ...]
    listed: int
    likely_single: bool
    problems: tuple[Problem, ...]
    contradictory: int = 0

    def attach(self, decisions: ir.Table) -> ir.Table:
        """`decisions` with the file's columns, joined as they stand by the hash of the key.

        Right only where each key stands once: a key that stands twice, or two keys with one
        hash, show as more rows than there are decisions.
        """
        engine = engine_of(decisions)
        values = _values(self.rows, self.names, latest=False)
        right = self.rows.select(hash__=hash_of(self.rows[self.key], engine), **values)
        right = right.mutate(**{JOINED: ibis.literal(True)})
        left = decisions.drop(*[c for c in values if c in decisions.columns])
        left = left.mutate(hash__=hash_of(left[self.key], engine))
        return left.left_join(right, "hash__").drop("hash__", "hash___right")

    def attach_latest(self, decisions: ir.Table) -> ir.Table:
        """`decisions` with the latest value per key and outcome, joined by the key itself."""
        one = keep(
            self.rows.group_by(self.key).aggregate(**_values(self.rows, self.names, latest=True))
        )
        one = one.mutate(**{JOINED: ibis.literal(True)})
        left = decisions.drop(*[c for c in one.columns if c != self.key and c in decisions.columns])
        return left.left_join(one, self.key).drop(f"{self.key}_right")

    def without_contradictions(self) -> OutcomeFile:
        """The file without what it says twice and otherwise each time: one key, one outcome, one moment,
        several values. Which of them is right nobody can tell; they are named."""
        given = [c for c in ("outcome", *TRUTH) if c in self.rows.columns]
        rows = self.rows.mutate(
            name__=self.rows.outcome_name.fill_null("")
            if "outcome_name" in self.rows.columns
            else ibis.literal(""),
            when__=self.rows.observed_at.epoch_seconds().fill_null(0)
            if "observed_at" in self.rows.columns
            else ibis.literal(0),
        )
        by = [self.key, "name__", "when__"]
        several = ibis.or_(*[rows[c].nunique() > 1 for c in given])
        twice = keep(rows.group_by(by).aggregate(several__=several).filter(lambda t: t.several__))
        said = rows.semi_join(twice, by)
        count = int(fetch(said.count().as_table())[0][0].as_py())
        if not count:
            return self
        first = fetch(said.select(ROW, self.key).order_by(ROW).limit(FIRST_ROWS)).to_pydict()
        problem = Problem(
            self.name, "contradiction", self.key, count, tuple(first[ROW]), str(first[self.key][0]),
            "stands there more than once with different values and no later time that would make one of "
            "them the correction",
            "leave one, or give observed_at: the latest counts; until then none of them is used",
        )  # fmt: skip
        kept = rows.anti_join(twice, by).drop("name__", "when__")
        return replace(self, rows=kept, problems=(*self.problems, problem), contradictory=count)

    def orphans(self, decisions: ir.Table, read: ir.Table) -> tuple[Problem | None, int]:
        """Outcomes whose decision is not in the file, if any; and how many are of decisions that were `read`
        and left out or rejected, which is no mistake of theirs. Raises InputError where none is matched."""
        lost = self.rows.anti_join(decisions.select(self.key), self.key)
        unmatched = int(fetch(lost.count().as_table())[0][0].as_py())
        if not unmatched:
            return None, 0
        lost = lost.anti_join(read.select(self.key).distinct(), self.key)
        count = int(fetch(lost.count().as_table())[0][0].as_py())
        if not count:
            return None, unmatched
        if count == self.listed:
            raise InputError(
                f"{self.name}: no {self.key} of it is in the decisions file; the two files must "
                "name their decisions alike"
            )
        first = fetch(lost.select(ROW, self.key).order_by(ROW).limit(5)).to_pydict()
        problem = Problem(
            self.name,
            "no_decision",
            self.key,
            count,
            tuple(first[ROW]),
            str(first[self.key][0]),
            "has no decision in the decisions file",
            "check that both files cover the same time; the outcome was left aside",
        )
        return problem, unmatched - count


def own_outcomes(columns: frozenset[str], mapping: Mapping) -> tuple[str, ...]:
    """Names of the outcomes that stand in the decision's own row."""
    named = tuple(o.name for o in mapping.outcomes)
    return (*((DEFAULT_OUTCOME,) if "outcome" in columns else ()), *named)


def open_outcomes(
    decision_columns: tuple[str, ...],
    outcomes: RawTable,
    mapping: Mapping,
    use_case: UseCase,
    words: frozenset[str] = frozenset(),
) -> OutcomeFile:
    """The outcomes of their own file. `words`: those that were advised or chosen, which its truth is told
    in. Raises InputError where the two files share no key, or no word."""
    side = with_own_names(outcomes, mapping.side("outcomes"))
    if not side.provides("decision_id") and not side.provides("case_id"):
        raise _no_key(outcomes)
    canonical = read_table(outcomes, side, use_case, "outcomes", words)
    counted = count_problems(canonical, outcomes.name)
    key = _key(decision_columns, canonical.table, outcomes)
    _gives_something(outcomes, canonical.table)
    rows, strange = without_strange_words(canonical, canonical.usable(), outcomes.name, side, words)
    names = _names(rows)
    if len(names) > _MOST_NAMES:
        raise DeclarationError(
            "mapping", [f"outcome_name has {len(names)} different values; is it the right column?"]
        )
    first = rows.select(key).limit(_LOOKED_AT)
    sizes = fetch(first.aggregate(n=first.count(), keys=first[key].nunique())).to_pylist()[0]
    listed = outcomes.rows_read - sum(r.count for r in outcomes.rejects) - counted.rejected
    listed -= sum(counted.filtered.values())
    problems = [
        *(
            Problem(
                outcomes.name, r.rule, r.column, r.count, r.rows[:5], r.example, r.what, r.remedy
            )
            for r in outcomes.rejects
        ),
        *counted.problems,
        *strange,
    ]
    return OutcomeFile(
        outcomes.name,
        key,
        rows,
        names,
        listed,
        len(names) <= 1 and sizes["keys"] >= _CLEARLY_SEVERAL * sizes["n"],
        tuple(problems),
    )


def _key(decision_columns: tuple[str, ...], outcomes: ir.Table, raw: RawTable) -> str:
    for key in ("decision_id", "case_id"):
        if key in decision_columns and key in outcomes.columns:
            return key
    raise _no_key(raw)


def _gives_something(raw: RawTable, rows: ir.Table) -> None:
    if not {"outcome", *TRUTH} & {*rows.columns}:
        have = ", ".join(c for c in raw.table.columns if c != ROW)
        raise InputError(
            f"{raw.name}: no column of it is an outcome or a truth. It has: {have}. Name one in the mapping: "
            '[outcomes_file.columns] outcome = "its column", or correct_choice, correct_value, value'
        )


def _no_key(raw: RawTable) -> InputError:
    return InputError(
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


def _values(rows: ir.Table, names: tuple[str, ...], *, latest: bool) -> dict[str, ir.Value]:
    """The columns an outcome file gives to a decision: `y_NAME`, truth and `observed_at`.

    With `latest`, each as the latest of its key; else as it stands.
    """
    has_time = "observed_at" in rows.columns
    if latest:
        when = rows.observed_at.epoch_seconds().fill_null(0) if has_time else ibis.literal(0)
        order = when.cast("int64") * 10_000_000 + rows[ROW] % 10_000_000
    named = rows.outcome_name.fill_null(DEFAULT_OUTCOME) if "outcome_name" in rows.columns else None
    values: dict[str, ir.Value] = {}
    for name in names:
        value = rows.outcome
        where = value.notnull()
        if named is not None and len(names) > 1:
            where = where & (named == name)
        values[f"{OUTCOME_PREFIX}{name}"] = value.argmax(order, where=where) if latest else value
    for column in TRUTH:
        if column in rows.columns:
            value = rows[column]
            values[column] = value.argmax(order, where=value.notnull()) if latest else value
    if has_time:
        values["observed_at"] = rows.observed_at.max() if latest else rows.observed_at
    return values
