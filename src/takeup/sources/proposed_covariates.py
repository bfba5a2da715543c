"""Which columns tell kinds of case apart, and why the others do not.

A covariate is known before the decision and is of nobody in particular. A column that came after it, or that
names somebody, would adjust away what is asked for, or give persons away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from takeup.record.columns import COVARIATE_PREFIX
from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, plain_name
from takeup.sources.named_columns import how_far

KINDS_BY = "kinds of case are told apart by"
_MOST_LEVELS = 50
_MOST_SEGMENTS = 8
_NEARLY_ALL = 0.8
_FEWEST_PERSONS = 8
_LATE = (
    "recommendation", "recommendation_value", "consulted", "choice", "choice_value", "action", "override_reason",
    "override_comment", "duration_s", "steps", "observed_at", "outcome", "correct_choice", "correct_value",
)  # fmt: skip
"""Columns that nobody knows before the decision: what bears the name of one is no covariate, whether or not
it is used."""

_TITLE = r"(?:[A-Z][a-z]{0,3}\. ?)"
_PART = r"[^\W\d_](?:[^\W\d_]|['’-])+"
_FULL_NAME = re.compile(rf"{_TITLE}*({_PART})(?: [A-Z]\.)?,? ({_PART})|{_TITLE}+({_PART})")


def add_covariates(
    contents: dict[str, Any], kinds: ColumnKinds, asked: Collection[str], declared: bool
) -> list[str]:
    """Puts covariates and kinds of case into the contents of a mapping; what was guessed in words. Columns
    that it uses, ignores or asks about are passed over."""
    columns: dict[str, Any] = contents["columns"]
    texts = " ".join(contents.get("computed", {}).values())
    filters = " ".join(str(f["keep"]) for f in contents.get("filters", ()))
    taken = {*map(str, columns.values()), *asked, *contents.get("ignore", ())}
    for source in kinds.columns:
        if source in taken or source in texts or source in filters:
            continue
        name = covariate_name(source)
        if name not in columns and why_no_covariate(kinds, source) is None:
            columns[name] = source
    segments = [
        n
        for n, source in columns.items()
        if n.startswith(COVARIATE_PREFIX) and kinds.sizes[source].different <= _MOST_SEGMENTS
    ][:2]
    if not segments or declared:
        return []
    contents.setdefault("use_case", {})["segment"] = segments
    return [f"{KINDS_BY} {', '.join(segments)}"]


def is_counted(kinds: ColumnKinds, source: str) -> bool:
    """Whether a column holds amounts: numbers, and no names given to things."""
    if not kinds.is_number(source) or kinds.is_time(source) or kinds.dtype(source).is_boolean():
        return False
    named = _says(every_language().unread.number, plain_name(source))
    return not named and not _is_running_number(kinds, source)


def covariate_name(source: str) -> str:
    """What a covariate is called that stands in the column `source`."""
    plain = plain_name(source)
    return plain if plain.startswith(COVARIATE_PREFIX) else COVARIATE_PREFIX + plain


def why_no_covariate(kinds: ColumnKinds, source: str) -> str | None:
    """Why a column is no covariate; None where it is one."""
    if kinds.is_blank(source):
        return "it holds nothing"
    plain, unread = plain_name(source), every_language().unread
    if plain.startswith(COVARIATE_PREFIX):
        return None
    if kinds.sizes[source].different < 2:
        return "it says one thing alone"
    if kinds.is_time(source):
        return "a time"
    if _says((*unread.after_decision, *every_language().patterns["taken"]), plain) or _is_late(
        source
    ):
        return "it sounds like something known only after the decision"
    if sounds_like_persons(source):
        return "it sounds like persons"
    if _says(unread.number, plain):
        return "its name is that of a number given to things"
    if kinds.is_number(source):
        return "it counts the rows" if _is_running_number(kinds, source) else None
    words = kinds.words(source)
    if words is None or len(words) > _MOST_LEVELS:
        return "nearly as many values as cases" if kinds.nearly_unique(source) else "too many words"
    if len(words) < 2:
        return "it says one thing alone"
    return "its words look like names of persons" if are_persons(words) else None


def sounds_like_persons(source: str) -> bool:
    """Whether the name of a column is one of persons."""
    return _says(every_language().unread.person, plain_name(source))


def may_be_persons(kinds: ColumnKinds, source: str) -> bool:
    """Whether a column may say who did something: names or codes, of whom most did it more than once."""
    size = kinds.sizes[source]
    if kinds.is_time(source) or not kinds.fits("person_id", source):
        return False
    least = 3 if sounds_like_persons(source) else _FEWEST_PERSONS
    few_rows = kinds.is_number(source) and not sounds_like_persons(source)
    return least <= size.different <= size.known / 2 and not few_rows


def are_persons(words: Collection[str]) -> bool:
    """Whether most words look like full names of persons: two capitalised words, or a title and one. A word
    that half of them share is a kind of thing (Home Loan, Car Loan)."""
    found = [m for w in words if (m := _FULL_NAME.fullmatch(w))]
    parts = Counter(p for m in found for p in {*m.groups()} if p)
    if len(found) < max(3, _NEARLY_ALL * len(words)) or any(p[0].islower() for p in parts):
        return False
    return max(parts.values()) < 0.5 * len(found)


def _says(patterns: Collection[str], plain: str) -> bool:
    return any(re.search(pattern, plain) for pattern in patterns)


def _is_late(source: str) -> bool:
    return any(how_far(source, name) is not None for name in _LATE)


def _is_running_number(kinds: ColumnKinds, source: str) -> bool:
    """Whether whole numbers count the rows, or are written as codes are (007): amounts that nearly all differ
    have gaps between them."""
    size = kinds.sizes[source]
    if size.known < 50 or size.different < 0.98 * size.known:
        return False
    if kinds.dtype(source).is_string():
        shapes = kinds.held.shapes(source, ())
        if any(s.text.strip("9") for s in shapes):
            return False
        if any(len(s.text) > 1 and s.low.startswith("0") for s in shapes):
            return True
    elif not kinds.dtype(source).is_integer():
        return False
    span = kinds.span(source)
    return span is not None and span[1] - span[0] < 2 * size.known
