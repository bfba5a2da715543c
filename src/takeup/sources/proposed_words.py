"""Guesses about words: which choice a word means, and which way an outcome is good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from takeup.log import fetch
from takeup.record.columns import COLUMNS
from takeup.record.parsing import TRUE_WORDS
from takeup.record.spelling import NAMED_CHOICES
from takeup.record.toml_file import toml_key, toml_text
from takeup.record.vocabulary import GIVEN_ACTIONS
from takeup.record.words import fold
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, languages_of
from takeup.sources.questions import Answer, Question


def propose_words(
    chosen: Mapping[str, str], kinds: ColumnKinds
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Translations, where columns name the same things in other words, and what was guessed.

    Only words of one meaning in the languages that are known are put together (`granted`, `genehmigt`:
    approve; `TRUE`, `ja`: yes), and only where the columns' own words do not meet.
    """
    choices, said = _choices(chosen, kinds)
    found = {
        **_actions(chosen, kinds),
        **choices,
        **_yes_or_no(chosen, kinds),
        **_vocabulary(chosen, kinds),
    }
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
    known = {w: meaning for w in words if (meaning := language.meaning(w, language.actions))}
    if known or source is None or not kinds.is_yes_or_no(source):
        return known
    # A yes says that the advice was taken; a no leaves open whether anybody looked.
    return {w: "followed" for w in words if w.lower() in TRUE_WORDS}


def open_values(
    chosen: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    kinds: ColumnKinds,
    declared: bool = False,
) -> list[Question]:
    """What to ask of words that mean nothing yet: of actions, of the few words that a column may hold, of
    the truth and of first answers. `values`: what was said of them; with `declared`, a use case says which words are choices."""
    found = []
    for name in sorted({*_VOCABULARIES} & {*chosen}, key=_VOCABULARIES.index):
        ways = _DONE if name == "action" else {w: w for w in COLUMNS[name].words}
        known = GIVEN_ACTIONS if name == "action" else COLUMNS[name].words
        said = {*map(fold, values.get(name, {})), *map(fold, known)}
        for word in sorted(kinds.words(chosen[name]) or ()):
            if fold(word) not in said:
                found.append(_of_word(name, chosen[name], word, ways))
    if not declared:
        for name in _JUDGED:
            found += _strange(name, chosen, values, kinds)
    return found


def _of_word(name: str, source: str, word: str, ways: Mapping[str, str]) -> Question:
    line = f"[values.{name}]\n{toml_key(word)} = "
    answers = [Answer(meaning, line + toml_text(said)) for said, meaning in ways.items()]
    answers.append(Answer("it says that nothing is known", line + '""'))
    if name == "action":
        what = "is no action that is known: what did the person do with the advice?"
    else:
        what = f"is no word of {name} that is known ({COLUMNS[name].meaning}): what does it mean?"
    return Question(source, f'column {source}: "{word}" {what}', tuple(answers))


_DONE = {
    "followed": "looked and followed it",
    "overridden": "looked and decided otherwise",
    "modified": "looked and followed it in part",
    "not_consulted": "decided without looking",
    "deferred": "has not decided yet",
}
_VOCABULARIES = [
    "action",
    *(c.name for c in COLUMNS.values() if c.kind == "word" and c.name != "action"),
]


def _vocabulary(chosen: Mapping[str, str], kinds: ColumnKinds) -> dict[str, dict[str, str]]:
    """The words of columns that may hold a few words alone, where some language has others for them."""
    language = every_language()
    found = {}
    for name, meanings in language.vocabulary.items():
        words = sorted(kinds.words(chosen[name]) or ()) if name in chosen else []
        allowed = {fold(w) for w in COLUMNS[name].words}
        known = {
            w: m for w in words if fold(w) not in allowed and (m := language.meaning(w, meanings))
        }
        if known:
            found[name] = known
    return found


_JUDGED = {
    "correct_choice": "what would have been right there?",
    "initial_choice": "what was decided there at first?",
}
"""Columns that are held against advice and choice, and what to ask of a word that is neither."""


def _strange(
    name: str,
    chosen: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    kinds: ColumnKinds,
) -> list[Question]:
    """Words of the truth or of first answers that nobody advised or chose: read as they stand, they would
    be unknown, or right and wrong might change places."""
    source = chosen.get(name)
    sides = [n for n in ("recommendation", "choice") if n in chosen]
    if source is None or len(sides) < 2:
        return []
    texts = {n: kinds.words(chosen[n]) for n in (*sides, name)}
    if not all(texts.values()):
        return []

    def meant(side: str) -> dict[str, str]:
        said = {fold(w): m for w, m in values.get(side, {}).items()}
        return {w: said.get(fold(w), w) for w in texts[side] or ()}

    known = {fold(m): m for n in sides for m in meant(n).values()}
    said = {fold(w) for w in values.get(name, {})}
    strange = [w for w, m in meant(name).items() if fold(m) not in known and fold(w) not in said]
    if not strange or len(strange) > _MOST_STRANGE:
        return []
    counts = _rows_of(kinds, source)
    whole = sum(counts.values())
    listed = ", ".join(f'"{m}"' for m in sorted(known.values())[:_MOST_STRANGE])
    return [
        Question(
            source,
            f'column {source} says "{word}" in {counts.get(fold(word), 0):,} rows, which nobody advised or '
            f"chose ({listed}): {_JUDGED[name]}",
            (
                *(
                    Answer(f'"{m}"', f"[values.{name}]\n{toml_key(word)} = {toml_text(m)}")
                    for m in sorted(known.values())[:_MOST_STRANGE]
                ),
                Answer(
                    "it says that nothing is known",
                    f'[values.{name}]\n{toml_key(word)} = ""',
                ),
            ),
            must=counts.get(fold(word), 0) >= _MANY * whole,
        )
        for word in sorted(strange)
    ]


_MOST_STRANGE = 8
_MANY = 0.05
"""A word in fewer rows is asked about, and passed over where nobody answers."""


def _rows_of(kinds: ColumnKinds, column: str) -> dict[str, int]:
    """How many rows each word of a column has."""
    table = kinds.raw.table
    known = {fold(w) for w in kinds.words(column) or ()}
    counts = fetch(
        table.group_by(word=table[column].cast("string")).aggregate(n=table.count())
    ).to_pylist()
    found: dict[str, int] = {}
    for row in counts:
        word = fold(str(row["word"] or ""))
        if word in known:
            found[word] = found.get(word, 0) + int(row["n"])
    return found


def _yes_or_no(chosen: Mapping[str, str], kinds: ColumnKinds) -> dict[str, dict[str, str]]:
    source = chosen.get("outcome")
    if source is None or kinds.is_number(source) or not kinds.is_yes_or_no(source):
        return {}
    words = sorted(kinds.words(source) or ())
    return {"outcome": {w: "1" if w.lower() in TRUE_WORDS else "0" for w in words}}


def _choices(
    chosen: Mapping[str, str], kinds: ColumnKinds
) -> tuple[dict[str, dict[str, str]], list[str]]:
    texts = {
        n: sorted(words) for n in NAMED_CHOICES if n in chosen and (words := kinds.words(chosen[n]))
    }
    if len(texts) < 2:
        return {}, []
    first = {fold(w) for w in next(iter(texts.values()))}
    if all({fold(w) for w in words} <= first for words in texts.values()):
        return {}, []
    language = every_language()
    meanings = {
        n: {w: m for w in words if (m := language.meaning(w))} for n, words in texts.items()
    }
    # Half a truth is none: its other words would be unknown.
    for n in ("correct_choice", "initial_choice"):
        if n in meanings and len(meanings[n]) < len(texts[n]):
            del meanings[n]
    said = []
    for n, found in meanings.items():
        others = [w for other, words in texts.items() if other != n for w in words]
        for apart in _left_apart(found, others):
            del found[apart]
            said.append(f'"{apart}" in {chosen[n]} is read as a word of its own')
    # A meaning that only one column has brings no two words together.
    shared = {
        m for m in language.words if sum(m in found.values() for found in meanings.values()) > 1
    }
    named = {
        n: {w: _MEANT.get(m, m) for w, m in found.items() if m in shared}
        for n, found in meanings.items()
    }
    return {n: words for n, words in named.items() if any(w != m for w, m in words.items())}, said


def _left_apart(meanings: Mapping[str, str], others: Collection[str]) -> list[str]:
    """Words of one column that mean one thing in general and are two here, since the column tells them
    apart in one language (rejected, declined; not approved, genehmigt, which two systems write): all but
    those that other columns say."""
    found = []
    for meaning, tongue in sorted({(m, t) for w, m in meanings.items() for t in languages_of(w)}):
        words = [w for w, m in meanings.items() if m == meaning and tongue in languages_of(w)]
        if all(_one_stem(words[0], w) for w in words):
            continue
        said = [w for w in words if any(_one_stem(w, o) for o in others)]
        keep = said if said and all(_one_stem(said[0], w) for w in said) else []
        found += [w for w in words if w not in keep]
    return sorted({*found})


def _one_stem(one: str, other: str) -> bool:
    """Whether two words are forms of one (grant, granted)."""
    a, b = fold(one), fold(other)
    least = max(3, min(len(a), len(b)) - 2)
    return a == b or (min(len(a), len(b)) >= least and a[:least] == b[:least])


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
        word = folded.get(fold(word), word)
        if fold(word) in ("", "nan", "none", "null"):
            continue
        both = together.setdefault(word, [0, 0])
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
