"""What tables call their columns and words, in every language there is a file for.

Data, not code: `en.toml` says how a file is read, and a language is added by adding a file.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from takeup.record.toml_file import merged
from takeup.record.words import fold

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_UNIT = re.compile(r"\s*[(\[]\s*([^()\[\]]{1,16})\s*[)\]]\s*$")


class LeftOut(BaseModel):
    """Columns and words that say that a row does not count."""

    model_config = ConfigDict(extra="forbid")
    columns: dict[str, list[str]] = {}
    states: list[str] = []
    state_columns: list[str] = []


class Unread(BaseModel):
    """Parts of the names of columns that are no kind of case."""

    model_config = ConfigDict(extra="forbid")
    after_decision: list[str] = []
    person: list[str] = []
    number: list[str] = []


class Events(BaseModel):
    """Names and words of event streams."""

    model_config = ConfigDict(extra="forbid")
    names: list[str] = []
    opens: list[str] = []
    repeats: list[str] = []
    orders: list[str] = []
    decides: list[str] = []
    closes: dict[str, str] = {}


class Totals(BaseModel):
    """Words that begin a row of sums."""

    model_config = ConfigDict(extra="forbid")
    words: list[str] = []


class Language(BaseModel):
    """One file, or all of them together."""

    model_config = ConfigDict(extra="forbid")
    names: dict[str, list[str]] = {}
    patterns: dict[str, list[str]] = {}
    unread: Unread = Unread()
    words: dict[str, list[str]] = {}
    abstaining: dict[str, list[str]] = {}
    actions: dict[str, list[str]] = {}
    vocabulary: dict[str, dict[str, list[str]]] = {}
    outcomes: dict[str, list[str]] = {}
    seconds: dict[str, float] = Field(default={})
    left_out: LeftOut = LeftOut()
    totals: Totals = Totals()
    events: Events = Events()

    def meaning(self, word: str, classes: dict[str, list[str]] | None = None) -> str | None:
        """The class a word is in (of `words`, where no others are given)."""
        plain = _plain_word(word)
        found = self.words if classes is None else classes
        return next(
            (name for name, words in found.items() if plain in map(_plain_word, words)), None
        )

    def is_abstaining(self, word: str) -> bool:
        """Whether a word of the advice says that there is none."""
        return self.meaning(word, self.abstaining) is not None


@functools.lru_cache(maxsize=10_000)
def _plain_word(word: str) -> str:
    """What the ways to write one word share: `Geändert`, `geaendert`; `not_consulted`, `not consulted`."""
    return fold(word).translate(_LETTERS).replace("_", " ").replace("-", " ")


@functools.cache
def _files() -> dict[str, dict[str, Any]]:
    """The contents of every language's file, English first."""
    folder = resources.files(__package__)
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    names.sort(key=lambda name: name != "en.toml")
    return {name: tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names}


@functools.cache
def every_language() -> Language:
    """All languages as one, the names of each in turn, English first."""
    whole: dict[str, Any] = {}
    for contents in _files().values():
        Language.model_validate(contents)
        whole = merged(whole, contents)
    return Language.model_validate(whole)


@functools.cache
def languages_of(word: str) -> frozenset[str]:
    """The languages that know a word of choices."""
    read = {name: Language.model_validate(contents) for name, contents in _files().items()}
    return frozenset(name for name, one in read.items() if one.meaning(word))


def plain_name(name: str) -> str:
    """A column's name in small letters, `_` between its words, without its unit: `handling_time` for
    "Handling time (min)" and for handlingTime."""
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _UNIT.sub("", name))
    bare = unicodedata.normalize("NFKC", bare).lower().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


def unit_of(name: str) -> str | None:
    """The unit that stands in brackets behind a column's name, or as its last word (`duration_min`)."""
    found = _UNIT.search(name)
    if found:
        return found[1].strip().lower()
    last = plain_name(name).rpartition("_")[2]
    return last if last in every_language().seconds else None
