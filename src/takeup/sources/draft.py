"""A mapping while it is made: what was guessed, what was found out, and what is still to be asked.

`takeup map` writes a draft; `takeup map --ask` settles it question by question first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import TakeupError
from takeup.record.mapping import Mapping, parse_mapping
from takeup.record.reader import ROW
from takeup.record.toml_file import toml_text
from takeup.record.use_case import UseCase
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language
from takeup.sources.look import look, read_table, with_formats
from takeup.sources.meeting_words import declared_words, open_words
from takeup.sources.proposal import Proposal, propose_mapping
from takeup.sources.proposed_words import known_actions, open_actions, propose_outcome
from takeup.sources.questions import Answer, Question, answered
from takeup.sources.raw_table import RawTable

_NEEDED = {
    "recommendation": "what the model advised",
    "choice": "what was decided in the end",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping, what was guessed for it, columns that nothing was made of, and open questions, those
    first without which nothing can be measured. `trouble`: why it cannot be read yet, if so."""

    mapping: Mapping
    guesses: tuple[str, ...]
    unmapped: tuple[str, ...]
    questions: tuple[Question, ...]
    proposal: Proposal
    trouble: str | None = None

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
    not."""
    contents = _contents(draft.mapping)
    mapping = parse_mapping(answered(contents, lines), "mapping") if lines else draft.mapping
    for follow in (_without_twins, _with_known_actions, _outcome_again):
        mapping = follow(raw, mapping)
    return _drafted(raw, mapping, draft.proposal)


def _without_twins(_: RawTable, mapping: Mapping) -> Mapping:
    """No column is a kind of case and something else."""
    named = [s for n, s in mapping.columns.items() if not n.startswith(COVARIATE_PREFIX)]
    gone = {n for n, s in mapping.columns.items() if n.startswith(COVARIATE_PREFIX) and s in named}
    if not gone:
        return mapping
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
    unmapped = tuple(c for c in proposal.unmapped if c not in used)
    essential = _essential(raw, mapping)
    questions = [*essential, *look(raw, mapping).questions]
    trouble = None
    if not questions:
        questions, trouble = _words(raw, mapping)
    questions += [
        q
        for q in (*proposal.questions, *_wanted(raw, mapping))
        if not q.must and _is_open(q, mapping)
    ]
    return Draft(mapping, proposal.guesses, unmapped, tuple(questions), proposal, trouble)


def _words(raw: RawTable, mapping: Mapping) -> tuple[list[Question], str | None]:
    use_case = mapping.use_case or UseCase()
    try:
        rows = read_table(raw, mapping, use_case).usable()
    except TakeupError as error:
        return [], str(error)
    found, _ = open_words(rows, mapping, declared_words(mapping, use_case))
    return found, None


def _essential(raw: RawTable, mapping: Mapping) -> list[Question]:
    """Columns without which there is no decision, to be chosen among those that could be them."""
    if mapping.events is not None:
        return []
    columns = [c for c in raw.table.columns if c != ROW]
    kinds = ColumnKinds(raw, columns)
    action = mapping.columns.get("action")
    if mapping.provides("action"):
        said = mapping.values.get("action", {})
        return open_actions(action if isinstance(action, str) else None, said, kinds)
    twins = {"recommendation": "recommendation_value", "choice": "choice_value"}
    missing = [n for n in _NEEDED if not (mapping.provides(n) or mapping.provides(twins[n]))]
    if not missing:
        return []
    used = {
        v
        for n, v in mapping.columns.items()
        if isinstance(v, str) and not n.startswith(COVARIATE_PREFIX)
    }
    found = [_which_action(kinds, used)] if len(missing) == len(_NEEDED) else []
    for name in missing:
        could = [c for c in columns if c not in used and kinds.fits(name, c)]
        answers = [
            Answer(f"{c} ({_some(kinds, c)})", f"[columns]\n{name} = {toml_text(c)}") for c in could
        ]
        found.append(
            Question(name, f"Which column holds {_NEEDED[name]} ({name})?", tuple(answers[:12]))
        )
    return found


def _which_action(kinds: ColumnKinds, used: Collection[str]) -> Question:
    """The column that says what was done with the advice, where advice and choice are not both there."""
    language = every_language()

    def known(column: str) -> float:
        words = kinds.words(column) or ()
        return sum(bool(language.meaning(w, language.actions)) for w in words) / max(len(words), 1)

    could = [c for c in kinds.columns if c not in used and kinds.fits("choice", c)]
    could.sort(key=lambda c: -known(c))
    answers = [
        Answer(f"{c} ({_some(kinds, c)})", f"[columns]\naction = {toml_text(c)}")
        for c in could[:12]
    ]
    return Question(
        "action",
        "Does a column say what was done with the advice (taken, dismissed …)? Where advice and choice stand "
        "in two columns, leave it open; they are asked for next.",
        tuple(answers),
    )


def _some(kinds: ColumnKinds, column: str) -> str:
    return ", ".join(sorted(kinds.words(column) or ())[:4])


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
