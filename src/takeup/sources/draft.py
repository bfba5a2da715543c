"""A mapping while it is made: what was guessed, what was found out, and what is still to be asked.

`takeup map` writes a draft; `takeup map --ask` settles it question by question first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ibis.expr.types as ir

from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import DeclarationError, TakeupError
from takeup.record.mapping import Mapping, parse_mapping
from takeup.record.nearest import did_you_mean
from takeup.record.reader import ROW
from takeup.record.toml_file import toml_text
from takeup.record.use_case import UseCase
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language
from takeup.sources.look import look, read_table, with_formats
from takeup.sources.look_alikes import alike_columns
from takeup.sources.meeting_words import declared_words, open_words
from takeup.sources.proposal import ALL_ASSISTED, Proposal, propose_mapping
from takeup.sources.proposed_covariates import (
    KINDS_BY,
    add_covariates,
    is_counted,
    may_be_persons,
    sounds_like_persons,
    why_no_covariate,
)
from takeup.sources.proposed_meanings import NEEDED, computed_from, missing
from takeup.sources.proposed_words import known_actions, open_values, propose_outcome
from takeup.sources.questions import Answer, Question, answered
from takeup.sources.raw_table import RawTable
from takeup.sources.tolerances import open_tolerances

_NEEDED = {
    "recommendation": "what the model advised",
    "choice": "what was decided in the end",
}
_MOST_SHOWN = 12
_UNTIL_THEN = "it may still be the advice or the choice, which is asked for"


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping, what was guessed for it, columns that nothing was made of, and open questions, those
    first without which nothing can be measured. `trouble`: why it cannot be read yet, if so. `reasons`: why
    nothing was made of a column, of those where that can be said."""

    mapping: Mapping
    guesses: tuple[str, ...]
    unmapped: tuple[str, ...]
    questions: tuple[Question, ...]
    proposal: Proposal
    trouble: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def not_used(self) -> Iterator[str]:
        """Columns that nothing was made of, each with the reason."""
        for column in self.unmapped:
            reason = self.reasons.get(column)
            yield f"{column} ({reason})" if reason else column

    @property
    def ready(self) -> bool:
        """Whether a diagnosis can be made with the mapping as it stands."""
        return self.trouble is None and not any(q.must for q in self.questions)


def first_draft(raw: RawTable) -> Draft:
    """The draft for a table nobody has mapped."""
    proposal = propose_mapping(raw)
    return _drafted(raw, proposal.mapping, proposal)


def with_answer(raw: RawTable, draft: Draft, lines: str) -> Draft:
    """The draft after an answer: `lines` are TOML of a mapping. Raises DeclarationError where they are
    not, or name a column that there is none of."""
    before = draft.mapping
    mapping = _answered(raw, before, lines) if lines else before
    for follow in (_numbers_as_values, _without_twins, _with_known_actions, _outcome_again):
        mapping = follow(raw, mapping)
    proposal = draft.proposal
    if mapping.events is None and missing(_provided(before)) and not missing(_provided(mapping)):
        contents = _contents(mapping)
        said = add_covariates(contents, _kinds(raw), [q.column for q in proposal.questions], False)
        mapping = parse_mapping(contents, "mapping")
        proposal = replace(proposal, guesses=(*proposal.guesses, *said))
    return _drafted(raw, mapping, proposal)


def without_look_alikes(raw: RawTable, draft: Draft, tables: Iterable[ir.Table]) -> Draft:
    """The draft without covariates that repeat the advice or the choice, or give the outcome away.
    `tables`: the decisions as the draft's mapping reads them."""
    found = {c: why for t in tables for c, why in alike_columns(t, draft.mapping).items()}
    if not found:
        return draft
    contents = _contents(_without(draft.mapping, found))
    contents.get("use_case", {}).pop("segment", None)
    passed = {*draft.unmapped, *(str(draft.mapping.columns[c]) for c in found)}
    said = add_covariates(contents, _kinds(raw), passed, False)
    guesses = [g for g in draft.guesses if not g.startswith(KINDS_BY)]
    reasons = {str(draft.mapping.columns[c]): why for c, why in found.items()}
    return replace(
        draft,
        mapping=parse_mapping(contents, "mapping"),
        guesses=(*guesses, *said),
        unmapped=(*draft.unmapped, *reasons),
        reasons={**draft.reasons, **reasons},
    )


def _answered(raw: RawTable, mapping: Mapping, lines: str) -> Mapping:
    contents = answered(_contents(mapping), lines)
    columns = contents.get("columns", {})
    for name, source in columns.items():
        if isinstance(source, str) and source not in raw.table.columns:
            known = [c for c in raw.table.columns if c != ROW]
            raise DeclarationError(
                "mapping", [f"{name}: no column is called {source!r}{did_you_mean(source, known)}"]
            )
    # What a column says holds instead of what was taken for granted.
    constants = {n: v for n, v in contents.get("constants", {}).items() if n not in columns}
    return parse_mapping({**contents, "constants": constants}, "mapping")


def _numbers_as_values(raw: RawTable, mapping: Mapping) -> Mapping:
    """Advice and choice that were named and hold amounts are values, not words."""
    columns: dict[str, Any] = dict(mapping.columns)
    for name, value in NEEDED.items():
        source = columns.get(name)
        if isinstance(source, str) and name != source and value not in columns:
            kinds = _kinds(raw, [source])
            if kinds.is_number(source) and not kinds.fits(name, source):
                columns[value] = columns.pop(name)
    return mapping.model_copy(update={"columns": columns})


def _provided(mapping: Mapping) -> list[str]:
    return [*mapping.columns, *mapping.constants, *mapping.computed]


def _kinds(raw: RawTable, columns: Collection[str] | None = None) -> ColumnKinds:
    return ColumnKinds(raw, columns or [c for c in raw.table.columns if c != ROW])


def _without_twins(_: RawTable, mapping: Mapping) -> Mapping:
    """No column is a kind of case and something else."""
    named = [s for n, s in mapping.columns.items() if not n.startswith(COVARIATE_PREFIX)]
    gone = {n for n, s in mapping.columns.items() if n.startswith(COVARIATE_PREFIX) and s in named}
    if not gone:
        return mapping
    return _without(mapping, gone)


def _without(mapping: Mapping, gone: Collection[str]) -> Mapping:
    """The mapping without some covariates."""
    columns = {n: s for n, s in mapping.columns.items() if n not in gone}
    use_case = mapping.use_case and mapping.use_case.model_copy(
        update={"segment": [n for n in mapping.use_case.segment if n not in gone]}
    )
    return mapping.model_copy(update={"columns": columns, "use_case": use_case})


def _with_known_actions(raw: RawTable, mapping: Mapping) -> Mapping:
    """A column that has become the action says in its own words what was done."""
    source = mapping.columns.get("action")
    if not isinstance(source, str) or "action" in mapping.values:
        return mapping
    words = known_actions(source, ColumnKinds(raw, [source]))
    return mapping.model_copy(
        update={"values": {**mapping.values, **({"action": words} if words else {})}}
    )


def _drafted(raw: RawTable, mapping: Mapping, proposal: Proposal) -> Draft:
    mapping = with_formats(raw, mapping)
    used = {c for v in mapping.columns.values() for c in ([v] if isinstance(v, str) else v)}
    kinds = _kinds(raw)
    filters = {f.reason: f.keep for f in mapping.filters}
    used |= {*computed_from({**mapping.computed, **filters}, kinds.columns)}
    unmapped = tuple(c for c in proposal.unmapped if c not in used)
    others = [*_open_values(kinds, mapping), *proposal.questions]
    others += [*_who_decided(kinds, mapping), *_wanted(raw, mapping)]
    others = [q for q in others if _is_open(q, mapping)]
    questions = [*_essential(kinds, mapping), *look(raw, mapping).questions]
    questions += [q for q in others if q.must]
    trouble = None
    if not questions:
        questions, trouble = _words(raw, mapping)
    questions += [q for q in others if not q.must]
    guesses = tuple(g for g in proposal.guesses if g != ALL_ASSISTED or "mode" in mapping.constants)
    single = {q.text: q for q in questions}
    reasons = _reasons(kinds, mapping, unmapped, {q.column for q in questions})
    return Draft(mapping, guesses, unmapped, tuple(single.values()), proposal, trouble, reasons)


def _reasons(
    kinds: ColumnKinds, mapping: Mapping, unmapped: Iterable[str], asked: Collection[str]
) -> dict[str, str]:
    still_open = mapping.events is None and bool(missing(_provided(mapping)))
    found = {}
    for column in unmapped:
        reason = why_no_covariate(kinds, column)
        if reason is None and still_open:
            reason = _UNTIL_THEN
        if reason and column not in asked:
            found[column] = reason
    return found


def _open_values(kinds: ColumnKinds, mapping: Mapping) -> list[Question]:
    if mapping.events is not None:
        return []
    chosen = {n: s for n, s in mapping.columns.items() if isinstance(s, str)}
    return open_values(chosen, mapping.values, kinds)


def _words(raw: RawTable, mapping: Mapping) -> tuple[list[Question], str | None]:
    use_case = mapping.use_case or UseCase()
    try:
        rows = read_table(raw, mapping, use_case).usable()
    except TakeupError as error:
        return [], str(error)
    found, _ = open_words(rows, mapping, declared_words(mapping, use_case.words))
    return [*found, *open_tolerances(rows, mapping, lambda _: use_case)], None


def _essential(kinds: ColumnKinds, mapping: Mapping) -> list[Question]:
    """Columns without which there is no decision, to be chosen among those that could be them."""
    provided = _provided(mapping)
    still = [] if mapping.events is not None else missing(provided)
    if not still:
        return []
    used = {
        v
        for n, v in mapping.columns.items()
        if isinstance(v, str) and not n.startswith(COVARIATE_PREFIX)
    }
    used |= {*computed_from(mapping.computed, kinds.columns)}
    free = [c for c in kinds.columns if c not in used]
    found = []
    if len(still) == len(NEEDED) and (acts := _which_action(kinds, free)):
        found.append(acts)
    # A number is decided where a number was advised, a word where a word was.
    words = not any(value in provided for value in NEEDED.values())
    numbers = not any(name in provided for name in NEEDED)
    for name in still:
        answers = _could_be(kinds, name, free if words else [], free if numbers else [])
        example = next((c for c in free if not kinds.is_time(c)), name)
        found.append(
            Question(
                name,
                f"Which column holds {_NEEDED[name]} ({name})?",
                tuple(answers),
                free=_by_name(name, example),
            )
        )
    return found


def _could_be(
    kinds: ColumnKinds, name: str, words: Collection[str], numbers: Collection[str]
) -> list[Answer]:
    named = [c for c in words if kinds.fits(name, c)]
    counted = [c for c in numbers if c not in named and is_counted(kinds, c)]
    return [
        *(_column_answer(kinds, name, c) for c in named[:_MOST_SHOWN]),
        *(_column_answer(kinds, NEEDED[name], c) for c in counted[:_MOST_SHOWN]),
    ]


def _column_answer(kinds: ColumnKinds, name: str, column: str) -> Answer:
    return Answer(f"{column} ({_some(kinds, column)})", f"[columns]\n{name} = {toml_text(column)}")


def _by_name(name: str, example: str) -> tuple[str, str, str]:
    return ("a column by its name", example, f'[columns]\n{name} = "{{text}}"')


def _which_action(kinds: ColumnKinds, free: Collection[str]) -> Question | None:
    """The column that says what was done with the advice, where advice and choice are not both there; None
    where no column could be it."""
    language = every_language()

    def known(column: str) -> float:
        words = kinds.words(column) or ()
        return sum(bool(language.meaning(w, language.actions)) for w in words) / max(len(words), 1)

    could = [c for c in free if kinds.fits("choice", c)]
    if not could:
        return None
    could.sort(key=lambda c: -known(c))
    return Question(
        "action",
        "Does a column say what was done with the advice (taken, dismissed …)? Where advice and choice stand "
        "in two columns, leave it open; they are asked for next.",
        tuple(_column_answer(kinds, "action", c) for c in could[:_MOST_SHOWN]),
        free=_by_name("action", could[0]),
    )


def _some(kinds: ColumnKinds, column: str) -> str:
    span = kinds.span(column) if kinds.is_number(column) else None
    if span is not None and kinds.sizes[column].different > _FEW_SHOWN:
        return f"numbers from {span[0]:g} to {span[1]:g}"
    return ", ".join(sorted(kinds.words(column) or ())[:_FEW_SHOWN])


_FEW_SHOWN = 4


def _who_decided(kinds: ColumnKinds, mapping: Mapping) -> Iterable[Question]:
    """Where no column is known to say who decided, those that could: without it a report to forward shows
    nothing, since no group of people can be seen to be large enough."""
    provided = _provided(mapping)
    if "person_id" in provided or mapping.events is not None or missing(provided):
        return
    used = {*computed_from(mapping.computed, kinds.columns), *mapping.ignore}
    for name, source in mapping.columns.items():
        if not name.startswith(COVARIATE_PREFIX):
            used |= {source} if isinstance(source, str) else {*source}
    could = [c for c in kinds.columns if c not in used and may_be_persons(kinds, c)]
    if could:
        could.sort(key=lambda c: not sounds_like_persons(c))
        yield Question(
            "person_id",
            "Which column says who decided (person_id)? Without it a report to forward shows no figures.",
            tuple(_column_answer(kinds, "person_id", c) for c in could[:_MOST_SHOWN]),
            must=False,
            free=_by_name("person_id", could[0]),
        )


def _wanted(raw: RawTable, mapping: Mapping) -> Iterable[Question]:
    """What a person would be asked although something can be measured without it."""
    rule = mapping.use_case.outcome if mapping.use_case else None
    outcome = mapping.columns.get("outcome")
    if isinstance(outcome, str) and (rule is None or rule.better is None):
        yield Question(
            outcome,
            f"Which way is {outcome} good?",
            (
                Answer("higher is better", '[use_case.outcome]\nbetter = "higher"'),
                Answer("lower is better", '[use_case.outcome]\nbetter = "lower"'),
            ),
            must=False,
        )
    time = mapping.columns.get("decided_at")
    bare = isinstance(time, str) and _names_no_zone(raw, mapping, time)
    if bare and mapping.file.time_zone is None:
        yield Question(
            str(time),
            f"Times in {time} name no zone: which clock do they follow?",
            (Answer("UTC", '[file]\ntime_zone = "UTC"'),),
            must=False,
            free=("a zone by its name", "Europe/Berlin", '[file]\ntime_zone = "{text}"'),
        )


def _names_no_zone(raw: RawTable, mapping: Mapping, column: str) -> bool:
    if column not in raw.table.columns:
        return False
    dtype = raw.table[column].type()
    if dtype.is_timestamp():
        return dtype.timezone is None
    form = look(raw, mapping).seen.times.get(column)
    return form is not None and form.bare and form.unit in (None, "days")


def _is_open(question: Question, mapping: Mapping) -> bool:
    """Whether no answer of a question stands in the mapping."""
    contents = _contents(mapping)
    return not any(a.lines and answered(contents, a.lines) == contents for a in question.answers)


def _outcome_again(raw: RawTable, mapping: Mapping) -> Mapping:
    """The guessed outcome rule once the words of the choices are known."""
    rule = mapping.use_case.outcome if mapping.use_case else None
    if rule is None or not rule.one_sided or not isinstance(mapping.columns.get("outcome"), str):
        return mapping
    chosen = {n: s for n, s in mapping.columns.items() if isinstance(s, str)}
    kinds = ColumnKinds(raw, [chosen[n] for n in ("outcome", "choice") if n in chosen])
    found = propose_outcome(chosen, mapping.values, kinds)
    again = rule.model_copy(update={"observed_when": found.get("observed_when", "always")})
    assert mapping.use_case is not None
    return mapping.model_copy(
        update={"use_case": mapping.use_case.model_copy(update={"outcome": again})}
    )


def _contents(mapping: Mapping) -> dict[str, Any]:
    return mapping.model_dump(exclude_defaults=True, exclude_none=True)
