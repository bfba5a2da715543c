"""What one part of a review holds: the same figures for the page, for paper and for Word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from takeup.drawing.words import name_of, upper_first


@dataclass(frozen=True, slots=True)
class Figures:
    """A table: what it is of, its columns, and rows of text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Rows of column and text."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the twelve: its answer in a sentence, tables, and what stands beside them."""

    number: int
    title: str
    says: str
    tables: tuple[Figures, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review is made from: the newest snapshot's `diagnosis` (JSON, as it may be shown) of `day`, the one `before` of
    about the day it went live (None: there was none), what populations are called."""

    use_case: str
    title: str
    live_since: date
    day: date
    diagnosis: Mapping[str, Any]
    before: Mapping[str, Any] | None
    before_day: date | None
    titles: Mapping[str, str] = field(default_factory=dict)

    def measure(self, name: str) -> Mapping[str, Any]:
        """What a question answered; empty where it did not."""
        found: Any = self.diagnosis["measures"].get(name)
        return found if isinstance(found, dict) else {}

    def called(self, population: str) -> str:
        """A population as people call it."""
        return called(population, self.titles)


def called(population: str, titles: Mapping[str, str]) -> str:
    """A population as people call it; all of them together where none is named."""
    if population in ("", "all"):
        return "Everybody"
    return titles.get(population) or upper_first(name_of(population))


def known(answer: Any) -> bool:
    """Whether an answer in JSON is an estimate."""
    return isinstance(answer, dict) and "value" in answer


def told(answer: Any) -> str:
    """An answer in JSON as people read it: value, interval and of how many; or why there is none."""
    if not isinstance(answer, dict):
        return "–"
    if "value" not in answer:
        return f"not known: {answer.get('reason', 'not shown, on purpose')}"
    unit = answer.get("unit", "")
    low, high, value = (_number(answer[k], unit) for k in ("low", "high", "value"))
    suffix = {"share": " %", "points": " points"}.get(unit, f" {unit}" if unit else "")
    of = f"; {answer['n']:,}" if answer.get("n") is not None else ""
    return f"{value}{suffix} ({low} to {high}{of})"


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.0f}"
    if unit == "points":
        return f"{100 * value:+.1f}"
    return f"{value:,.3g}" if abs(value) < 1_000 else f"{value:,.0f}"


def method_of(answer: Any) -> str:
    """How an estimate was made: method and grade."""
    if not known(answer):
        return ""
    return f"{answer.get('method', '')}; {answer.get('grade', '')}"


def shown_groups(adoption: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The populations of an adoption answer that may be shown."""
    groups = adoption.get("groups", {}).get("population", [])
    return [g for g in groups if not g.get("hidden")]
