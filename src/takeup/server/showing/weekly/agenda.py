"""Three questions for the team's meeting, from the state of its population; never a word about a person."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from takeup.server.acting.signals.services import Response

QUESTIONS = 3
_LOOKED, _RATE = 0.60, 0.60
"""From when on a consult rate carries level 3, and a nominal rate looks high."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, what its answers are for, and what is not said beside it."""

    question: str
    listen: str
    leave_out: str
    when: str = ""


_OF_A_SIGNAL = (
    "Somebody answers this signal by its day: pass on what you hear, as the team’s.",
    "That the figure is the team’s fault: a signal asks, it explains nothing.",
)


@cache
def pool() -> tuple[Ask, ...]:
    """All of them in their order."""
    text = (files("takeup.server.showing.weekly") / "agenda.toml").read_text(encoding="utf-8")
    return tuple(
        Ask(one["question"], one["listen"], one["leave_out"], one["when"])
        for one in tomllib.loads(text)["ask"]
    )


def states_of(view: Mapping[str, Any], stuck: bool) -> set[str]:
    """What holds of a population that may be said; of a hidden or early one nothing but `always`."""
    found = {"always"}
    if view.get("state") != "shown":
        return found
    facts, experts = view.get("facts") or {}, view.get("experts", "")
    consult, nominal = facts.get("consult_rate"), facts.get("nominal_rate")
    position = view.get("position")
    held = {
        "model_issue": bool(view.get("issues")),
        "below_band": experts == "below experts",
        "above_band": experts == "above experts",
        "high_rate_low_quality": nominal is not None and nominal >= _RATE and _at_most(position, 2),
        "falling": str(view.get("trend", "")).startswith("fell"),
        "stuck": stuck,
        "little_looked": consult is not None and consult < _LOOKED,
        "level_low": _at_most(position, 1),
    }
    return found | {name for name, holds in held.items() if holds}


def _at_most(position: int | None, level: int) -> bool:
    return position is not None and position <= level


def questions(states: Collection[str], signals: Iterable[Response]) -> list[Ask]:
    """The three of this week: those of open signals first, then those of the state, each once."""
    asked = [Ask(r.question, *_OF_A_SIGNAL, when=r.words) for r in signals]
    asked += [one for one in pool() if one.when in states]
    return list({one.question: one for one in asked}.values())[:QUESTIONS]
