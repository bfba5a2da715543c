"""The survey of reasons and the codes of interviews: items, scales, words.

Twenty items on five reasons, four each; 1 (disagree) to 5 (agree), blank where an item does
not apply. Items that end in `r` say the opposite and are turned round (6 − x). What is asked stands
in `questionnaire.toml`, in every language, under one version.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TYPES = ("JS", "CA", "TD", "WD", "VM")
"""Job security, competence, trust deficit, workflow disruption, value misalignment."""

TYPE_NAMES = {
    "JS": "job security",
    "CA": "competence",
    "TD": "trust deficit",
    "WD": "workflow disruption",
    "VM": "value misalignment",
}

AGREED = "agreed"
"""The coder of the codes that two coders agreed on; rows of other coders only show how far
they agreed beforehand."""

Words = Mapping[str, str]
"""One text by language."""


@dataclass(frozen=True, slots=True)
class ContextQuestion:
    """What is asked of those who answer, in bands: key, words, and the words of each band by its key."""

    key: str
    words: Words
    bands: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of what is asked. `points`: what 1 to 5 are called, by language; `scales`: other names that
    other tools give them; `does_not_apply`: how a blank is said; `words`: of the pages it is answered on."""

    version: int
    languages: tuple[str, ...]
    items: Mapping[str, Words]
    points: Mapping[str, tuple[str, ...]]
    scales: tuple[tuple[str, ...], ...]
    does_not_apply: tuple[str, ...]
    context: tuple[ContextQuestion, ...]
    words: Mapping[str, Words]


@cache
def questionnaire() -> Questionnaire:
    """The version that is asked now."""
    raw = tomllib.loads((files("takeup.record") / "questionnaire.toml").read_text(encoding="utf-8"))
    languages, points = tuple(raw["languages"]), raw["points"]
    return Questionnaire(
        raw["version"], languages, raw["items"],
        {lang: tuple(points[lang]) for lang in languages},
        tuple(tuple(scale[lang]) for scale in (points, *raw["also"]) for lang in languages),
        tuple(name for lang in languages for name in raw["does_not_apply"][lang]),
        tuple(_context(one, languages) for one in raw["context"]), raw["words"],
    )  # fmt: skip


def _context(raw: Mapping[str, object], languages: tuple[str, ...]) -> ContextQuestion:
    def words(one: Mapping[str, object]) -> Words:
        return {lang: str(one[lang]) for lang in languages}

    bands = raw["bands"]
    assert isinstance(bands, list)
    return ContextQuestion(str(raw["key"]), words(raw), {str(b["key"]): words(b) for b in bands})


ITEMS: dict[str, str] = {item: text["en"] for item, text in questionnaire().items.items()}
"""The items in English."""

REVERSED = tuple(item for item in ITEMS if item.endswith("r"))


def item_type(item: str) -> str:
    """The reason an item asks about."""
    return item[:2]
