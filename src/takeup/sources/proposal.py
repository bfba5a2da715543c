"""A first mapping for a table nobody has mapped: from names, types and values.

Everything guessed is written down as a guess: `takeup map` writes it as a commented file,
`takeup diagnose` without a mapping prints it among the assumptions. What cannot be guessed is a question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from takeup.record.columns import COLUMNS, DECISION_COLUMNS, OUTCOME_COLUMNS
from takeup.record.mapping import Mapping, parse_mapping
from takeup.record.reader import ROW
from takeup.record.toml_file import toml_text
from takeup.record.words import fold
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, plain_name, unit_of
from takeup.sources.named_columns import candidates, first_named
from takeup.sources.proposed_covariates import add_covariates, covariate_name, why_no_covariate
from takeup.sources.proposed_meanings import (
    NEEDED,
    TWINS,
    computed_from,
    in_expression,
    literal,
    looked,
    missing,
    says_what_was_done,
    says_who_had_it,
    who_had_it,
)
from takeup.sources.proposed_words import (
    open_values,
    outcome_in_words,
    propose_outcome,
    propose_words,
)
from takeup.sources.questions import Answer, Question
from takeup.sources.raw_table import RawTable

ALL_ASSISTED = "every case is taken to have had the advice available (mode = assist)"


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
        self._who_had_it()
        words, said = propose_words(self.chosen, self.kinds)
        self.guesses += said
        if words:
            self.contents["values"] = words
        if "mode" not in self.chosen:
            self.contents["constants"] = {"mode": "assist"}
            self.guesses.append(ALL_ASSISTED)
        self.questions += open_values(self.chosen, words, self.kinds, self.declared)
        self._seconds()
        outcome = {} if self.declared else propose_outcome(self.chosen, words, self.kinds)
        if outcome:
            self.contents["use_case"] = {"outcome": outcome}
            self.guesses.append(outcome_in_words(self.chosen["outcome"], outcome))
        self._left_out()
        if not missing(self.chosen):
            asked = {q.column for q in self.questions}
            self.guesses += add_covariates(self.contents, self.kinds, asked, self.declared)
        used = {*self.chosen.values(), *self._computed_from()}
        unmapped = tuple(c for c in self.kinds.columns if c not in used)
        mapping = parse_mapping(self.contents, "proposal")
        return Proposal(mapping, tuple(self.guesses), unmapped, tuple(self.questions))

    def _name_columns(self) -> None:
        names = [c.name for c in (*DECISION_COLUMNS, *OUTCOME_COLUMNS)]
        ranked = {name: candidates(self.kinds, name) for name in names}
        # What bears the record's own name is taken before any other column asks for it.
        for name, found in ranked.items():
            if found.get(name) == 0 and self.kinds.may_bear(name):
                self.chosen[name] = name
        acts = self._what_was_done()
        for name, found in ranked.items():
            if name in self.chosen or (name in TWINS and TWINS[name] in self.chosen):
                continue
            taken = {*self.chosen.values(), *self._computed_from()}
            free = [c for c in found if c not in taken and self._can_be(name, c, acts)]
            if name == "decision_id":
                free.sort(key=lambda c: not self.kinds.is_unique(c))
            if free:
                self._guess(name, free[0])
            elif name == "consulted":
                self._looked([c for c in found if c not in taken])
        self._both_numbers()
        if acts and missing(self.chosen):
            self._guess("action", acts[0])
        self._only_time()
        ordered = {n: self.chosen[n] for n in names if n in self.chosen}
        self.chosen.clear()
        self.chosen.update(ordered)

    def _guess(self, name: str, source: str) -> None:
        self.chosen[name] = source
        self.guesses.append(f"{source} is read as {name} ({COLUMNS[name].meaning})")

    def _can_be(self, name: str, source: str, acts: Collection[str]) -> bool:
        if source in acts or not self.kinds.fits(name, source):
            return False
        if name == "decision_id":
            return self.kinds.nearly_unique(source) or self.kinds.repeats_whole(source)
        return name not in ("population", "team") or not says_who_had_it(self.kinds, source)

    def _what_was_done(self) -> list[str]:
        """Columns that say by name and words what was done with the advice, whatever else their names
        could mean: they are neither the advice nor the choice."""
        taken = self.chosen.values()
        return [
            c for c in self.kinds.columns if c not in taken and says_what_was_done(self.kinds, c)
        ]

    def _looked(self, could: Iterable[str]) -> None:
        """Whether the advice was looked at, where a column says when, how often or by a mark."""
        for source in could:
            said = looked(self.kinds, source)
            if said is not None:
                self.contents.setdefault("computed", {})["consulted"] = said
                self.guesses.append(f"{source} says whether the advice was looked at: {said}")
                return

    def _both_numbers(self) -> None:
        """A number that was decided answers a number that was advised, however few there are."""
        pair = {"recommendation": "recommendation_value", "choice": "choice_value"}
        if not any(value in self.chosen for value in pair.values()):
            return
        for word, value in pair.items():
            source = self.chosen.get(word)
            if source is None or source == word or not self.kinds.is_number(source):
                continue
            del self.chosen[word]
            self._unguess(source)
            self._guess(value, source)

    def _unguess(self, source: str) -> None:
        self.guesses = [g for g in self.guesses if not g.startswith(f"{source} is read as ")]

    def _only_time(self) -> None:
        if "decided_at" in self.chosen:
            return
        taken = {*self.chosen.values(), *self._computed_from()}
        times = [c for c in self.kinds.columns if c not in taken and self.kinds.is_time(c)]
        if len(times) == 1:
            self.chosen["decided_at"] = times[0]
            self.guesses.append(f"{times[0]} is read as decided_at, the only time there is")

    def _settle_ids(self) -> None:
        """An id that repeats is the case's where nothing else is, and asked about; rows that are repeated
        as a whole are duplicates of one decision."""
        source = self.chosen.get("decision_id")
        if source is None:
            taken = {*self.chosen.values(), *self._computed_from()}
            named = [c for c in candidates(self.kinds, "decision_id") if c not in taken]
            repeat = next((c for c in named if self.kinds.fits("decision_id", c)), None)
            if repeat is not None:
                self._ask_of_repeats(repeat)
            return
        if source == "decision_id" or self.kinds.is_unique(source):
            return
        if self.kinds.repeats_whole(source):
            self.guesses.append(f"rows of one {source} are the same: they count once")
            return
        del self.chosen["decision_id"]
        self._unguess(source)
        self._ask_of_repeats(source)

    def _ask_of_repeats(self, source: str) -> None:
        size = self.kinds.exact_size(source)
        if "case_id" not in self.chosen and 2 * size.different >= size.known:
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
                default=1,
            )
        )

    def _who_had_it(self) -> None:
        """A column that parts cases into those with the advice and those without is asked about."""
        if "mode" in self.chosen:
            return
        for source in self.kinds.columns:
            if source not in self.chosen.values() and says_who_had_it(self.kinds, source):
                self.questions.append(who_had_it(self.kinds, source))
                return

    def _seconds(self) -> None:
        """Durations in the unit that their column's name says; where it says none, the unit is asked for."""
        source = self.chosen.get("duration_s")
        if source is None or source == "duration_s":
            return
        unit = unit_of(source)
        factor = every_language().seconds.get(unit or "")
        if factor == 1:
            return
        if factor is None:
            del self.chosen["duration_s"]
            self._unguess(source)
            self.questions.append(_unit_of_duration(source))
            return
        del self.chosen["duration_s"]
        computed = self.contents.setdefault("computed", {})
        computed["duration_s"] = f"col({literal(source)}) * {factor:g}"
        self.guesses.append(f"{source} counts {unit}; duration_s is it times {factor:g}")

    def _computed_from(self) -> list[str]:
        return computed_from(self.contents.get("computed", {}), self.kinds.columns)

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
            keep = f"{in_expression(source)} not in ({', '.join(literal(w) for w in out)},)"
            if self.kinds.dtype(source).is_boolean():
                keep = in_expression(source) if out == ["false"] else f"not {in_expression(source)}"
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
                    default=1,
                )
            )


def _unit_of_duration(source: str) -> Question:
    """What a column counts that says how long a case took."""
    counted = f"col({literal(source)})"
    times = {"minutes": 60, "hours": 3600}
    return Question(
        source,
        f"column {source} says how long a case took: in which unit? Until the mapping says, it is not used.",
        (
            Answer("seconds", f"[columns]\nduration_s = {toml_text(source)}"),
            *(
                Answer(unit, f"[computed]\nduration_s = {toml_text(f'{counted} * {n}')}")
                for unit, n in times.items()
            ),
        ),
        must=False,
    )


def _events(kinds: ColumnKinds) -> Proposal | None:
    """The event-stream form, where several rows make one decision: a column of events that open and close
    one, a case or a person they are of, and an order of time. A closing event says what was done with the
    advice, or advice and choice stand in columns of their own."""
    language = every_language().events
    columns = kinds.columns
    event = next((c for c in columns if plain_name(c) in language.names and kinds.words(c)), None)
    if event is None:
        return None
    words = {w: plain_name(w) for w in sorted(kinds.words(event) or ())}
    chosen = {n: c for n in ("recommendation", "choice") if (c := first_named(n, kinds))}
    closes = {w: language.closes[p] for w, p in words.items() if p in language.closes}
    if not closes and len(chosen) == len(NEEDED):
        closes = {w: "" for w, p in words.items() if p in language.decides}
    opens = [w for w, p in words.items() if p in language.opens]
    person = first_named("person_id", kinds)
    order = first_named("decided_at", kinds) or next(
        (c for c in columns if plain_name(c) in language.orders), None
    )
    by = _case_of_events(kinds) or person
    if not closes or not opens or by is None or order is None:
        return None
    rest = [w for w in words if w not in closes and w not in opens]
    repeats = [w for w in rest if words[w] in language.repeats]
    named = {"person_id": person, "case_id": by if by != person else None, **chosen}
    named["decided_at"] = order if kinds.is_time(order) else None
    named["confidence"] = first_named("confidence", kinds)
    contents: dict[str, Any] = {
        "columns": {name: source for name, source in named.items() if source},
        "constants": {"mode": "assist", "consulted": True},
        "events": {
            "event": event,
            "by": [by],
            "order": order,
            "opens": opens,
            "repeats": repeats,
            "closes": closes,
            "ignores": [w for w in rest if w not in repeats],
        },
    }
    taken = {by, order, event, *named.values()}
    for source in columns:
        if source not in taken and why_no_covariate(kinds, source) is None:
            contents["columns"][covariate_name(source)] = source
    mapping = parse_mapping(contents, "proposal")
    used = {*taken, *(str(v) for v in contents["columns"].values())}
    return Proposal(
        mapping,
        (
            f"several rows make one decision: {', '.join(opens)} opens it, "
            f"{' or '.join(closes)} closes it, by {by} in the order of {order}",
            "the advice was in view of whoever closed it (consulted = true)",
        ),
        tuple(c for c in columns if c not in used),
    )


def _case_of_events(kinds: ColumnKinds) -> str | None:
    """The column that says which case an event is of: named so, and several rows share its values."""
    for name in ("case_id", "decision_id"):
        for column in candidates(kinds, name):
            size = kinds.sizes[column]
            if kinds.fits(name, column) and 3 * size.different <= 2 * size.known:
                return column
    return None


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
