"""What single columns mean by name and values together: what was done with the advice, who had it, whether it
was looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping

from takeup.record.toml_file import toml_key, toml_text
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, plain_name
from takeup.sources.named_columns import how_far
from takeup.sources.questions import Answer, Question

TWINS = {"choice_value": "choice", "recommendation_value": "recommendation"}
"""A number in place of a choice is looked for only where there is no choice in words."""

_MOST_ARMS = 4
NEEDED = {"recommendation": "recommendation_value", "choice": "choice_value"}


def missing(provided: Collection[str]) -> list[str]:
    """What must still be found among advice and choice before anything can be measured."""
    if "action" in provided:
        return []
    return [n for n, value in NEEDED.items() if n not in provided and value not in provided]


def says_what_was_done(kinds: ColumnKinds, source: str) -> bool:
    """Whether a column says what was done with the advice: its name is about taking advice and it says yes
    or no, or its name is about advice and most of its words are actions."""
    language, plain = every_language(), plain_name(source)
    if any(re.search(p, plain) for p in language.patterns["taken"]):
        return kinds.is_yes_or_no(source) or _are_actions(kinds, source)
    about = how_far(source, "recommendation") is not None or how_far(source, "action") is not None
    if not about or not _are_actions(kinds, source):
        return False
    # Accepted and rejected may be choices as well: then something else must tell.
    words = kinds.words(source) or ()
    return how_far(source, "action") is not None or not all(language.meaning(w) for w in words)


def _are_actions(kinds: ColumnKinds, source: str) -> bool:
    language = every_language()
    words = kinds.words(source) or ()
    known = [w for w in words if language.meaning(w, language.actions)]
    return len(known) >= 2 and 2 * len(known) >= len(words)


def says_who_had_it(kinds: ColumnKinds, source: str) -> bool:
    """Whether a column parts cases into those that had the advice and those that had not (treatment,
    control)."""
    words = kinds.words(source)
    if not words or not 2 <= len(words) <= _MOST_ARMS:
        return False
    if any(_is_control(w) for w in words):
        return any(_mode(w) in ("assist", None) for w in words)
    meant = {_mode(w) for w in words}
    named = any(how_far(source, name) is not None for name in ("mode", "population", "team"))
    named = named or any(
        re.search(p, plain_name(source)) for p in every_language().patterns["arms"]
    )
    return named and None not in meant and "assist" in meant and len(meant) > 1


def _is_control(word: str) -> bool:
    return any(re.search(p, plain_name(word)) for p in every_language().patterns["control"])


def _mode(word: str) -> str | None:
    known = every_language().meaning(word, every_language().vocabulary["mode"])
    return known or ("off" if _is_control(word) else None)


def who_had_it(kinds: ColumnKinds, source: str) -> Question:
    """Whether the words of a column say who had the advice, or name groups of people."""
    words = {w: _mode(w) or "assist" for w in sorted(kinds.words(source) or ())}

    def lines(without: str) -> str:
        said = (
            f"{toml_key(w)} = {toml_text(m if m == 'assist' else without)}"
            for w, m in words.items()
        )
        return "\n".join([f"[columns]\nmode = {toml_text(source)}\n[values.mode]", *said])

    had = " and ".join(f'"{w}"' for w, m in words.items() if m == "assist")
    others = " and ".join(f'"{w}"' for w, m in words.items() if m != "assist")
    return Question(
        source,
        f"column {source} says {', '.join(words)}: does it say which cases had the advice?",
        (
            Answer(f"{had} had the advice, {others} had none", lines("off")),
            Answer(
                f"{had} saw the advice, for {others} it was made and not shown", lines("shadow")
            ),
            Answer(
                "it names groups of people, all of whom had the advice",
                f"[columns]\npopulation = {toml_text(source)}",
            ),
        ),
    )


def looked(kinds: ColumnKinds, source: str) -> str | None:
    """An expression that is true where the advice was looked at, of a column that says when (blank where
    never), how often, or by a mark; None where it says none of these."""
    if kinds.is_blank(source):
        return None
    column = in_expression(source)
    marks = kinds.words(source)
    if kinds.is_time(source) or (marks is not None and len(marks) == 1):
        return f"not is_blank({column})" if kinds.has_blanks(source) else None
    span = kinds.span(source) if kinds.is_number(source) else None
    return f"{column} > 0" if span is not None and span[0] == 0 else None


def computed_from(computed: Mapping[str, str], columns: Iterable[str]) -> list[str]:
    """Columns that the expressions of a mapping read."""
    names = [
        name
        for text in computed.values()
        for name in (*re.findall(r"[^\W\d]\w*", text), *re.findall(r'"((?:[^"\\]|\\.)*)"', text))
    ]
    return [c for c in columns if c in names or literal(c)[1:-1] in names]


def literal(text: str) -> str:
    """A text as an expression of a mapping writes it."""
    return json.dumps(text, ensure_ascii=False)


def in_expression(column: str) -> str:
    """A column as an expression names it."""
    return column if column.isidentifier() else f"col({literal(column)})"
