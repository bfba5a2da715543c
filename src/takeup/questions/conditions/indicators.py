"""The eight conditions and what each is told by, read from `indicators.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Grade = Literal["met", "partial", "unmet", "unknown"]
GRADES: Mapping[Grade, str] = {
    "met": "met", "partial": "partly met", "unmet": "not met", "unknown": "unknown",
}  # fmt: skip
"""In words."""
Unit = Literal["share", "number", "yes"]


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """What one indicator counts, and from where it is met or partly met (`lower` is better where it says so).

    `least` cases by telemetry, `least_record` by a record. `beside_most`: up to which second figure it may be met.
    `unmet_without`: with nothing to count, it is unmet where the second figure is beyond this."""

    id: str
    words: str
    classes: str
    star: bool
    met: float
    partial: float | None
    lower: bool
    unit: Unit
    least: int
    least_record: int
    told_by: str
    closes: str
    beside_words: str = ""
    beside_most: float | None = None
    unmet_without: float | None = None

    @property
    def condition(self) -> str:
        """The condition it is of: `C1`."""
        return self.id.split(".")[0]

    @property
    def weight(self) -> int:
        """A critical one weighs twice."""
        return 2 if self.star else 1

    def grade(self, value: float, beside: float | None = None) -> Grade:
        """Met, partly met or unmet by its figure; at most partly where the second one is beyond its end."""
        sign = -1 if self.lower else 1
        if sign * value >= sign * self.met - _ROUNDING:
            beyond = self.beside_most is not None and beside is not None
            return "partial" if beyond and beside > self.beside_most else "met"  # type: ignore[operator]
        if self.partial is not None and sign * value >= sign * self.partial - _ROUNDING:
            return "partial"
        return "unmet"


_ROUNDING = 1e-9
"""0.7 from 7 of 10 and from 0.70 of a file are the same."""


@dataclass(frozen=True, slots=True)
class ConditionRule:
    """One condition: its name, what it asks, the ids of actions that close it, and its indicators."""

    id: str
    name: str
    asks: str
    closes: tuple[str, ...]
    indicators: tuple[IndicatorRule, ...]


@cache
def conditions() -> tuple[ConditionRule, ...]:
    """The eight, in order."""
    text = (files("takeup.questions.conditions") / "indicators.toml").read_text(encoding="utf-8")
    held = tomllib.loads(text)
    every = [_indicator(key, told) for key, told in held["indicator"].items()]
    return tuple(
        ConditionRule(
            key,
            told["name"],
            told["asks"],
            tuple(told["closes"]),
            tuple(one for one in every if one.condition == key),
        )
        for key, told in held["condition"].items()
    )


def _indicator(key: str, told: dict[str, Any]) -> IndicatorRule:
    least = told.get("least", 0)
    return IndicatorRule(
        key,
        told["words"],
        told["classes"],
        told.get("star", False),
        float(told["met"]),
        None if told.get("partial") is None else float(told["partial"]),
        told.get("better") == "lower",
        told.get("unit", "share"),
        least,
        told.get("least_record", least),
        told["told_by"],
        told["closes"],
        told.get("beside_words", ""),
        told.get("beside_most"),
        told.get("unmet_without"),
    )


@cache
def indicators() -> dict[str, IndicatorRule]:
    """Every indicator by its id."""
    return {one.id: one for condition in conditions() for one in condition.indicators}


@cache
def condition_of(key: str) -> ConditionRule:
    """One of the eight. Raises KeyError for an unknown one."""
    return {one.id: one for one in conditions()}[key]
