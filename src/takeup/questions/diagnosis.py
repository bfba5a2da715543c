"""What one audience is told about one use case: what cards are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from takeup.disclosure.group_size import Audience
from takeup.drawing.section import Section
from takeup.drawing.words import name_of
from takeup.questions.finding import Finding
from takeup.questions.measures import Measures


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question this table cannot answer, why, and what would answer it."""

    question: str
    why: str
    needs: str
    status: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one audience is told about one use case. `every_look`: whether its differences hold however often
    they are looked at; `claims`: what may be said of what differs (diagnosis/claim.py)."""

    use_case: str
    title: str
    audience: Audience
    verdict: str
    summary: str
    measures: Measures
    findings: tuple[Finding, ...]
    cannot_answer: tuple[OpenQuestion, ...]
    titles: dict[str, str]
    every_look: bool = False
    claims: frozenset[str] = frozenset()

    def says(self, family: str, name: str = "") -> bool:
        """Whether the claim that one of a family differs may be said, beside all others of the report."""
        return f"{family}:{name}" in self.claims

    def name(self, key: str) -> str:
        """A population's title, or a code as words."""
        return self.titles.get(key, name_of(key))


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the page. `place`: where it stands, from what readers ask first; `draw` gives its sections, or
    none where there is nothing to show."""

    place: int
    draw: Callable[[Diagnosis], Sequence[Section] | Section | None]
