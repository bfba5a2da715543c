"""Guesses about words: which choice a word means, and which way an outcome is good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.log import fetch
from takeup.record.parsing import TRUE_WORDS
from takeup.record.spelling import NAMED_CHOICES
from takeup.record.toml_file import toml_text
from takeup.record.vocabulary import GIVEN_ACTIONS
from takeup.record.words import fold
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language
from takeup.sources.questions import Answer, Question


def propose_words(
    chosen: Mapping[str, str], kinds: ColumnKinds
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Translations, where columns name the same things in other words, and what was guessed.

    Only words of one meaning in the languages that are known are put together (`granted`, `genehmigt`:
    approve; `TRUE`, `ja`: yes), and only where the columns' own words do not meet.
    """
    found = {**_actions(chosen, kinds), **_choices(chosen, kinds), **_yes_or_no(chosen, kinds)}
    said = []
    for name, words in found.items():
        shown = ", ".join(f"{w} = {m}" for w, m in words.items())
        said.append(f"words of {chosen[name]}: {shown}")
    return found, said


def _actions(chosen: Mapping[str, str], kinds: ColumnKinds) -> dict[str, dict[str, str]]:
    words = known_actions(chosen.get("action"), kinds)
    return {"action": words} if any(w != m for w, m in words.items()) else {}


def known_actions(source: str | None, kinds: ColumnKinds) -> dict[str, str]:
    """The action that each word of a column means, of those words that mean one in some language."""
    language = every_language()
    words = sorted(kinds.words(source) or ()) if source else []
    return {w: meaning for w in words if (meaning := language.meaning(w, language.actions))}


def open_actions(
    source: str | None, words: Mapping[str, str], kinds: ColumnKinds
) -> list[Question]:
    """What to ask of a column of actions: the words that mean none yet, given what `words` says."""
    if source is None:
        return []
    said = {fold(w) for w in words}
    found = []
    for word in sorted(kinds.words(source) or ()):
        if fold(word) in said or fold(word) in GIVEN_ACTIONS:
            continue
        line = f"[values.action]\n{toml_text(word)} = "
        answers = [Answer(meaning, line + toml_text(action)) for action, meaning in _DONE.items()]
        answers.append(Answer("it says that nothing is known", line + '""'))
        found.append(
            Question(
                source,
                f'column {source}: "{word}" is no action that is known: what did the person do with the advice?',
                tuple(answers),
            )
        )
    return found


_DONE = {
    "followed": "looked and followed it",
    "overridden": "looked and decided otherwise",
    "modified": "looked and followed it in part",
    "not_consulted": "decided without looking",
    "deferred": "has not decided yet",
}


def _yes_or_no(chosen: Mapping[str, str], kinds: ColumnKinds) -> dict[str, dict[str, str]]:
    source = chosen.get("outcome")
    if source is None or kinds.is_number(source) or not kinds.is_yes_or_no(source):
        return {}
    words = sorted(kinds.words(source) or ())
    return {"outcome": {w: "1" if w.lower() in TRUE_WORDS else "0" for w in words}}


def _choices(chosen: Mapping[str, str], kinds: ColumnKinds) -> dict[str, dict[str, str]]:
    texts = {
        n: sorted(words) for n in NAMED_CHOICES if n in chosen and (words := kinds.words(chosen[n]))
    }
    if len(texts) < 2:
        return {}
    first = {fold(w) for w in next(iter(texts.values()))}
    if all({fold(w) for w in words} <= first for words in texts.values()):
        return {}
    language = every_language()
    meanings = {
        n: {w: m for w in words if (m := language.meaning(w))} for n, words in texts.items()
    }
    # A meaning that only one column has brings no two words together.
    shared = {
        m for m in language.words if sum(m in found.values() for found in meanings.values()) > 1
    }
    named = {
        n: {w: _MEANT.get(m, m) for w, m in found.items() if m in shared}
        for n, found in meanings.items()
    }
    return {n: words for n, words in named.items() if any(w != m for w, m in words.items())}


_MEANT = {"true": "yes", "false": "no"}


def propose_outcome(
    chosen: Mapping[str, str], words: Mapping[str, Mapping[str, str]], kinds: ColumnKinds
) -> dict[str, Any]:
    """Which way the outcome is good, by its name; and under which choices alone it is seen."""
    if "outcome" not in chosen:
        return {}
    source = chosen["outcome"]
    language = every_language()
    name = " ".join(source.lower().split())
    rule: dict[str, Any] = {}
    if any(part in name for part in language.outcomes["bad"]):
        rule["better"] = "lower"
    elif any(part in name for part in language.outcomes["good"]):
        rule["better"] = "higher"
    if "choice" in chosen:
        seen = _seen_when(kinds, chosen["choice"], source, words.get("choice", {}))
        if seen:
            rule["observed_when"] = seen
    if rule:
        rule["label"] = name.replace("_", " ")
    return rule


def _seen_when(
    kinds: ColumnKinds, choice: str, outcome: str, translate: Mapping[str, str]
) -> list[str]:
    table = kinds.raw.table
    known = table[outcome].notnull()
    if table[outcome].type().is_string():
        # A word for "unknown" (k.A.) is as good as a blank here.
        blank = [v for v in _raw_texts(kinds, outcome) if fold(v) not in _folded(kinds, outcome)]
        known = known & ~table[outcome].isin(["", *blank])
    counts = fetch(
        table.group_by(choice=table[choice].cast("string")).aggregate(
            n=table.count(), known=known.cast("int64").sum()
        )
    ).to_pylist()
    folded = {fold(w): m for w, m in translate.items()}
    together: dict[str, list[int]] = {}
    for row in counts:
        word = str(row["choice"] or "")
        if fold(word) in ("", "nan", "none", "null"):
            continue
        both = together.setdefault(folded.get(fold(word), word), [0, 0])
        both[0] += int(row["n"])
        both[1] += int(row["known"] or 0)
    seen = sorted(word for word, (n, known_ones) in together.items() if known_ones > 0.2 * n)
    hidden = [word for word, (n, known_ones) in together.items() if n >= 10 and known_ones == 0]
    return seen if hidden and seen else []


def _raw_texts(kinds: ColumnKinds, column: str) -> list[str]:
    held = kinds.held.texts([column]).get(column)
    return sorted(held.values) if held is not None and len(held.values) <= 2_000 else []


def _folded(kinds: ColumnKinds, column: str) -> set[str]:
    return {fold(w) for w in kinds.words(column) or ()}


def outcome_in_words(source: str, rule: Mapping[str, Any]) -> str:
    """The guess as a sentence."""
    parts = []
    if "better" in rule:
        parts.append(f"{rule['better']} is better")
    if "observed_when" in rule:
        parts.append(f"it is seen only when the choice is {' or '.join(rule['observed_when'])}")
    return f"{source} is the outcome: {'; '.join(parts)}"
