"""Is advice shown on this case? The rules of a rollout, applied the same way wherever they are asked.

Who is drawn is a stable hash of the unit (case, person or team) under the use case's salt: asked
again, the answer is the same; when the share changes, only those between the two shares change
sides. The client (`clients/python`) holds the same rules for hosts without takeup installed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Mode = Literal["off", "shadow", "assist"]
Unit = Literal["case", "person", "team"]
EVERYBODY_ELSE = ""
"""The cohort of whoever is in none that the rollout names."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a cohort is in: a mode, and in assist the `share` (0..1) of `unit`s that have it."""

    mode: Mode
    share: float = 1.0
    unit: Unit = "person"


@dataclass(frozen=True, slots=True)
class StopDrill:
    """A rehearsed stop that is part of the rules: a client ends it by itself `seconds` after it first heard of it, whatever
    it hears by then. What holds without it: `withheld` and `stopped`."""

    number: int
    seconds: float
    withheld: tuple[Mapping[str, str], ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """A use case's rollout at one moment. `blind`: share of cases kept without advice in assist;
    `ask_first`: people give their own answer before a shadow case's advice is revealed;
    `withheld`: kinds of case (value by covariate) without advice; `stopped`: none at all; `drill`: the
    rehearsed stop that both hold with, where there is one."""

    salt: str
    cohorts: Mapping[str, Stage] = field(default_factory=dict)
    blind: float = 0.0
    ask_first: bool = False
    withheld: tuple[Mapping[str, str], ...] = ()
    stopped: bool = False
    drill: StopDrill | None = None

    def stage_of(self, cohort: str | None) -> Stage:
        """The stage of a cohort; that of everybody else where it is not named."""
        return self.cohorts.get(cohort or EVERYBODY_ELSE) or self.cohorts.get(
            EVERYBODY_ELSE, Stage("shadow")
        )

    def to_json(self) -> dict[str, Any]:
        """As the client reads it."""
        told: dict[str, Any] = {
            "salt": self.salt, "blind": self.blind, "ask_first": self.ask_first,
            "withheld": [dict(kind) for kind in self.withheld], "stopped": self.stopped,
            "cohorts": {
                name: {"mode": s.mode, "share": s.share, "unit": s.unit}
                for name, s in self.cohorts.items()
            },
        }  # fmt: skip
        if self.drill is not None:
            told["drill"] = {
                "number": self.drill.number, "seconds": self.drill.seconds,
                "withheld": [dict(kind) for kind in self.drill.withheld], "stopped": self.drill.stopped,
            }  # fmt: skip
        return told

    def rehearsed(self, number: int, seconds: float, cohorts: Collection[str] | None) -> Rules:
        """These with a stop that is rehearsed on `cohorts`; on everybody where that is None."""
        drill = StopDrill(number, seconds, self.withheld, self.stopped)
        if cohorts is None:
            return replace(self, stopped=True, drill=drill)
        kinds = tuple({"cohort": cohort} for cohort in cohorts)
        return replace(self, withheld=(*self.withheld, *kinds), drill=drill)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What holds for a case: its mode; where chance had a say, the `probability` of assist and
    the `unit` that was drawn; `why` in one word: stage, stopped, withheld, not_drawn, blind or
    unit_unknown."""

    mode: Mode
    probability: float | None
    unit: Unit | None
    why: str


def assigned(
    rules: Rules,
    *,
    case_id: str | None,
    person_id: str | None,
    team: str | None,
    cohort: str | None,
    known: Mapping[str, Any],
) -> Assigned:
    """The mode of one case. `known`: covariates by name (with or without `x_`) and other columns
    that kinds of case may name, such as `stakes`; they may name the `cohort` too."""
    stage = rules.stage_of(cohort)
    if stage.mode == "off":
        return Assigned("off", None, None, "stage")
    if rules.stopped:
        return Assigned("shadow", None, None, "stopped")
    if stage.mode == "shadow":
        return Assigned("shadow", None, None, "stage")
    if any(is_kind(kind, {**known, "cohort": cohort or ""}) for kind in rules.withheld):
        return Assigned("shadow", None, None, "withheld")
    of = {"case": case_id, "person": person_id, "team": team}
    unit: Unit = stage.unit if stage.share < 1 else "case"
    if (stage.share < 1 and of[unit] is None) or (rules.blind and case_id is None):
        return Assigned("shadow", None, None, "unit_unknown")
    probability = stage.share * (1 - rules.blind)
    if stage.share < 1 and drawn(rules.salt, "assist", unit, str(of[unit])) >= stage.share:
        return Assigned("shadow", probability or None, unit, "not_drawn")
    if rules.blind and drawn(rules.salt, "blind", "case", str(case_id)) < rules.blind:
        return Assigned("shadow", probability or None, unit, "blind")
    return Assigned("assist", probability, unit, "stage")


def is_kind(kind: Mapping[str, str], known: Mapping[str, Any]) -> bool:
    """Whether a case is of this kind: every value as named."""
    return all(_text(known.get(name, known.get(f"x_{name}"))) == v for name, v in kind.items())


def drawn(salt: str, what: str, unit: str, name: str) -> float:
    """A number in [0, 1) that a unit keeps for good under one salt; uniform over units."""
    digest = hashlib.blake2b(
        f"{what}\x1f{unit}\x1f{name}".encode(), key=salt.encode()[:64], digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") / 2**64


def person_mark(salt: str, person_id: str) -> str:
    """How a person stands in what clients are told of cohorts: by a keyed hash."""
    return hashlib.blake2b(person_id.encode(), key=salt.encode()[:64], digest_size=8).hexdigest()


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
