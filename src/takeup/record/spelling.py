"""Which word each text of a column is: blanks, normal forms, lists of one and the mapping's own words.

Settled on the different texts of a column, where these are few, so that reading a million rows is a
look into a table and nothing of it can differ between engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from takeup.record.columns import kind_of
from takeup.record.different_values import DifferentValues
from takeup.record.mapping import Mapping as TableMapping
from takeup.record.nearest import nearest
from takeup.record.seen import Spelling
from takeup.record.vocabulary import BLANKS
from takeup.record.words import fold, is_list_of_several, out_of_list, tidy, whole_number

NAMED_CHOICES = ("recommendation", "choice", "initial_choice", "correct_choice")
"""Columns whose words are compared with each other."""

MOST_WORDS = 1_000
"""A column with more different texts is read text by text."""

_MAY_BE_CHOICES = ("none", "nil")


def spell(
    mapping: TableMapping,
    different: Mapping[str, DifferentValues],
    choices: Iterable[str] = (),
) -> tuple[dict[str, Spelling], list[str]]:
    """The word of each text, by canonical column, and what was taken for one word.

    `choices`: words declared by the use case; other spellings of them are read as they stand there. What is
    declared as a choice is one, whatever else it may mean ("none").
    """
    choices = frozenset(choices)
    texts = {
        name: different[source].values
        for name, source in mapping.columns.items()
        if isinstance(source, str)
        and source in different
        and len(different[source].values) <= MOST_WORDS
        and _holds_words(name, mapping)
    }
    blanks = {b.lower() for b in mapping.file.blanks}
    notes: list[str] = []
    said = {m for n in NAMED_CHOICES for m in mapping.values.get(n, {}).values()}
    words = {fold(word) for word in (*said, *choices) if word}
    none = _none_as_choice(texts, mapping)
    if none and fold(none) not in words:
        words.add(fold(none))
        notes.append(
            f'"{none}" is read as a choice, as it is advised and chosen; [file] blanks says otherwise'
        )
    found: dict[str, dict[str, str | None]] = {}
    for name, values in texts.items():
        unknown = {b for b in blanks if fold(b) not in words} if name in NAMED_CHOICES else blanks
        declared = {fold(w): m for w, m in mapping.values.get(name, {}).items()}
        found[name] = {v: _word(name, v, unknown, declared) for v in values}
        notes += _mistyped(name, values, mapping)
    named = {n: found[n] for n in NAMED_CHOICES if n in found}
    notes += _as_one_word(
        named, {m for n in named for m in mapping.values.get(n, {}).values()}, choices
    )
    return dict(found), notes


def _holds_words(name: str, mapping: TableMapping) -> bool:
    kind = kind_of(name)
    if kind is None:
        return name in mapping.names or name in mapping.values
    return kind in ("text", "word", "boolean") and name not in ("decision_id", "case_id")


def _word(name: str, text: str, blanks: set[str], declared: Mapping[str, str]) -> str | None:
    word = tidy(text)
    if name in NAMED_CHOICES:
        word = out_of_list(word)
    if fold(word) in declared:
        return declared[fold(word)] or None
    if word.lower() in blanks:
        return None
    if name in NAMED_CHOICES:
        return None if is_list_of_several(word) else whole_number(word)
    return word.lower() if kind_of(name) == "word" else word


def _mistyped(name: str, values: Iterable[str], mapping: TableMapping) -> list[str]:
    """Words of `[values]` that stand in no row, where one that is like them stands there undeclared."""
    declared = mapping.values.get(name, {})
    said = {fold(w) for w in declared}
    held = {fold(v): v for v in values}
    free = [v for folded, v in held.items() if folded not in said]
    like = {w: nearest(w, free) for w in declared if fold(w) not in held}
    return [
        f'no row of {mapping.columns[name]} holds "{word}" ([values.{name}]); "{near}" stands there'
        for word, near in like.items()
        if near
    ]


def _none_as_choice(texts: Mapping[str, frozenset[str]], mapping: TableMapping) -> str:
    """A word for "nothing" that is both advised and chosen, so that it is a choice (no treatment)."""
    if mapping.file.blanks != list(BLANKS):
        return ""
    both = [{tidy(v) for v in texts.get(n, ())} for n in ("recommendation", "choice")]
    shared = {w for w in both[0] if w.lower() in {v.lower() for v in both[1]}}
    return next((w for w in sorted(shared) if w.lower() in _MAY_BE_CHOICES), "")


def _as_one_word(
    named: Mapping[str, dict[str, str | None]], declared: set[str], choices: Iterable[str]
) -> list[str]:
    """Makes spellings of one word alike, in place; those of `declared` and `choices` stand."""
    spellings: dict[str, set[str]] = {}
    for table in named.values():
        for word in filter(None, table.values()):
            spellings.setdefault(fold(word), set()).add(word)
    given = {fold(w): w for w in (*sorted(declared), *choices)}
    kept = {*declared, *choices}
    chosen = {
        folded: given.get(folded) or min(words, key=lambda w: (w != w.lower(), w))
        for folded, words in spellings.items()
        if len(words - kept) > (0 if folded in given else 1)
    }
    notes = []
    for folded, word in chosen.items():
        others = sorted(spellings[folded] - {word} - kept)
        if others:
            listed = ", ".join(f'"{w}"' for w in others)
            notes.append(f'{listed} and "{word}" are read as one word')
    for table in named.values():
        for text, spelled in table.items():
            if spelled is not None and spelled not in kept and fold(spelled) in chosen:
                table[text] = chosen[fold(spelled)]
    return notes
