"""Whether the words of advice, choice, truth and first answers are those of one question.

What is no word of the others is told, and refused or taken as unknown; it is never a disagreement.
"""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.canonical import BAD, ROW, Canonical, without_flags
from takeup.record.mapping import Mapping
from takeup.sources.checking import FIRST_ROWS
from takeup.sources.questions import Question, refuse
from takeup.sources.reconciliation import Problem
from takeup.sources.word_pairs import Case, as_questions, never_met, unmet_words

_JUDGED = ("correct_choice", "initial_choice")
_MOST_PAIRS = 100_000


def declared_words(mapping: Mapping, choices: Collection[str]) -> frozenset[str]:
    """Words that somebody has said are choices. `choices`: those of use cases."""
    said = {
        m for name in ("recommendation", "choice") for m in mapping.values.get(name, {}).values()
    }
    return frozenset({*said, *choices})


def open_words(
    rows: ir.Table, mapping: Mapping, known: Collection[str]
) -> tuple[list[Question], list[str]]:
    """What the words of advice and choice leave open, and what is to be said of them. `rows`: typed
    decisions."""
    if not {"recommendation", "choice"} <= set(rows.columns):
        return [], []
    by = [c for c in ("use_case", "recommendation", "choice") if c in rows.columns]
    both = rows.filter(rows.recommendation.notnull() & rows.choice.notnull())
    judged = both.correct_choice.count() if _is_named(both, "correct_choice") else ibis.literal(0)
    counts = both.group_by(by).aggregate(n=both.count(), judged=judged)
    found = fetch(counts.limit(_MOST_PAIRS + 1)).to_pylist()
    if len(found) > _MOST_PAIRS:
        return [], [
            f"advice and choice have over {_MOST_PAIRS:,} pairs: whether their words meet was not seen"
        ]
    cases = [
        Case(
            str(r.get("use_case") or ""),
            r["recommendation"],
            r["choice"],
            int(r["n"]),
            int(r["judged"]),
        )
        for r in found
    ]
    unmet, notes = unmet_words(cases, known, _answers(rows))
    source = {n: s for n, s in mapping.columns.items() if isinstance(s, str)}
    questions = as_questions(unmet, source, mapping.provides("action"))
    return sorted(questions, key=lambda q: not q.must), notes


def _is_named(rows: ir.Table, column: str) -> bool:
    return column in rows.columns and bool(rows[column].type().is_string())


def _answers(rows: ir.Table) -> frozenset[tuple[str, str]]:
    """The words of each use case that were right, or somebody's first answer."""
    by = [c for c in ("use_case",) if c in rows.columns]
    found = [
        row
        for column in _JUDGED
        if _is_named(rows, column)
        for row in fetch(rows.select(*by, word=rows[column]).distinct()).to_pylist()
    ]
    return frozenset((str(r.get("use_case") or ""), r["word"]) for r in found if r["word"])


def without_strange_words(
    typed: Canonical, rows: ir.Table, name: str, mapping: Mapping, known: Collection[str]
) -> tuple[ir.Table, list[Problem]]:
    """`rows` with judged words that nobody advised or chose taken as unknown, and how many there are.

    `rows`: those of `typed`, read from the table `name`; bad ones and those left out are not counted.
    Raises InputError where no word is known.
    """
    problems: list[Problem] = []
    for column in _JUDGED:
        if not _is_named(rows, column) or not known:
            continue
        meant = {*known, *mapping.values.get(column, {}).values()}
        held = typed.words.get(column)
        if held is not None and held <= meant:
            continue
        usable = without_flags(rows) if BAD in rows.columns else rows
        counts = fetch(
            usable.filter(usable[column].notnull())
            .group_by(word=usable[column])
            .aggregate(n=ibis._.count())
        ).to_pylist()
        words = {r["word"]: int(r["n"]) for r in counts}
        strange = [w for w in sorted(words) if w not in meant]
        source = mapping.columns.get(column, column)
        if words and len(strange) == len(words):
            refuse(name, never_met(column, str(source), words, known))
        if not strange:
            continue
        odd = rows[column].isin(strange).fill_null(False)
        first = fetch(
            usable.filter(usable[column].isin(strange))
            .select(ROW, column)
            .order_by(ROW)
            .limit(FIRST_ROWS)
        ).to_pydict()
        problems.append(
            Problem(
                name,
                "no_choice",
                str(source),
                sum(words[w] for w in strange),
                tuple(first[ROW]),
                str(first[column][0]),
                "is nothing that was advised or chosen, and is taken as unknown",
                f'say what it means: [values.{column}] "{first[column][0]}" = "its word" in the mapping, or '
                'its own word where it is a choice, or "" where nothing is known',
            )
        )
        rows = rows.mutate(**{column: odd.ifelse(None, rows[column])})
    return rows, problems
