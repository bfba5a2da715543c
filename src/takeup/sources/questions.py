"""What a table leaves open, and the lines of a mapping that settle it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from takeup.record.errors import InputError
from takeup.record.toml_file import merged


@dataclass(frozen=True, slots=True)
class Answer:
    """What could be meant, and the lines of a mapping (TOML) that say so; none where nothing has to be
    said."""

    meaning: str
    lines: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something about a table that nothing in it tells. `text` says it in a sentence; the first answer is
    the likeliest. `must`: nothing is measured before it is answered. `free`: what may be written instead
    of choosing, an example, and the lines it goes into, at `{text}`. `default`: the number of the answer
    that is safe to take without thinking; 0 leaves it open."""

    column: str
    text: str
    answers: tuple[Answer, ...]
    must: bool = True
    free: tuple[str, str, str] | None = None
    default: int = 0

    def sentence(self) -> str:
        """The question, and below it what a mapping says for each answer."""
        return "\n".join([self.text, *(f"    {way}" for way in self.ways())])

    @property
    def says(self) -> str:
        """How much hangs on it."""
        return "must be answered" if self.must else "worth answering"

    def ways(self) -> list[str]:
        """What a mapping says for each answer, a line each."""
        ways = [f"{a.meaning}: {_in_line(a.lines)}" for a in self.answers if a.lines]
        if self.free:
            what, example, lines = self.free
            ways.append(f"{what}: {_in_line(lines.format(text=example))}")
        return ways


def refuse(name: str, questions: Iterable[Question]) -> None:
    """Raises InputError that asks whatever must be answered first."""
    must = [q for q in questions if q.must]
    if must:
        lines = [f"{name}, {q.sentence()}" for q in must]
        lines.append(
            "`takeup map FILE --ask` asks question by question and writes the mapping; a use case that lists "
            "its choices (choices = [...]) says which words are."
        )
        raise InputError("\n".join(lines))


def answered(contents: Mapping[str, Any], lines: str) -> dict[str, Any]:
    """The contents of a mapping with the lines of an answer added."""
    return merged(contents, tomllib.loads(lines))


def _in_line(lines: str) -> str:
    return " ".join(lines.split("\n"))
