"""A first mapping for a table nobody has mapped: from names, types and values.

Everything guessed is written down as a guess: `takeup map` writes it as a commented file,
`takeup diagnose` without a mapping prints it among the assumptions. What cannot be guessed is a question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from takeup.record.columns import (
    COLUMNS,
    COVARIATE_PREFIX,
    DECISION_COLUMNS,
    OUTCOME_COLUMNS,
    Column,
)
from takeup.record.mapping import Mapping, parse_mapping
from takeup.record.reader import ROW
from takeup.record.toml_file import toml_text
from takeup.record.words import fold
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, plain_name, unit_of
from takeup.sources.proposed_words import (
    open_actions,
    outcome_in_words,
    propose_outcome,
    propose_words,
)
from takeup.sources.questions import Answer, Question
from takeup.sources.raw_table import RawTable

_MOST_COVARIATE_LEVELS = 50
_MOST_SEGMENTS = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping, what was guessed in words, columns that nothing was made of, and what to ask."""

    mapping: Mapping
    guesses: tuple[str, ...]
    unmapped: tuple[str, ...]
    questions: tuple[Question, ...] = ()

    def cannot_answer(self) -> list[tuple[str, str]]:
        """Questions that stay open, with the column each would need."""
        mapping = self.mapping
        return [
            (question, " or ".join(needed))
            for question, needed in _QUESTIONS
            if not any(mapping.provides(c) for c in needed)
        ]


def propose_mapping(raw: RawTable, *, use_case_declared: bool = False) -> Proposal:
    """A mapping for `raw`. Raises nothing for strange tables: it then maps little.

    With `use_case_declared`, nothing is guessed that a use case says: kinds of case, and
    which way an outcome is good.
    """
    columns = [c for c in raw.table.columns if c != ROW]
    kinds = ColumnKinds(raw, columns)
    if stream := _events(kinds):
        return stream
    return _Proposing(kinds, use_case_declared).proposal()


class _Proposing:
    """One proposal while it is made."""

    def __init__(self, kinds: ColumnKinds, use_case_declared: bool) -> None:
        self.kinds = kinds
        self.declared = use_case_declared
        self.chosen: dict[str, str] = {}
        self.contents: dict[str, Any] = {"columns": self.chosen}
        self.guesses: list[str] = []
        self.questions: list[Question] = []

    def proposal(self) -> Proposal:
        self._name_columns()
        self._settle_ids()
        words, said = propose_words(self.chosen, self.kinds)
        self.guesses += said
        if words:
            self.contents["values"] = words
        if "mode" not in self.chosen:
            self.contents["constants"] = {"mode": "assist"}
            self.guesses.append(
                "every case is taken to have had the advice available (mode = assist)"
            )
        self.questions += open_actions(
            self.chosen.get("action"), words.get("action", {}), self.kinds
        )
        self._seconds()
        outcome = {} if self.declared else propose_outcome(self.chosen, words, self.kinds)
        if outcome:
            self.contents["use_case"] = {"outcome": outcome}
            self.guesses.append(outcome_in_words(self.chosen["outcome"], outcome))
        self._left_out()
        self._covariates()
        used = {*self.chosen.values(), *self._computed_from()}
        unmapped = tuple(c for c in self.kinds.columns if c not in used)
        mapping = parse_mapping(self.contents, "proposal")
        return Proposal(mapping, tuple(self.guesses), unmapped, tuple(self.questions))

    def _name_columns(self) -> None:
        ranked = {
            c.name: dict(_candidates(self.kinds, c)) for c in (*DECISION_COLUMNS, *OUTCOME_COLUMNS)
        }
        # What bears the record's own name is taken before any other column asks for it.
        for name, found in ranked.items():
            if found.get(name) == 0:
                self.chosen[name] = name
        for name, found in ranked.items():
            if name in self.chosen or (name in _TWINS and _TWINS[name] in self.chosen):
                continue
            taken = set(self.chosen.values())
            free = [c for c in found if c not in taken and self.kinds.fits(name, c)]
            if name == "decision_id":
                free = [c for c in free if self.kinds.nearly_unique(c)]
                free.sort(key=lambda c: not self.kinds.is_unique(c))
            if not free:
                continue
            self.chosen[name] = free[0]
            self.guesses.append(f"{free[0]} is read as {name} ({COLUMNS[name].meaning})")
        times = [c for c in self.kinds.columns if self.kinds.is_time(c)]
        if (
            "decided_at" not in self.chosen
            and len(times) == 1
            and times[0] not in self.chosen.values()
        ):
            self.chosen["decided_at"] = times[0]
            self.guesses.append(f"{times[0]} is read as decided_at, the only time there is")
        order = [c.name for c in (*DECISION_COLUMNS, *OUTCOME_COLUMNS)]
        ordered = {n: self.chosen[n] for n in order if n in self.chosen}
        self.chosen.clear()
        self.chosen.update(ordered)

    def _settle_ids(self) -> None:
        """An id that repeats is the case's where nothing else is, and asked about."""
        source = self.chosen.get("decision_id")
        if source is None or source == "decision_id" or self.kinds.is_unique(source):
            return
        size = self.kinds.exact_size(source)
        del self.chosen["decision_id"]
        self.guesses = [
            g for g in self.guesses if not g.startswith(f"{source} is read as decision_id")
        ]
        if "case_id" not in self.chosen:
            self.chosen["case_id"] = source
            self.guesses.append(
                f"{source} repeats, so it is read as case_id: each row is a decision of its own"
            )
        own = Answer("each row is a decision of its own, as it is read now", "")
        last = Answer(
            "the last row of an id corrects the others",
            f"[columns]\ndecision_id = {toml_text(source)}",
        )
        self.questions.append(
            Question(
                source,
                f"column {source} repeats: {size.known:,} rows, {size.different:,} different values.",
                (own, last),
                must=False,
            )
        )

    def _seconds(self) -> None:
        """Durations in the unit that their column's name says."""
        source = self.chosen.get("duration_s")
        unit = unit_of(source) if source else None
        factor = every_language().seconds.get(unit or "")
        if source is None or factor in (None, 1):
            return
        del self.chosen["duration_s"]
        self.contents["computed"] = {"duration_s": f"col({_literal(source)}) * {factor:g}"}
        self.guesses.append(f"{source} counts {unit}; duration_s is it times {factor:g}")

    def _computed_from(self) -> list[str]:
        texts = " ".join(self.contents.get("computed", {}).values())
        return [c for c in self.kinds.columns if _literal(c) in texts]

    def _left_out(self) -> None:
        """Rows that say of themselves that they do not count are offered to be left out."""
        left = every_language().left_out
        for source in self.kinds.columns:
            words = self.kinds.words(source)
            if source in self.chosen.values() or not words or len(words) < 2:
                continue
            plain = plain_name(source)
            listed = left.columns.get(plain)
            if listed is None and plain in left.state_columns:
                listed = left.states
            out = sorted(w for w in words if listed and fold(w) in listed)
            if not out or len(out) == len(words):
                continue
            shown = ", ".join(f'"{w}"' for w in out)
            keep = f"{_name(source)} not in ({', '.join(_literal(w) for w in out)},)"
            if self.kinds.dtype(source).is_boolean():
                keep = _name(source) if out == ["false"] else f"not {_name(source)}"
            reason = f"{source} says {', '.join(out)}"
            self.questions.append(
                Question(
                    source,
                    f"column {source} says {shown} of some rows: do these count?",
                    (
                        Answer(
                            "they do not count",
                            f"[[filters]]\nkeep = {toml_text(keep)}\nreason = {toml_text(reason)}",
                        ),
                        Answer("they count like the others", f"ignore = [{toml_text(source)}]"),
                    ),
                    must=False,
                )
            )

    def _covariates(self) -> None:
        asked = {q.column for q in self.questions}
        taken = {*self.chosen.values(), *self._computed_from(), *asked}
        for source in (c for c in self.kinds.columns if c not in taken):
            name = _covariate_name(source)
            if name not in self.chosen and _is_covariate(self.kinds, source):
                self.chosen[name] = source
        segments = [
            n
            for n, source in self.chosen.items()
            if n.startswith(COVARIATE_PREFIX)
            and self.kinds.sizes[source].different <= _MOST_SEGMENTS
        ]
        if segments and not self.declared:
            self.contents.setdefault("use_case", {})["segment"] = segments[:2]
            self.guesses.append(f"kinds of case are told apart by {', '.join(segments[:2])}")


_TWINS = {"choice_value": "choice", "recommendation_value": "recommendation"}
"""A number in place of a choice is looked for only where there is no choice in words."""


def _candidates(kinds: ColumnKinds, column: Column) -> Iterable[tuple[str, int]]:
    """Columns whose names can mean `column`, the likeliest first, with how far they are off."""
    language = every_language()
    names = language.names.get(column.name, [])
    patterns = language.patterns.get(column.name, [])
    found: dict[str, int] = {}
    for source in kinds.columns:
        if source == column.name and not kinds.is_blank(source):
            found[source] = 0
            continue
        plain = plain_name(source)
        bare = plain.removesuffix(f"_{unit_of(source) or ''}")
        if plain == column.name:
            found[source] = 1
        elif plain in names or bare in names:
            found[source] = 2 + names.index(plain if plain in names else bare)
        else:
            for i, pattern in enumerate(patterns):
                if re.search(pattern, plain):
                    found[source] = 1_000 + i
                    break
    return sorted(found.items(), key=lambda one: one[1])


def _is_covariate(kinds: ColumnKinds, source: str) -> bool:
    """Whether a column is a kind of case: known before the decision, and of nobody in particular."""
    plain, unread = plain_name(source), every_language().unread
    if plain.startswith(COVARIATE_PREFIX):
        return not kinds.is_blank(source)
    if kinds.is_blank(source) or kinds.sizes[source].different < 2 or kinds.is_time(source):
        return False
    every = (*unread.after_decision, *unread.person, *unread.number)
    if any(re.search(pattern, plain) for pattern in every):
        return False
    if kinds.is_number(source):
        return not _is_running_number(kinds, source)
    words = kinds.words(source)
    return words is not None and 2 <= len(words) <= _MOST_COVARIATE_LEVELS


def _is_running_number(kinds: ColumnKinds, source: str) -> bool:
    """Whether whole numbers name things: nearly every row has its own."""
    size = kinds.sizes[source]
    if size.known < 50 or size.different < 0.98 * size.known:
        return False
    dtype = kinds.dtype(source)
    if not dtype.is_string():
        return bool(dtype.is_integer())
    return all(s.text.strip("9") == "" for s in kinds.held.shapes(source, ()))


def _covariate_name(source: str) -> str:
    plain = plain_name(source)
    return plain if plain.startswith(COVARIATE_PREFIX) else COVARIATE_PREFIX + plain


def _literal(text: str) -> str:
    """A text as an expression of a mapping writes it."""
    return json.dumps(text, ensure_ascii=False)


def _name(column: str) -> str:
    return column if column.isidentifier() else f"col({_literal(column)})"


def _events(kinds: ColumnKinds) -> Proposal | None:
    """The event-stream form, where several rows make one decision: a column of events that
    are shown and then accepted or rejected, a person, and an order of time."""
    language = every_language().events
    columns = kinds.columns
    event = next((c for c in columns if plain_name(c) in language.names and kinds.words(c)), None)
    if event is None:
        return None
    words = {w: plain_name(w) for w in sorted(kinds.words(event) or ())}
    closes = {w: language.closes[p] for w, p in words.items() if p in language.closes}
    opens = [w for w, p in words.items() if p in language.opens]
    person = _named("person_id", kinds)
    order = _named("decided_at", kinds) or next(
        (c for c in columns if plain_name(c) in language.orders), None
    )
    if not closes or not opens or person is None or order is None:
        return None
    rest = [w for w in words if w not in closes and w not in opens]
    repeats = [w for w in rest if words[w] in language.repeats]
    contents: dict[str, Any] = {
        "columns": {"person_id": person},
        "constants": {"mode": "assist", "consulted": True},
        "events": {
            "event": event,
            "by": [person],
            "order": order,
            "opens": opens,
            "repeats": repeats,
            "closes": closes,
            "ignores": [w for w in rest if w not in repeats],
        },
    }
    if kinds.is_time(order):
        contents["columns"]["decided_at"] = order
    confidence = _named("confidence", kinds)
    if confidence:
        contents["columns"]["confidence"] = confidence
    taken = {person, order, event, confidence}
    for source in columns:
        if source not in taken and _is_covariate(kinds, source):
            contents["columns"][_covariate_name(source)] = source
    mapping = parse_mapping(contents, "proposal")
    used = {*taken, *(str(v) for v in contents["columns"].values())}
    return Proposal(
        mapping,
        (
            f"several rows make one decision: {', '.join(opens)} opens it, "
            f"{' or '.join(closes)} closes it, by {person} in the order of {order}",
            "the advice was in view of whoever closed it (consulted = true)",
        ),
        tuple(c for c in columns if c not in used),
    )


def _named(name: str, kinds: ColumnKinds) -> str | None:
    found = _candidates(kinds, COLUMNS[name])
    return next((c for c, _ in found if kinds.fits(name, c)), None)


_QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("how often is the advice looked at, followed, overridden?", ("consulted", "action")),
    ("who is it, how many people, which level of adoption?", ("person_id",)),
    ("what changed over the weeks?", ("decided_at",)),
    ("did cases go better when people followed?", ("outcome", "correct_choice", "correct_value")),
    (
        "who is right more often, people or model?",
        ("correct_choice", "correct_value", "loss_final"),
    ),
    ("where is the model blind?", ("correct_choice", "correct_value", "loss_recommended")),
    ("what does having the advice change?", ("assist_probability",)),
    ("why do people override?", ("override_reason",)),
    ("how many cases pass through the tool?", ("path",)),
)
